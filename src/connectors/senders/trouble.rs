//! Why a message was not taken, in words of our own, with the provider's code beside it.

use http::StatusCode;

use super::super::Text;

/// What kind of failure it was: decides what the person reads and whether the next sender is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The number is none, or no mobile number.
    BadNumber,
    /// The person does not want messages (STOP, blacklist).
    OptedOut,
    /// Too many to this number.
    TooOften,
    /// This sender does not serve that country or carrier.
    NotServed,
    /// The account's own limit, balance or rate.
    AccountLimit,
    /// Key, permission, signature or template are not right.
    Misconfigured,
    /// It was refused for another reason.
    Refused,
    /// Nothing arrived there.
    Unreachable,
    /// It may have arrived: no answer, or one that can't be read. Counts as sent.
    Unclear,
}

impl Why {
    /// Whether no other sender may be asked: it would not help, would go round a
    /// limit, or the message may be on its way already (sms.md §1.10, §6).
    #[must_use]
    pub const fn stops(self) -> bool {
        matches!(self, Self::BadNumber | Self::OptedOut | Self::TooOften | Self::Unclear)
    }

    /// A word for the audit.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BadNumber => "bad_number",
            Self::OptedOut => "opted_out",
            Self::TooOften => "too_often",
            Self::NotServed => "not_served",
            Self::AccountLimit => "account_limit",
            Self::Misconfigured => "misconfigured",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Unclear => "unclear",
        }
    }
}

/// A message that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} {code} {detail}", .why.word())]
pub struct SendTrouble {
    /// What kind.
    pub why: Why,
    /// The provider's own code, `http 503` or a word of ours.
    pub code: String,
    /// The provider's words without digits that could be a number or a code; for administrators.
    pub detail: String,
}

impl SendTrouble {
    /// With the provider's words made harmless.
    #[must_use]
    pub fn new(why: Why, code: &str, detail: &str) -> Self {
        Self { why, code: clean(code, 80), detail: scrubbed(detail) }
    }

    /// An answer that is none of the provider's own: a proxy's page, an empty body, a redirect.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let why = match status.as_u16() {
            // Taken, it seems, but without a word that says so; or somebody in between gave up waiting.
            200..=299 | 504 => Why::Unclear,
            401 | 403 | 404 => Why::Misconfigured,
            429 => Why::AccountLimit,
            500..=599 => Why::Unreachable,
            _ => Why::Refused,
        };
        Self::new(why, &format!("http {}", status.as_u16()), "the answer is not the provider's own")
    }
}

/// A code of a provider's and what to do about it.
pub struct Known {
    /// As the provider writes it; a `*` at the end stands for any rest.
    pub code: &'static str,
    /// What it means for us.
    pub why: Why,
    /// For the administrator: what to do.
    pub advice: Text,
}

impl Known {
    /// A code with a sentence of its own.
    #[must_use]
    pub const fn new(code: &'static str, why: Why, en: &'static str, zh: &'static str) -> Self {
        Self { code, why, advice: Text { en, zh } }
    }

    /// A code for which the sentence of its kind says enough.
    #[must_use]
    pub const fn plain(code: &'static str, why: Why) -> Self {
        Self { code, why, advice: general(why) }
    }
}

/// The entry for a code, the first that fits.
#[must_use]
pub fn known<'k>(tables: &[&'k [Known]], code: &str) -> Option<&'k Known> {
    tables.iter().flat_map(|table| table.iter()).find(|known| match known.code.strip_suffix('*') {
        Some(start) => code.starts_with(start),
        None => code == known.code,
    })
}

/// The trouble that a provider's code stands for; one that is not in the tables is refused for `otherwise`.
#[must_use]
pub fn told(tables: &[&'static [Known]], code: &str, detail: &str, otherwise: Why) -> SendTrouble {
    let why = known(tables, code).map_or(otherwise, |known| known.why);
    SendTrouble::new(why, code, detail)
}

/// The sentence for a trouble: the code's own, else its kind's.
#[must_use]
pub fn advice(tables: &[&'static [Known]], trouble: &SendTrouble) -> Text {
    known(tables, &trouble.code).map_or_else(|| general(trouble.why), |known| known.advice)
}

const fn general(why: Why) -> Text {
    match why {
        Why::BadNumber => Text {
            en: "The provider does not take this number. Check it; nothing is wrong with the sender.",
            zh: "服务商不接受这个号码，请核对号码；发送通道本身没有问题。",
        },
        Why::OptedOut => Text {
            en: "The person refused messages from this provider. Offer another way to sign in.",
            zh: "对方已退订或被列入黑名单，请提供其他登录方式。",
        },
        Why::TooOften => Text {
            en: "Too many messages to this number. Wait; the provider's limits can be changed in its console.",
            zh: "发往该号码的短信过于频繁，请稍候；频率限制可在服务商控制台调整。",
        },
        Why::NotServed => Text {
            en: "This sender does not reach that country. Add another sender for it, or fill in a template for abroad.",
            zh: "该通道不覆盖这个国家或地区，请添加其他通道，或填写国际模板。",
        },
        Why::AccountLimit => Text {
            en: "The account's limit, rate or balance is used up. Look at the provider's console.",
            zh: "账号的额度、频率或余额已用尽，请到服务商控制台查看。",
        },
        Why::Misconfigured => Text {
            en: "The provider does not accept our settings. Check key, permissions, signature and template.",
            zh: "服务商不接受当前设置，请检查密钥、权限、签名和模板。",
        },
        Why::Refused => Text {
            en: "The provider refused the message. Its code tells more in its documentation.",
            zh: "服务商拒绝了该短信，请按错误码查阅其文档。",
        },
        Why::Unreachable => Text {
            en: "The provider could not be reached or is out of order. Check the network, host and region.",
            zh: "无法连接服务商或其服务异常，请检查网络、域名和地域。",
        },
        Why::Unclear => Text {
            en: "It is not known whether the message went out; it was not sent again. Look at the provider's log.",
            zh: "无法确定短信是否已发出，为避免重复未再次发送，请查看服务商的发送记录。",
        },
    }
}

/// Runs of four digits and more are hidden: a number or a code may be quoted, and
/// a provider's "string to sign" holds both.
fn scrubbed(text: &str) -> String {
    let mut clear = String::new();
    let mut run = String::new();
    for c in clean(text, 200).chars().chain(['\0']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        clear.push_str(if run.len() >= 4 { "****" } else { &run });
        run.clear();
        if c != '\0' {
            clear.push(c);
        }
    }
    clear
}

fn clean(text: &str, limit: usize) -> String {
    crate::base::people::clean_name(text, limit)
}
