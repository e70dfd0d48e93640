//! The check of a callback address when an administrator saves it (§8.2).

use std::time::Duration;

use super::super::{Practice, push};
use super::outbox::{hook, sealed};

/// An address has a second to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks the address to decrypt an echo; what is wrong with its answer otherwise.
pub(super) async fn verify(practice: &Practice, corpid: &str) -> Result<(), String> {
    let address = hook(practice, corpid).ok_or("No callback address is set")?;
    // 19 digits, as the platform's own echoes.
    let echo = format!("{:019}", u64::from_be_bytes(practice.random().bytes()) % 10_000_000_000_000_000_000);
    let (encrypted, query) = sealed(practice, corpid, &echo).ok_or("EncodingAESKey is not 43 characters of Base64")?;
    let echostr: String = form_urlencoded::byte_serialize(encrypted.as_bytes()).collect();
    let joint = if address.contains('?') { '&' } else { '?' };
    let request = http::Request::get(format!("{address}{joint}{query}&echostr={echostr}")).body(Vec::new());
    let request = request.map_err(|_| "The callback address is no URL".to_owned())?;
    let answer = push::send(practice, request, PATIENCE).await.map_err(|error| error.to_string())?;
    if answer.status() != http::StatusCode::OK {
        return Err(format!("openapi回调地址请求不通过: HTTP {}", answer.status().as_u16()));
    }
    if answer.body() == echo.as_bytes() {
        Ok(())
    } else {
        Err("openapi回调地址请求不通过: echostr".to_owned())
    }
}
