//! WeChat's failures: HTTP 200 with an `errcode` (upstreams/wechat.md §2.2, §10).

use http::{Response, StatusCode};

use super::lenient::mended;
use crate::connectors::Trouble;
use crate::connectors::answer::{self, Object, number_of, text_of};
use crate::connectors::wire::quoted;

/// The codes that say "this app-level token is not, or no longer, good".
pub const STALE_TOKEN: [i64; 3] = [40001, 40014, 42001];

/// The object of an answer, whatever its content type says.
///
/// # Errors
/// By `errcode`; `TryLater` and `Unreachable` by status; `BadReply` for what is no object.
pub fn object(answer: &Response<Vec<u8>>, place: &str) -> Result<Object, Trouble> {
    match read(answer, place)? {
        (0, object) => Ok(object),
        (code, object) => Err(told(code, &object, place)),
    }
}

/// The object and its `errcode`, 0 where it has none.
///
/// # Errors
/// As [`object`], but for `errcode`.
pub fn read(answer: &Response<Vec<u8>>, place: &str) -> Result<(i64, Object), Trouble> {
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::TOO_MANY_REQUESTS => return Err(Trouble::TryLater { until: None }),
        status if status.is_server_error() => {
            return Err(Trouble::Unreachable(format!("{place}: status {}", status.as_u16())));
        }
        status => return Err(Trouble::BadReply(format!("{place}: status {}", status.as_u16()))),
    }
    let object = answer::object(mended(answer.body()).as_bytes())
        .map_err(|error| Trouble::BadReply(format!("{place}: {error}")))?;
    // Some calls have sent the number as a text.
    let code = object.get("errcode").map_or(Some(0), number_of);
    let code = code.ok_or_else(|| Trouble::BadReply(format!("{place}: an errcode that is no number")))?;
    Ok((code, object))
}

/// What an `errcode` means for us. `errmsg` goes to the administrator with its `rid`; nothing is decided by it.
#[must_use]
pub fn told(code: i64, object: &Object, place: &str) -> Trouble {
    let message = object.get("errmsg").and_then(text_of).unwrap_or_default();
    let detail = quoted(&format!("{place}: {code} {message}"));
    match code {
        -1 | 45011 => Trouble::TryLater { until: None },
        // A person whom WeChat itself limits.
        40226 | 50001 | 50002 => Trouble::NotAllowed(detail),
        // A quota is used up until tomorrow.
        45009 | 45029 => Trouble::Unreachable(detail),
        40001
        | 40002
        | 40013
        | 40014
        | 40125
        | 40129
        | 40164
        | 40169
        | 40243
        | 41001
        | 41002
        | 41004
        | 41009
        | 41030
        | 42001
        | 43002..=43005
        | 44002
        | 47001
        | 48001
        | 48004
        | 50005
        | 61003
        | 89501..=89507 => Trouble::Misconfigured(detail),
        // Among them 40029, 40163, 42003: spent, expired, or of another application; the sign-in starts over.
        _ => Trouble::BadReply(detail),
    }
}
