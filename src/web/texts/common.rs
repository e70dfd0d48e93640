//! What stands on every page: chrome, fields that occur in several places, the rules of passwords.

super::texts! {
    skip: "Skip to content", "跳到正文";
    language: "Language", "语言";
    privacy: "Privacy", "隐私政策";
    terms: "Terms", "服务条款";
    reference: "Reference {}", "编号 {}";
    practice: "practice", "练习";
    show: "Show", "显示";
    hide: "Hide", "隐藏";
    copy: "Copy", "复制";
    copied: "Copied", "已复制";
    home: "Home", "首页";
    account: "My account", "我的账号";
    console: "Console", "控制台";
    sign_out: "Sign out", "退出登录";
    password: "Password", "密码";
    username: "User name", "用户名";
    name: "Name", "姓名";
    email: "E-mail", "邮箱";
    optional: "optional", "选填";
    rule_length: "{} to {} characters", "{} 到 {} 个字符";
    rule_digits: "a digit", "含数字";
    rule_letters: "a letter", "含字母";
    rule_lower: "a lower-case letter", "含小写字母";
    rule_upper: "an upper-case letter", "含大写字母";
    rule_special: "a special character, such as - or #", "含特殊字符，如 - 或 #";
    rules: "A password has:", "密码要求：";
    too_short: "That is too short. Take {} characters or more.", "密码太短，至少要 {} 个字符。";
    too_long: "That is too long. Take at most {} characters.", "密码太长，最多 {} 个字符。";
    classes: "Something from the list below is missing.", "还缺少下面列出的某类字符。";
    common: "Many people use this one, so it is easy to guess. Take another.", "这个密码太常见，容易被猜到，请换一个。";
    same: "That is the password you had. Take another.", "新密码不能和原来的一样。";
}
