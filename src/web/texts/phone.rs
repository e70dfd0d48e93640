//! A phone number and the code sent to it.

super::texts! {
    title: "Sign in with your phone", "手机号登录";
    number: "Phone number", "手机号";
    send: "Send a code", "获取验证码";
    not_a_number: "That is not a whole mobile number.", "手机号不完整或有误。";
    country: "Codes are not sent to this country. Use another way to sign in.", "暂不支持该国家或地区的号码，请换一种方式登录。";
    too_many: "Too many codes were asked for. Wait a while, or use another way.", "获取验证码过于频繁，请稍后再试，或换一种方式登录。";
    not_sent: "The message could not be sent. Try again in a moment, or use another way.", "短信发送失败，请稍后再试，或换一种方式登录。";
    code_title: "Enter the code", "输入验证码";
    sent_to: "It was sent to {}.", "验证码已发送至 {}。";
    code: "Code", "验证码";
    wrong: "That is not the code. Tries left: {}.", "验证码不正确，还可以试 {} 次。";
    spent: "The code is used up. Ask for a new one.", "验证码已失效，请重新获取。";
    check: "Sign in", "登录";
    resend: "Send another code", "重新获取";
}
