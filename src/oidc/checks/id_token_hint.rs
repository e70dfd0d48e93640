//! `id_token_hint` (OIDC Core §3.1.2.1): an ID token of ours that names the person the application expects.

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::Reading;
use crate::oidc::error::{Code, Error};

/// Notes whom the hint names. An expired one is still a hint; it is never a proof of who is there.
///
/// # Errors
/// `invalid_request` for one we did not issue to this client, `temporarily_unavailable`.
pub fn ours<'r>(reading: &'r mut Reading<'_>) -> BoxFuture<'r, Result<(), Error>> {
    read(reading).boxed()
}

async fn read(reading: &mut Reading<'_>) -> Result<(), Error> {
    let Some(jwt) = reading.params.get("id_token_hint") else { return Ok(()) };
    let hint = reading.oidc.read_id_token_hint(jwt).await.map_err(as_invalid_request)?;
    if hint.aud != reading.client.id {
        return Err(Error::new(Code::InvalidRequest, "id_token_hint was issued to another client"));
    }
    let user = reading.oidc.store.user_of_subject(&hint.sub).await?;
    reading.demand(user);
    Ok(())
}

/// Whatever is wrong with a hint, the request is what is invalid; trouble of our own stays what it is.
pub(in crate::oidc) fn as_invalid_request(error: Error) -> Error {
    match error.code {
        Code::ServerError | Code::TemporarilyUnavailable => error,
        _ => Error::new(Code::InvalidRequest, "id_token_hint is not a valid ID token of this issuer"),
    }
}
