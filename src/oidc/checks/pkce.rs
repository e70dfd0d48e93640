//! PKCE with S256 (RFC 7636; RFC 9700 §2.1.1): everybody, but for an excused confidential client.

use super::Reading;
use crate::oidc::error::{Code, Error};
use crate::store::clients::AuthMethod;

/// Notes the challenge.
///
/// # Errors
/// `invalid_request` without a challenge, with another method than S256 (a
/// missing one means plain, RFC 7636 §4.3), or with a challenge that is none.
pub fn s256(reading: &mut Reading<'_>) -> Result<(), Error> {
    let metadata = &reading.client.metadata;
    let excused = metadata.pkce_excused && metadata.token_endpoint_auth_method != AuthMethod::None;
    let refuse = |description| Err(Error::new(Code::InvalidRequest, description));
    match (reading.params.get("code_challenge"), reading.params.get("code_challenge_method")) {
        (None, None) if excused => Ok(()),
        (None, None) => refuse("PKCE is required: send code_challenge and code_challenge_method=S256"),
        (None, Some(_)) => refuse("code_challenge is missing: send it beside code_challenge_method"),
        (Some(challenge), Some("S256")) if is_sha256_base64url(challenge) => {
            reading.request.code_challenge = Some(challenge.to_owned());
            Ok(())
        }
        (Some(_), Some("S256")) => {
            refuse("code_challenge must be the SHA-256 of code_verifier: 43 characters of base64url without padding")
        }
        (Some(_), _) => refuse("code_challenge_method must be S256"),
    }
}

/// Whether a text can be a SHA-256 digest in base64url without padding.
pub(super) fn is_sha256_base64url(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
