//! Tencent's signature, `TC3-HMAC-SHA256` (sms.md §4.1).

use http::Request;

use super::super::encode::{day, hex, mac, sha256};
use super::super::exchange::Unwritable;
use crate::base::clock::Seconds;
use crate::base::secret::Secret;

/// Who signs.
pub struct Account {
    /// `SecretId`.
    pub id: String,
    /// `SecretKey`.
    pub key: Secret,
    /// The token of temporary credentials; sent, not signed.
    pub token: Option<Secret>,
}

/// What is called.
pub struct Call<'a> {
    /// The endpoint; signed.
    pub host: &'a str,
    /// `sms`.
    pub service: &'a str,
    /// `SendSms`.
    pub action: &'a str,
    /// `2021-01-11`.
    pub version: &'a str,
    /// `ap-guangzhou`.
    pub region: &'a str,
    /// In lower case, as it is signed and sent.
    pub content_type: &'a str,
}

/// The signed request. The bytes of `body` are hashed, so they are written once and sent as they are.
pub fn request(
    account: &Account,
    call: &Call<'_>,
    body: Vec<u8>,
    now: Seconds,
) -> Result<Request<Vec<u8>>, Unwritable> {
    // The day in UTC: a client that takes its own fails for eight hours of each day in China.
    let scope = format!("{}/{}/tc3_request", day(now), call.service);
    let canonical = format!(
        "POST\n/\n\ncontent-type:{}\nhost:{}\n\ncontent-type;host\n{}",
        call.content_type,
        call.host,
        sha256(&body)
    );
    let text = format!("TC3-HMAC-SHA256\n{now}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let mut key = format!("TC3{}", account.key.expose()).into_bytes();
    for step in [day(now).as_str(), call.service, "tc3_request"] {
        key = mac(&key, step);
    }
    let authorization = format!(
        "TC3-HMAC-SHA256 Credential={}/{scope}, SignedHeaders=content-type;host, Signature={}",
        account.id,
        hex(&mac(&key, &text))
    );
    let mut request = Request::post(format!("https://{}/", call.host))
        .header("content-type", call.content_type)
        .header("authorization", authorization)
        .header("x-tc-action", call.action)
        .header("x-tc-version", call.version)
        .header("x-tc-region", call.region)
        .header("x-tc-timestamp", now.to_string());
    if let Some(token) = &account.token {
        request = request.header("x-tc-token", token.expose());
    }
    Ok(request.body(body)?)
}
