//! A phone number and the code sent to it.

super::texts! {
    title: "Sign in with your phone", "手机号登录";
    number: "Phone number", "手机号";
    country_label: "Country or region", "国家或地区";
    send: "Send a code", "获取验证码";
    not_a_number: "That is not a whole mobile number. Check the digits and the country.", "手机号不完整或有误，请检查号码和国家或地区。";
    country: "Codes are not sent to this country. Use another way to sign in.", "暂不支持该国家或地区的号码，请换一种方式登录。";
    too_many: "Too many codes were asked for. Wait an hour, or use another way.", "获取验证码过于频繁，请一小时后再试，或换一种方式登录。";
    not_sent: "The message could not be sent. Try again in a moment, or use another way.", "短信发送失败，请稍后再试，或换一种方式登录。";
    code_title: "Enter the code", "输入验证码";
    sent_to: "If this number can receive messages, a code is on its way to {}.", "验证码已发送至 {}，请查收短信。";
    code: "Code", "验证码";
    life: "Six digits, good for five minutes.", "6 位数字，5 分钟内有效。";
    wrong: "That is not the code. Tries left: {}.", "验证码不正确，还可以试 {} 次。";
    spent: "This code no longer works. Ask for another one below.", "验证码已失效，请在下方重新获取。";
    check: "Sign in", "登录";
    go_on: "Continue", "继续";
    resend: "Send another code", "重新获取";
    resend_in: "Send another code in {} s", "{} 秒后可重新获取";
    other_number: "Use another number", "换一个号码";
    forgotten_title: "Forgot your password", "忘记密码";
    forgotten: "Prove a phone number that you sign in with, then choose a new password.", "验证用于登录的手机号，然后设置新密码。";
    own_title: "Your phone number", "验证当前手机号";
    own: "A code to the number you have proves that it is you.", "向你当前的手机号发送验证码，以确认是你本人。";
    another_title: "A number for your account", "绑定手机号";
    another: "You sign in with it from now on.", "之后可用该号码登录。";
    first_title: "Your phone number", "验证手机号";
    first_who: "{} ({})", "{}（{}）";
    first: "It says whose account {} belongs to. If no account has it, one is created for you.", "用来确认 {} 属于哪个账号；如果没有账号使用该号码，将为你创建一个。";
}
