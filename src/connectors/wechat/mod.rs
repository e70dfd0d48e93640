//! What the three WeChat connectors share: how `api.weixin.qq.com` answers,
//! the exchange of a code, the profile, and the keys of a person.
//!
//! WeChat bends OAuth at each step (200 for failures, `text/plain`, no PKCE, no
//! `token_type`), so these are thin calls of our own (upstreams/wechat.md §2).

pub mod app_call;
pub mod doctor;
pub mod error;
pub mod lenient;

use std::collections::BTreeMap;

use http::Request;
use url::Url;

use super::answer::{Object, number_of, text_of};
use super::{Field, Identity, Input, Key, Text, Trouble};
use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::outbound::Outbound;
use crate::base::secret::Secret;

/// Where all server calls go.
pub const API: &str = "https://api.weixin.qq.com";
/// Longer codes are not codes; real ones have 32 characters.
const LONGEST_CODE: usize = 512;

/// One application over there.
pub struct App {
    /// `wx` and 16 hexadecimal digits.
    pub appid: String,
    /// Its `AppSecret`.
    pub secret: Secret,
    /// The administrator's name for the Open Platform account; empty: unionids are not used.
    pub union_group: String,
}

/// What came for a code.
pub struct Granted {
    /// Only for `/sns/*`.
    pub access_token: Secret,
    /// Who, for this application.
    pub openid: String,
    /// Who, for the Open Platform account.
    pub unionid: Option<String>,
    /// Comma-separated over there.
    pub scopes: Vec<String>,
}

/// The address of a call, with its query.
///
/// # Errors
/// `Misconfigured` when it is none.
pub fn address(path: &str, query: &[(&str, &str)]) -> Result<String, Trouble> {
    let mut url = Url::parse(&format!("{API}{path}")).map_err(|_| Trouble::Misconfigured("an address".to_owned()))?;
    url.query_pairs_mut().extend_pairs(query);
    Ok(url.into())
}

/// A GET; its answer as an object without an error in it.
///
/// # Errors
/// By `errcode` (upstreams/wechat.md §10), else what the connection says. The address, which holds the secret, is in none.
pub async fn get(outbound: &Outbound, path: &str, query: &[(&str, &str)]) -> Result<Object, Trouble> {
    let request = Request::get(address(path, query)?).body(Vec::new());
    let request = request.map_err(|_| Trouble::Misconfigured("an address".to_owned()))?;
    error::object(&outbound.send(request).await?, path)
}

/// A POST of JSON; its answer as bytes, because one call answers with a picture.
///
/// # Errors
/// What the connection says.
pub async fn post(
    outbound: &Outbound,
    path: &str,
    query: &[(&str, &str)],
    body: &serde_json::Value,
) -> Result<http::Response<Vec<u8>>, Trouble> {
    let request = Request::post(address(path, query)?).header("content-type", "application/json");
    let request = request.body(body.to_string().into_bytes());
    Ok(outbound.send(request.map_err(|_| Trouble::Misconfigured("an address".to_owned()))?).await?)
}

/// The code of a callback. WeChat says no by leaving it out, or by `authdeny` (upstreams/wechat.md §3.3, §4.5).
///
/// # Errors
/// `Cancelled`; `BadReply` for what can be no code.
pub fn code(callback: &BTreeMap<String, String>) -> Result<&str, Trouble> {
    match callback.get("code").map(String::as_str) {
        None | Some("" | "authdeny") => Err(Trouble::Cancelled),
        Some(code) if code.len() > LONGEST_CODE => Err(Trouble::BadReply("the callback's code is too long".to_owned())),
        Some(code) => Ok(code),
    }
}

impl App {
    /// Code for token. A preview's made-up person is refused before anybody is looked up (upstreams/wechat.md §4.4).
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn exchange(&self, outbound: &Outbound, code: &str) -> Result<Granted, Trouble> {
        let query = [
            ("appid", self.appid.as_str()),
            ("secret", self.secret.expose()),
            ("code", code),
            ("grant_type", "authorization_code"),
        ];
        let answer = get(outbound, "/sns/oauth2/access_token", &query).await?;
        if answer.get("is_snapshotuser").and_then(number_of) == Some(1) {
            return Err(Trouble::Preview);
        }
        let access_token = answer.get("access_token").and_then(text_of).ok_or_else(|| missing("access_token"))?;
        let scopes = answer.get("scope").and_then(text_of).unwrap_or_default();
        Ok(Granted {
            access_token: Secret::new(access_token),
            openid: openid(&answer)?,
            unionid: answer.get("unionid").and_then(text_of),
            scopes: scopes.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        })
    }

    /// Name and picture of somebody who allowed it.
    ///
    /// # Errors
    /// [`Trouble`]; `BadReply` when it is somebody else's.
    pub async fn profile(&self, outbound: &Outbound, granted: &Granted, lang: Lang) -> Result<Identity, Trouble> {
        let lang = if lang == Lang::Zh { "zh_CN" } else { "en" };
        let query =
            [("access_token", granted.access_token.expose()), ("openid", granted.openid.as_str()), ("lang", lang)];
        let answer = get(outbound, "/sns/userinfo", &query).await?;
        if openid(&answer)? != granted.openid {
            return Err(Trouble::BadReply("the profile is somebody else's".to_owned()));
        }
        let unionid = granted.unionid.clone().or_else(|| answer.get("unionid").and_then(text_of));
        let mut identity = self.identity(&granted.openid, unionid.as_deref());
        identity.name = answer.get("nickname").and_then(text_of);
        identity.avatar = answer.get("headimgurl").and_then(text_of);
        Ok(identity)
    }

    /// Somebody, by the keys alone: the application's first, the union's only inside the declared group (design.md §4).
    #[must_use]
    pub fn identity(&self, openid: &str, unionid: Option<&str>) -> Identity {
        let mut keys = vec![self.key(openid)];
        keys.extend(unionid.and_then(|unionid| self.union_key(unionid)));
        Identity { keys, ..Identity::default() }
    }

    /// The key of an openid.
    #[must_use]
    pub fn key(&self, openid: &str) -> Key {
        Key { space: format!("wechat:{}", self.appid), value: openid.to_owned() }
    }

    /// The key of a unionid; `None` where no group is declared.
    #[must_use]
    pub fn union_key(&self, unionid: &str) -> Option<Key> {
        let declared = !self.union_group.is_empty() && !unionid.is_empty();
        declared.then(|| Key { space: format!("wechat-union:{}", self.union_group), value: unionid.to_owned() })
    }
}

/// The openid of an answer.
///
/// # Errors
/// `BadReply` when there is none, or one that can't be: opaque, but printable and short.
pub fn openid(answer: &Object) -> Result<String, Trouble> {
    let openid = answer.get("openid").and_then(text_of).ok_or_else(|| missing("openid"))?;
    if is_openid(&openid) { Ok(openid) } else { Err(Trouble::BadReply("an openid that can't be one".to_owned())) }
}

/// Whether a text can be an openid: opaque, but printable and short.
#[must_use]
pub fn is_openid(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// A field that should be there.
#[must_use]
pub fn missing(field: &str) -> Trouble {
    Trouble::BadReply(format!("the answer has no {field}"))
}

/// Whether a text can be an appid: it goes into key spaces and addresses.
#[must_use]
pub fn is_appid(text: &str) -> bool {
    text.starts_with("wx") && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether a text can name a group of applications.
#[must_use]
pub fn is_group(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// What is wrong with an appid.
pub const NOT_AN_APPID: Text = Text {
    en: "is no AppID: it begins with wx, letters and digits only",
    zh: "不是 AppID：应以 wx 开头，只含字母和数字",
};
/// What is wrong with an `EncodingAESKey`.
pub const NOT_AN_AES_KEY: Text = Text { en: "has 43 letters and digits", zh: "应为 43 位字母或数字" };
/// What is wrong with a group's name.
pub const NOT_A_GROUP: Text =
    Text { en: "has letters, digits, dots and dashes only", zh: "只能包含字母、数字、点和连字符" };

/// The field for the appid.
pub const APPID: Field = Field {
    key: "appid",
    label: Text { en: "AppID", zh: "AppID" },
    help: Text { en: "Begins with wx.", zh: "以 wx 开头。" },
    input: Input::Line,
    required: true,
    default: "",
};
/// The field for the secret.
pub const SECRET: Field = Field {
    key: "secret",
    label: Text { en: "AppSecret", zh: "AppSecret" },
    help: Text {
        en: "Shown once when it is generated; reset it on the platform if it was lost.",
        zh: "仅在生成时显示一次；遗失时请在平台上重置。",
    },
    input: Input::Secret,
    required: true,
    default: "",
};
/// The field for the group.
pub const UNION_GROUP: Field = Field {
    key: "union_group",
    label: Text { en: "Open Platform account", zh: "开放平台账号" },
    help: Text {
        en: "A name of your choice for the Open Platform account this app is bound to. Give the same name to all apps \
             bound to that account, and one person is recognised through each of them. Empty: this app stands alone.",
        zh: "自定一个名称，代表此应用所绑定的微信开放平台账号。绑定同一账号的应用填写相同名称，同一用户即可互通识别；留空则此应用单独识别用户。",
    },
    input: Input::Line,
    required: false,
    default: "",
};

/// How long WeChat's app-level token is good when it does not say.
pub const TOKEN_LIFE: Seconds = 7200;
