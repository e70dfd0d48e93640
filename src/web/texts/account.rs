//! A person's own page.

super::texts! {
    title: "My account", "我的账号";
    signed_in_with: "Signed in with {}", "通过 {} 登录";
    since: "since", "登录时间";
    ways: "Ways to sign in", "登录方式";
    ways_lede: "What proves that it is you.", "用来证明你身份的方式。";
    password_set: "Last changed", "上次修改";
    password_none: "You have no password here.", "你没有在这里设置密码。";
    identity_used: "Last used", "上次使用";
    identity_since: "linked", "关联于";
    sessions: "Devices", "设备";
    sessions_lede: "Where you are signed in right now.", "你当前登录的设备。";
    this_device: "This device", "当前设备";
    last_seen: "Last active", "上次活动";
    sign_out: "Sign out", "退出登录";
    sign_out_others: "Sign out everywhere else", "退出其他所有设备";
    sign_out_others_hint: "{} other devices will be signed out.", "其他 {} 台设备将退出登录。";
    applications: "Applications with access", "可访问你账号的应用";
    applications_lede: "What you allowed, and to whom.", "你授权过的应用及其权限。";
    applications_none: "No application has access to your account.", "没有应用可以访问你的账号。";
    allowed_on: "Allowed", "授权于";
    take_back: "Take back", "收回";
    change_password: "Change password", "修改密码";
    change_password_lede: "Other devices are signed out when you change it.", "修改后，其他设备会退出登录。";
    current_password: "Current password", "当前密码";
    new_password: "New password", "新密码";
    wrong_old: "That is not your current password, or it was tried too often. Check it, or wait a quarter of an hour.", "当前密码不对，或尝试次数过多。请检查后再试，或过一刻钟再试。";
    busy: "Many people are signing in right now. Wait a few seconds and try again.", "现在登录的人很多，请等几秒再试。";
    said_password: "Your password is changed.", "密码已修改。";
    said_signed_out: "That device is signed out.", "该设备已退出登录。";
    said_others: "All other devices are signed out.", "其他设备已全部退出登录。";
    said_taken_back: "That application no longer has access.", "该应用已不能访问你的账号。";
    device_on: "{} on {}", "{}（{}）";
    unknown_device: "Unknown device", "未知设备";
    unknown_application: "An application that was removed", "已删除的应用";
}
