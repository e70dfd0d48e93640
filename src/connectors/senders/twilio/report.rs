//! Twilio's status callbacks and their signature (sms.md §2.4).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::report::{Arrival, Forged, Report};
use super::super::trouble::told;
use super::super::{SendTrouble, Why, encode};
use super::codes;
use crate::base::secret::{Secret, same};

/// In the address of a callback whose body is no form: the body's hash.
const BODY_HASH: &str = "bodySHA256";

/// The fields, when the signature is that of this token.
///
/// # Errors
/// `Forged`.
pub fn signed_fields(token: &Secret, report: &Report<'_>) -> Result<Vec<(String, String)>, Forged> {
    let given = report.headers.get("x-twilio-signature").and_then(|value| value.to_str().ok()).ok_or(Forged)?;
    let given = STANDARD.decode(given).map_err(|_| Forged)?;
    let hash = hash_in(report.address);
    let fields = match &hash {
        None => form_urlencoded::parse(report.body).into_owned().collect(),
        // A body that is no form is covered by its hash in the address, which is signed.
        Some(hash) if same(hash, &encode::sha256(report.body)) => Vec::new(),
        Some(_) => return Err(Forged),
    };
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.expose().as_bytes());
    let mut addresses = [Some(report.address.to_owned()), with_port(report.address)].into_iter().flatten();
    let fits = |address: String| hmac::verify(&key, text_to_sign(address, &fields).as_bytes(), &given).is_ok();
    if addresses.any(fits) { Ok(fields) } else { Err(Forged) }
}

/// The address, then every name with each of its values once, both sorted.
fn text_to_sign(address: String, fields: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.into_iter().fold(address, |text, (name, value)| text + name + value)
}

/// The same address with the port that goes without saying: Twilio signs either.
fn with_port(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let port = if scheme == "https" { "443" } else { "80" };
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    (!host.contains(':')).then(|| format!("{scheme}://{host}:{port}{path}"))
}

fn hash_in(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == BODY_HASH).map(|(_, hash)| hash.into_owned())
}

/// What a callback says: nothing while the message is still on its way.
pub(super) fn arrival(fields: &[(String, String)]) -> Option<Arrival> {
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let message_id = Some(field("MessageSid")).filter(|id| !id.is_empty())?.to_owned();
    let outcome = match field("MessageStatus") {
        "delivered" | "read" => Ok(()),
        status @ ("failed" | "undelivered" | "canceled") => Err(match field("ErrorCode") {
            "" => SendTrouble::new(Why::Refused, status, ""),
            code => told(&[codes::CODES], code, status, Why::Refused),
        }),
        _ => return None,
    };
    Some(Arrival { message_id, outcome })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn the_port_that_goes_without_saying_may_be_signed_or_not_and_no_other() {
        let token = Secret::new("token");
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"token");
        let is_taken = |signed: &str| {
            let tag = hmac::sign(&key, format!("{signed}MessageSidSM1").as_bytes());
            let mut headers = HeaderMap::new();
            headers.insert("x-twilio-signature", STANDARD.encode(tag).parse().unwrap());
            let report = Report { address: "https://id.example.com/hook", headers: &headers, body: b"MessageSid=SM1" };
            signed_fields(&token, &report).is_ok()
        };
        assert!(is_taken("https://id.example.com/hook") && is_taken("https://id.example.com:443/hook"));
        assert!(!is_taken("https://id.example.com:8443/hook") && !is_taken("http://id.example.com/hook"));
    }
}
