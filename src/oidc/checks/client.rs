//! `client_id`: an application that exists and is switched on (RFC 6749 §4.1.1).

use std::sync::Arc;

use crate::base::id::ClientId;
use crate::oidc::Oidc;
use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;
use crate::store::clients::Client;

/// No id of ours is longer; nothing longer is looked up.
const LONGEST: usize = 255;

/// The application that asks.
///
/// # Errors
/// `invalid_request` without a name, `invalid_client` for an unknown or disabled one, `temporarily_unavailable`.
pub async fn enabled(oidc: &Oidc, params: &Params) -> Result<Arc<Client>, Error> {
    let id = params
        .get("client_id")
        .ok_or_else(|| Error::new(Code::InvalidRequest, "client_id is missing or given twice: send it once"))?;
    let unknown =
        || Error::new(Code::InvalidClient, "client_id names no application here: compare it with the console");
    if id.len() > LONGEST {
        return Err(unknown());
    }
    let client = oidc.store.client(&ClientId::new(id)).await?.ok_or_else(unknown)?;
    if !client.enabled {
        return Err(Error::new(Code::InvalidClient, "this application is switched off: ask the administrator"));
    }
    Ok(client)
}
