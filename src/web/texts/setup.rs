//! The one-time set-up pages.

super::texts! {
    step: "Step {} of 3", "第 {} 步，共 3 步";
    you: "Who are you?", "你是谁？";
    you_lede: "You become the first administrator. Nothing is sent anywhere.", "你将成为第一位管理员，信息只保存在本机。";
    begin: "Create my account", "创建我的账号";
    product: "What is it called?", "给它起个名字";
    product_lede: "People see the name and the colour on the sign-in page.", "名称和颜色会显示在登录页面上。";
    product_name: "Product name", "产品名称";
    colour: "Colour", "颜色";
    colour_hint: "Pages use a shade of it that stays readable in light and dark.", "页面会自动取深浅合适、在明暗模式下都清晰的色调。";
    wrong_name: "Give it a name of 1 to 40 characters.", "名称为 1 到 40 个字符。";
    wrong_colour: "Write a colour as # and six hexadecimal digits, such as #17695a.", "颜色写作 # 加六位十六进制数字，如 #17695a。";
    changed: "Somebody changed this in the meantime. Below is what stands now. You had typed: {}, {}", "其他人刚刚修改了这里。下面是现在的内容。你刚才填写的：{}，{}";
    methods: "How do people sign in?", "大家怎么登录？";
    methods_lede: "Passwords are on. A practice platform stands in for the real one, so that you can try everything without an account there.", "密码登录已开启。练习平台会模拟真实平台，不需要注册就能体验完整流程。";
    password_on: "User name and password", "用户名和密码";
    on: "On", "已开启";
    add_practice: "Add {} (practice)", "添加{}（练习）";
    added: "Added", "已添加";
    practice_off: "Practice platforms are off here (practice.enabled). Real ones are added in the console.", "练习平台未启用（practice.enabled）。真实平台可在控制台添加。";
    next: "Continue", "继续";
    skip: "Skip", "跳过";
    done: "It is ready", "设置完成";
    done_lede: "You are signed in as an administrator. See it work, or add more ways to sign in.", "你已以管理员身份登录。可以先试一试，也可以继续添加登录方式。";
    try_it: "Try it", "试一试";
    try_it_lede: "A sample application signs in through the real protocol.", "用示例应用走一遍真实的登录流程。";
    connectors: "Connectors", "连接器";
    connectors_lede: "Add, order and check the ways to sign in.", "添加、排序和检查登录方式。";
}
