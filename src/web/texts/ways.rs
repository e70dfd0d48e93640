//! Ways in that go on inside our pages: a program's own sign-in, a code to be scanned, a frame.

super::texts! {
    other: "Other ways to sign in", "其他登录方式";
    in_app: "Signing in with {}", "正在用 {} 登录";
    in_app_lede: "One moment: {} tells us who you are.", "请稍候，正在向 {} 确认你的身份。";
    in_app_without: "This works only inside {}, with scripts switched on. Open this page there, or use another way.", "此方式只能在 {} 内使用，并需要启用脚本。请在其中打开本页，或换一种方式。";
    in_app_failed: "{} did not say who you are. Try again, or use another way.", "{} 没有返回你的身份。可以再试一次，或换一种方式。";
    again: "Try again", "再试一次";
    frame_full: "Open {} in this window", "在本窗口中打开 {}";
    out_of_frame: "One more step", "还差一步";
    wechat: "WeChat", "微信";
    dingtalk: "DingTalk", "钉钉";
    wecom: "WeCom", "企业微信";
    scan_title: "Scan with {}", "{}扫码登录";
    scan_lede: "Hold your phone up to the code and scan it with {}.", "请用{}扫描下面的二维码。";
    scan_alt: "A code to be scanned with {}", "供{}扫描的二维码";
    scan_no_picture: "The code can not be drawn. Use another way to sign in.", "无法生成二维码，请换一种方式登录。";
    practice_scan: "Practice: open the practice phone", "练习：打开练习手机";
    practice_message: "Practice: read the message on the practice phone", "练习：在练习手机上查看短信";
    scan_waiting: "Waiting for the scan", "等待扫码";
    scan_seen: "Scanned. Pick this number on your phone:", "已扫码，请在手机上选择这个数字：";
    scan_approved: "Confirmed on the phone", "已在手机上确认";
    scan_refused: "It was refused on the phone.", "已在手机上拒绝。";
    scan_expired: "The code is too old.", "二维码已过期。";
    scan_go_on: "I confirmed it on my phone: go on", "已在手机上确认，继续";
    scan_renew: "Get a new code", "重新获取二维码";
}
