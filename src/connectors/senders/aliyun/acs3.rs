//! Signature V3, `ACS3-HMAC-SHA256` (sms.md §1.6).

use http::{Method, Request};

use super::super::encode::{form, hex, instant, mac, query, sha256};
use super::super::exchange::Unwritable;
use crate::base::clock::Seconds;
use crate::base::secret::Secret;

/// Who signs.
pub struct Account {
    /// `AccessKeyId`.
    pub key_id: String,
    /// Its secret, the signing key as it is.
    pub secret: Secret,
    /// The token of temporary credentials (STS).
    pub token: Option<Secret>,
}

/// What is called.
pub struct Call<'a> {
    /// GET or POST.
    pub method: Method,
    /// The endpoint; signed.
    pub host: &'a str,
    /// `SendSms`.
    pub action: &'a str,
    /// `2017-05-25`.
    pub version: &'a str,
    /// Parameters in the query.
    pub query: Vec<(String, String)>,
    /// Parameters in a form body, instead.
    pub form: Vec<(String, String)>,
    /// Further headers, lower case, to be signed as well.
    pub headers: Vec<(String, String)>,
}

impl<'a> Call<'a> {
    /// A POST without parameters.
    #[must_use]
    pub fn post(host: &'a str, action: &'a str, version: &'a str) -> Self {
        Self { method: Method::POST, host, action, version, query: vec![], form: vec![], headers: vec![] }
    }
}

/// The signed request. In the query a space is written `%20`, so that what is
/// sent and what was signed are the same bytes.
pub fn request(account: &Account, call: &Call<'_>, now: Seconds, nonce: &str) -> Result<Request<Vec<u8>>, Unwritable> {
    let body = form(&call.form).into_bytes();
    let signed = signed_headers(account, call, (now, nonce), &sha256(&body));
    let names = signed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let authorization = format!(
        "ACS3-HMAC-SHA256 Credential={},SignedHeaders={names},Signature={}",
        account.key_id,
        hex(&mac(account.secret.expose().as_bytes(), &string_to_sign(call, &signed, &names, &sha256(&body)))),
    );
    let question = if call.query.is_empty() { String::new() } else { format!("?{}", query(&call.query)) };
    let mut request = Request::builder().method(call.method.clone()).uri(format!("https://{}/{question}", call.host));
    // The client writes the host itself.
    for (name, value) in signed.iter().filter(|(name, _)| name != "host") {
        request = request.header(name, value);
    }
    if !call.headers.iter().any(|(name, _)| name == "accept") {
        request = request.header("accept", "application/json");
    }
    Ok(request.header("authorization", authorization).body(body)?)
}

fn signed_headers(
    account: &Account,
    call: &Call<'_>,
    (now, nonce): (Seconds, &str),
    content: &str,
) -> Vec<(String, String)> {
    let mut headers = vec![
        ("host".to_owned(), call.host.to_owned()),
        ("x-acs-action".to_owned(), call.action.to_owned()),
        ("x-acs-content-sha256".to_owned(), content.to_owned()),
        ("x-acs-date".to_owned(), instant(now)),
        ("x-acs-signature-nonce".to_owned(), nonce.to_owned()),
        ("x-acs-version".to_owned(), call.version.to_owned()),
    ];
    if let Some(token) = &account.token {
        headers.push(("x-acs-accesskey-id".to_owned(), account.key_id.clone()));
        headers.push(("x-acs-security-token".to_owned(), token.expose().to_owned()));
    }
    if !call.form.is_empty() {
        headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    }
    headers.extend(call.headers.iter().cloned());
    headers.sort();
    headers
}

fn string_to_sign(call: &Call<'_>, signed: &[(String, String)], names: &str, content: &str) -> String {
    let mut parameters = call.query.clone();
    parameters.sort();
    let headers = signed.iter().map(|(name, value)| format!("{name}:{}", value.trim())).collect::<Vec<_>>().join("\n");
    // The headers end with an empty line of their own.
    let canonical = [call.method.as_str(), "/", &query(&parameters), &headers, "", names, content].join("\n");
    format!("ACS3-HMAC-SHA256\n{}", sha256(canonical.as_bytes()))
}
