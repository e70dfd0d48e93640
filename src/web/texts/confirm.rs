//! The phone's page that asks whether the sign-in at a desk is theirs.

super::texts! {
    title: "Sign in to {}?", "确认登录 {}？";
    title_own: "Sign in to your account at {}?", "确认登录你的 {} 账号？";
    title_console: "Sign in to the console?", "确认登录控制台？";
    lede: "Somebody asked for this on another screen. Say yes only if it is you, and the screen is in front of you.", "有人在另一台设备的屏幕上发起了登录。只有确定是你本人，并且屏幕就在你面前时，才可以确认。";
    desk: "The screen", "发起登录的设备";
    address: "Network address", "网络地址";
    asked_at: "Asked for", "发起时间";
    goes_to: "Goes on to", "登录后前往";
    elsewhere_warning: "That screen uses another network address than this phone. If it is not in front of you, say no.", "该设备与这部手机的网络地址不同。如果屏幕不在你面前，请选择“不是我”。";
    binds: "Careful: your {} becomes a way in to the account “{}”. Whoever holds that account sees what you do there. Say yes only if it is your own account, and you began this yourself.", "请注意：确认后，你的{}将成为“{}”这个账号的登录方式，对方可以看到你在该账号中的操作。只有它是你本人的账号，并且是你自己发起的，才可以确认。";
    links: "Careful: this also adds {} ({}) to your account. From then on whoever holds it gets in as you. Say yes only if it is your own, and you began this yourself.", "请注意：确认后，{}（{}）将被添加到你的账号，以后持有它的人可以用你的身份登录。只有它属于你本人，并且是你自己发起的，才可以确认。";
    later: "That could not be checked", "暂时无法核实";
    later_lede: "{} did not tell who scanned the code. Try again in a few seconds.", "{} 没有返回扫码人的信息，请过几秒再试。";
    again: "Try again", "重试";
    pick: "Which number stands on the screen?", "请选择屏幕上显示的数字";
    pick_hint: "Picking it signs you in there.", "选中后，那块屏幕会以你的身份登录。";
    no: "It is not me", "不是我";
    approved: "You said yes", "已确认登录";
    approved_lede: "The screen goes on by itself. You can close this page.", "屏幕上会自动继续，可以关闭此页。";
    refused: "Nobody was signed in", "没有登录";
    refused_lede: "It was refused, or the number was another one. If it was you, ask for a new code on the screen. If it was not, somebody may have sent you a picture of theirs.", "你选择了拒绝，或数字不一致。如果是你本人，请在屏幕上重新获取二维码；如果不是，可能有人把自己的二维码发给了你。";
    over: "This link is no longer good", "链接已失效";
    over_lede: "It was answered before, took too long, or is not meant for this phone. Ask for a new code on the screen.", "它已被使用、已超时，或不属于这部手机。请在屏幕上重新获取二维码。";
    elsewhere: "Open this link in {}", "请在 {} 中打开此链接";
    elsewhere_lede: "It has to be clear that it was you who scanned the code. Go back to {} on your phone and tap the link there.", "需要确认扫码的是你本人。请回到手机上的 {}，点击其中的链接。";
}
