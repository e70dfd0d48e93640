//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use super::Oidc;
use super::checks::hints::ui_locales;
use super::checks::id_token_hint::as_invalid_request;
use super::checks::{redirect_uri, state};
use super::error::{Code, Error};
use super::id_token::IdTokenHint;
use super::params::Params;
use super::response::with_query;
use crate::base::id::ClientId;
use crate::store::clients::Client;
use crate::store::sessions::Session;

/// A logout request whose way back is verified.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct LogoutRequest {
    /// Who asks, if that is known.
    pub client_id: Option<ClientId>,
    /// Where to go afterwards: registered for `client_id`, `state` appended.
    pub return_to: Option<String>,
    /// A valid hint names the session signed in here, or nobody is signed in: no need to ask again.
    pub confirmed: bool,
    /// For the page's language.
    pub ui_locales: Vec<String>,
}

impl Oidc {
    /// Reads a logout request made in a browser where `session` is signed in.
    ///
    /// # Errors
    /// What is to be shown on a page; nothing is ever sent back on error.
    pub async fn read_logout(&self, params: &Params, session: Option<&Session>) -> Result<LogoutRequest, Error> {
        params.refuse_duplicates()?;
        let hint = match params.get("id_token_hint") {
            Some(jwt) => Some(self.read_id_token_hint(jwt).await.map_err(as_invalid_request)?),
            None => None,
        };
        let client = self.client_logging_out(params, hint.as_ref()).await?;
        let return_to = way_back(params, client.as_deref())?;
        let confirmed = match &hint {
            None => false,
            Some(hint) => self.names_session(hint, session).await?,
        };
        Ok(LogoutRequest {
            client_id: client.map(|client| client.id.clone()),
            return_to,
            confirmed,
            ui_locales: ui_locales(params),
        })
    }

    /// The client of `client_id`, else the hint's; both must be one (RP-Initiated Logout §2).
    async fn client_logging_out(
        &self,
        params: &Params,
        hint: Option<&IdTokenHint>,
    ) -> Result<Option<Arc<Client>>, Error> {
        let said = params.get("client_id").map(ClientId::new);
        if let (Some(said), Some(hint)) = (&said, hint)
            && *said != hint.aud
        {
            return Err(refuse("id_token_hint was issued to another client than client_id"));
        }
        let Some(id) = said.as_ref().or(hint.map(|hint| &hint.aud)) else { return Ok(None) };
        let client = self.store.client(id).await?.filter(|client| client.enabled);
        if client.is_none() && said.is_some() {
            return Err(refuse("client_id names no application here"));
        }
        Ok(client)
    }

    /// Whether the hint is about what is signed in here. Another person's, or
    /// another session of the same one: the person at the browser is asked first.
    async fn names_session(&self, hint: &IdTokenHint, session: Option<&Session>) -> Result<bool, Error> {
        let Some(session) = session else { return Ok(true) };
        let user = self.store.user_of_subject(&hint.sub).await?;
        let same_session = hint.sid.as_ref().is_none_or(|sid| sid == session.id.as_str());
        Ok(user.as_ref() == Some(&session.user_id) && same_session)
    }
}

/// The registered URI with `state`; none when none was asked for.
fn way_back(params: &Params, client: Option<&Client>) -> Result<Option<String>, Error> {
    let Some(uri) = params.get("post_logout_redirect_uri") else { return Ok(None) };
    let client =
        client.ok_or_else(|| refuse("post_logout_redirect_uri needs id_token_hint or client_id to say whose it is"))?;
    let metadata = &client.metadata;
    if !redirect_uri::is_one_of(&metadata.post_logout_redirect_uris, metadata.application_type, uri) {
        return Err(refuse("post_logout_redirect_uri is not registered for this client: register exactly this text"));
    }
    let state = state::short_enough(params)?;
    Ok(Some(match &state {
        Some(state) => with_query(uri, [("state", state.as_str())].into_iter()),
        None => uri.to_owned(),
    }))
}

fn refuse(description: &'static str) -> Error {
    Error::new(Code::InvalidRequest, description)
}
