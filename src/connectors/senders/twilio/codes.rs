//! Twilio's codes (sms.md §2.2).

use super::super::{Known, Why};

pub(super) static CODES: &[Known] = &[
    Known::new(
        "20003",
        Why::Misconfigured,
        "Twilio does not know this account, key or token. Fill them in again.",
        "Twilio 不认可该账号、API Key 或令牌，请重新填写。",
    ),
    Known::new("20404", Why::Misconfigured, "Twilio does not know this account SID.", "Twilio 找不到该 Account SID。"),
    Known::plain("20429", Why::AccountLimit),
    Known::plain("21211", Why::BadNumber),
    Known::new(
        "21212",
        Why::Misconfigured,
        "The sender is no number or name that Twilio takes.",
        "发送方不是有效的号码或名称。",
    ),
    Known::new(
        "21606",
        Why::Misconfigured,
        "The sender's number is not yours or can't send messages.",
        "发送方号码不属于该账号，或不能发送短信。",
    ),
    Known::new(
        "21408",
        Why::NotServed,
        "That country is not allowed for the account. Allow it under Messaging, Geo permissions.",
        "账号未允许该国家或地区，请在 Messaging 的 Geo permissions 中开启。",
    ),
    Known::plain("21602", Why::Misconfigured),
    Known::plain("21603", Why::Misconfigured),
    Known::plain("21604", Why::Misconfigured),
    Known::new(
        "21608",
        Why::Misconfigured,
        "A trial account reaches only numbers you verified. Upgrade it.",
        "试用账号只能发送到已验证的号码，请升级账号。",
    ),
    Known::new(
        "21610",
        Why::OptedOut,
        "The person answered STOP. Only they can undo it, by START; offer another way to sign in.",
        "对方回复了 STOP 退订，只有对方回复 START 才能恢复，请提供其他登录方式。",
    ),
    Known::new(
        "21611",
        Why::AccountLimit,
        "The sender's queue is full. Use a Messaging Service with several numbers.",
        "发送队列已满，请使用含多个号码的 Messaging Service。",
    ),
    Known::new("21612", Why::NotServed, "That number can't be reached from this sender.", "该发送方无法到达此号码。"),
    Known::plain("21614", Why::BadNumber),
    Known::new(
        "21617",
        Why::Misconfigured,
        "The text is longer than 1600 characters. Shorten it.",
        "短信内容超过 1600 个字符，请缩短。",
    ),
    Known::plain("30001", Why::AccountLimit),
    Known::plain("30002", Why::Misconfigured),
    Known::plain("30003", Why::BadNumber),
    Known::plain("30004", Why::OptedOut),
    Known::plain("30005", Why::BadNumber),
    Known::plain("30006", Why::BadNumber),
    Known::new(
        "30007",
        Why::Refused,
        "A carrier filtered the message. Register the sender for that country.",
        "短信被运营商过滤，请为该国家登记发送方。",
    ),
    Known::new(
        "30032",
        Why::Misconfigured,
        "The toll-free number is not verified for messages.",
        "免费号码尚未通过短信验证。",
    ),
    Known::new(
        "30034",
        Why::Misconfigured,
        "The number is not registered for A2P 10DLC. Register it in the Twilio console.",
        "该号码未完成 A2P 10DLC 登记，请在 Twilio 控制台登记。",
    ),
];
