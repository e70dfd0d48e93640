//! Ways in that go on inside our pages: a program's own sign-in, a code to be scanned, a frame.

super::texts! {
    other: "Other ways to sign in", "其他登录方式";
    in_app: "Signing in with {}", "正在用 {} 登录";
    in_app_lede: "One moment: {} tells us who you are.", "请稍候，正在向 {} 确认你的身份。";
    in_app_without: "This works only inside {}, with scripts switched on. Open this page there, or use another way.", "此方式只能在 {} 内使用，并需要启用脚本。请在其中打开本页，或换一种方式。";
    in_app_failed: "{} did not say who you are. Try again, or use another way.", "{} 没有返回你的身份。可以再试一次，或换一种方式。";
    again: "Try again", "再试一次";
}
