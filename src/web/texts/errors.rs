//! Error pages: what happened, and what to do next. The English titles are stable: test suites look for them.

super::texts! {
    request: "This sign-in request can not be used", "此登录请求无法使用";
    request_lede: "The application sent a request that we must not answer. You did nothing wrong: go back to the application and try again, or tell its makers.", "应用发来的请求不符合要求，无法处理。这不是你的操作造成的：请返回应用重试，或告诉应用的开发者。";
    for_developers: "For developers", "给开发者";
    unknown: "This sign-in is no longer here", "此登录已失效";
    unknown_lede: "It took too long, or the address is not complete. Go back to the application and start again.", "登录已超时，或地址不完整。请返回应用重新开始。";
    other_browser: "This sign-in began in another browser", "此登录是在另一个浏览器中开始的";
    other_browser_lede: "To keep you safe, a sign-in to {} can only be finished where it began. Open it there, or go to the application and start again here.", "为了安全，登录 {} 只能在开始的浏览器中完成。请回到那里继续，或在这里打开应用重新登录。";
    stray: "Nobody here is waiting for this answer", "没有正在等待的登录";
    stray_lede: "It was used already, came too late, or belongs to another browser. Go back to the application and sign in again.", "这个回应已经用过、来得太迟，或属于另一个浏览器。请返回应用重新登录。";
    forgery: "This form can not be accepted", "无法接受此表单";
    forgery_lede: "It did not come from a page of ours in this browser, or cookies are off. Go back, reload the page and send it again.", "它不是从本站页面提交的，或浏览器禁用了 Cookie。请返回、刷新页面后重新提交。";
    not_found: "There is no such page", "页面不存在";
    not_found_lede: "Check the address, or start from the home page.", "请检查地址，或从首页重新进入。";
    method: "This page can not be opened that way", "不能以这种方式打开此页";
    method_lede: "Go back to the page before and use its buttons.", "请返回上一页，使用页面上的按钮。";
    bad_request: "This request can not be read", "无法读取此请求";
    bad_request_lede: "Something in it is broken or too long. Go back, reload the page and try again.", "请求内容有误或过长。请返回、刷新页面后重试。";
    refused: "That was not done", "操作未完成";
    refused_lede: "The reason: {}. Go back to the page before.", "原因：{}。请返回上一页。";
    too_large: "That was too much at once", "内容过大";
    too_large_lede: "Send less and try again.", "请减少内容后重试。";
    wrong_host: "This address is not served here", "此地址不在这里提供服务";
    wrong_host_lede: "This Hufu is {}; to serve another address set HUFU_ISSUER", "这里的 Hufu 地址是 {}；要使用其他地址，请设置 HUFU_ISSUER";
    busy: "Too busy at the moment", "现在有些繁忙";
    busy_lede: "Wait a few seconds and reload the page. Nothing was lost.", "请等几秒后刷新页面，数据没有丢失。";
    internal: "Something went wrong here", "系统出了点问题";
    internal_lede: "It is our fault, and it has been noted. Try again; if it stays, give the administrator the reference below.", "这是我们的问题，已记录下来。请重试；如果仍然不行，请把下面的编号告诉管理员。";
    forbidden: "This page is for administrators", "此页仅供管理员使用";
    forbidden_lede: "Sign in with an administrator's account.", "请用管理员账号登录。";
    home: "To the home page", "去首页";
    again: "Try again", "重试";
}
