//! `prompt` (OIDC Core §3.1.2.1; Initiating User Registration 1.0 for `create`).

use super::Reading;
use crate::oidc::authorize::Prompt;
use crate::oidc::error::{Code, Error};

/// Takes it apart.
///
/// # Errors
/// `invalid_request` for an unknown word, or `none` beside another.
pub fn known(reading: &mut Reading<'_>) -> Result<(), Error> {
    let mut prompt = Prompt::default();
    for word in reading.params.get("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            "create" => prompt.create = true,
            _ => {
                return Err(Error::new(
                    Code::InvalidRequest,
                    "prompt holds an unknown word: use none, login, consent, select_account or create",
                ));
            }
        }
    }
    if prompt.none && (prompt.login || prompt.consent || prompt.select_account || prompt.create) {
        return Err(Error::new(Code::InvalidRequest, "prompt=none must stand alone"));
    }
    reading.request.prompt = prompt;
    Ok(())
}
