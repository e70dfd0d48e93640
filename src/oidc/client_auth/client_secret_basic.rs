//! `client_secret_basic` (RFC 6749 §2.3.1): the header, both parts form-encoded before base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{AuthenticatedClient, failed, secret};
use crate::oidc::Oidc;
use crate::oidc::error::Error;
use crate::store::clients::AuthMethod;

/// The longest header that is decoded, in bytes.
const LONGEST: usize = 2048;

impl Oidc {
    pub(super) async fn by_basic(&self, id: &str, presented: &str) -> Result<AuthenticatedClient, Error> {
        let client = self.client_using(id, AuthMethod::ClientSecretBasic).await?;
        let proven = secret::matches(client.as_deref(), presented, self.clock.now());
        match client {
            Some(client) if proven => Ok(AuthenticatedClient { client, confidential: true }),
            _ => Err(failed()),
        }
    }
}

/// Client id and secret out of the header's value; `None` when it is not that.
pub(super) fn read(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > LONGEST {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

/// One value of `application/x-www-form-urlencoded`; `None` for a broken escape or invalid UTF-8.
fn form_decoded(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn both_parts_are_form_decoded() {
        assert_eq!(read(&header("a%3Ab+c:s%2Bt%25")), Some(("a:b c".into(), "s+t%".into())));
        assert_eq!(read(&header("id:with:colon")), Some(("id".into(), "with:colon".into())));
        assert_eq!(read(&header("id:s").replace("Basic", "bAsIc")), Some(("id".into(), "s".into())));
    }

    #[test]
    fn s86_broken_headers_are_no_proof() {
        for broken in ["Basic", "Basic ", "Basic !!", "Bearer aWQ6cw==", "Digest x"] {
            assert_eq!(read(broken), None, "{broken}");
        }
        for pair in ["nocolon", "id:%", "id:%4", "id:%zz", "%ff:s"] {
            assert_eq!(read(&header(pair)), None, "{pair}");
        }
        assert_eq!(read(&header(&format!("id:{}", "s".repeat(LONGEST)))), None);
    }
}
