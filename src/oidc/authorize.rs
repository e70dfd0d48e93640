//! The authorization endpoint: raw parameters become a request whose client
//! and way back are verified, and a satisfied request becomes a code.

use serde::{Deserialize, Serialize};

use super::Oidc;
use super::error::{Error, Refusal};
use super::params::Params;
use super::response::{AuthorizationResponse, ReturnTo};
use crate::base::id::{ClientId, InteractionId, UserId};
use crate::store::sessions::Session;

/// A validated authorization request. Only [`Oidc::read`] makes one from a browser's words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    pub client_id: ClientId,
    pub return_to: ReturnTo,
    /// Known scopes only, in the order they were asked.
    pub scopes: Vec<String>,
    pub nonce: Option<String>,
    /// S256, 43 characters; absent only for an excused confidential client.
    pub code_challenge: Option<String>,
    pub prompt: Prompt,
    pub max_age: Option<i64>,
    pub acr_values: Vec<String>,
    pub login_hint: Option<String>,
    pub ui_locales: Vec<String>,
    /// The `claims` parameter.
    pub claims: Option<super::scope::ClaimsRequest>,
    /// Whom `id_token_hint` or `claims.id_token.sub` demands.
    pub wanted_user: Option<UserId>,
    pub resources: Vec<String>,
    /// `organization`, kept for when organisations exist.
    pub organization: Option<String>,
}

/// `prompt`, taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "prompt is a set of words")]
pub struct Prompt {
    pub none: bool,
    pub login: bool,
    pub consent: bool,
    pub select_account: bool,
    pub create: bool,
}

/// A request that everything needed has been said for.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub request: AuthorizeRequest,
    /// Re-read a moment ago, live.
    pub session: Session,
    /// What the person agreed to; a part of `request.scopes`.
    pub scopes: Vec<String>,
    /// The interaction whose last step this is: the code is derived from it, so
    /// that repeating the step gives the same redirect. `None`: issued at once, a random code.
    pub interaction: Option<InteractionId>,
}

/// What accepting came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// The code, new or, when the last step is repeated while it lives and is not redeemed, the same one.
    Code(AuthorizationResponse),
    /// The code of this interaction was redeemed or expired; there is never a
    /// second one. The caller says "you are signed in, back to the application".
    Before,
}

impl Oidc {
    /// Reads an authorization request: the checks of `checks/`, in their order.
    ///
    /// # Errors
    /// `Show` before client and redirect URI are verified, `Return` after.
    pub async fn read(&self, _params: &Params) -> Result<AuthorizeRequest, Refusal> {
        todo!()
    }

    /// Issues the code: a grant and its code in one transaction.
    ///
    /// # Errors
    /// `server_error` or `temporarily_unavailable`, for the caller to return or show.
    pub async fn accept(&self, _accepted: Accepted) -> Result<Issued, Error> {
        todo!()
    }
}
