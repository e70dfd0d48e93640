//! The front door.

super::texts! {
    title: "One account for everything here", "一个账号，通行所有应用";
    lede: "{} signs you in to your applications. They learn who you are, and only what you allow.", "{} 帮你登录各个应用。应用只会知道你是谁，以及你允许它知道的信息。";
    account: "My account", "我的账号";
    account_lede: "Your devices, your password, and which applications have access.", "管理设备、密码和应用权限。";
    demo: "Try it", "试一试";
    demo_lede: "A sample application signs in through the real protocol and shows what it was told.", "用示例应用走一遍真实的登录流程，看看它得到了什么。";
    console: "Console", "控制台";
    console_lede: "For administrators: which ways to sign in there are.", "管理员在这里设置登录方式。";
    new_title: "Almost there", "只差一步";
    new_lede: "Nobody administers this installation yet. A one-time set-up link was printed where the program was started; open it to begin. A new one: hufu admin link", "还没有管理员。程序启动时打印了一个一次性设置链接，打开它即可开始。如需新的链接，请运行：hufu admin link";
    signed_out: "You are signed out.", "你已退出登录。";
}
