//! How api.weixin.qq.com answers: always 200, errors by `errcode`, content types
//! that mislead (§2).

use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::answer::text;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::{Practice, answer};

/// Which of the two content types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `/sns/*`: text/plain without a charset.
    Sns,
    /// `/cgi-bin/*`, `/wxa/*`: `encoding` in place of `charset`.
    Cgi,
}

impl Family {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Sns => "text/plain",
            Self::Cgi => "application/json; encoding=utf-8",
        }
    }
}

/// An `errcode` with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) i64, pub(super) String);

impl Refusal {
    pub(super) fn new(errcode: i64, errmsg: &str) -> Self {
        Self(errcode, errmsg.to_owned())
    }
}

/// Shorthand for the answer of an endpoint.
pub(super) type Answer = Result<Map<String, Value>, Refusal>;

/// Members out of literal names.
pub(super) fn members<const N: usize>(list: [(&str, Value); N]) -> Map<String, Value> {
    list.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Writes the answer, with the oddities that are switched on.
pub(super) fn written(practice: &Practice, family: Family, answer: Answer) -> Response {
    let switches = practice.world().switches(Platform::Wechat);
    let mut members = answer.unwrap_or_else(|refusal| refused(practice, &refusal));
    if switches.is_on(Switch::ErrcodeText)
        && let Some(errcode) = members.get_mut("errcode")
    {
        *errcode = json!(errcode.to_string());
    }
    if switches.is_on(Switch::UnknownFields) {
        members.insert("some_new_field".to_owned(), json!({"since": "tomorrow"}));
    }
    // Slashes come escaped in URLs; any reader copes.
    let body = Value::Object(members).to_string().replace('/', "\\/");
    let bom = if switches.is_on(Switch::PlainBom) { "\u{FEFF}" } else { "" };
    text(StatusCode::OK, family.content_type(), format!("{bom}{body}"))
}

/// The same for bytes that need not be UTF-8.
pub(super) fn raw(family: Family, body: Vec<u8>) -> Response {
    let mut response = Response::new(body.into());
    answer::set(&mut response, http::header::CONTENT_TYPE, family.content_type());
    response
}

/// A picture.
pub(super) fn picture(body: Vec<u8>) -> Response {
    let mut response = Response::new(body.into());
    answer::set(&mut response, http::header::CONTENT_TYPE, "image/jpeg");
    answer::set(&mut response, http::header::CACHE_CONTROL, "no-store");
    response
}

/// `errmsg` ends in an id that nobody should match on: three groups of hex, the
/// first one the second, sometimes after a comma (§2.4).
fn refused(practice: &Practice, Refusal(errcode, errmsg): &Refusal) -> Map<String, Value> {
    let [comma, rest @ ..] = practice.random().bytes::<9>();
    let low = u64::from_be_bytes(rest);
    let comma = if comma & 1 == 0 { "," } else { "" };
    let second = practice.now() & 0xFFFF_FFFF;
    let rid = format!("{second:08x}-{:08x}-{:08x}", low >> 32, low & 0xFFFF_FFFF);
    members([("errcode", json!(errcode)), ("errmsg", json!(format!("{errmsg}{comma} rid: {rid}")))])
}

/// `{"errcode":0,"errmsg":"ok"}` and more.
pub(super) fn fine<const N: usize>(more: [(&str, Value); N]) -> Map<String, Value> {
    let mut all = members([("errcode", json!(0)), ("errmsg", json!("ok"))]);
    all.extend(members(more));
    all
}
