//! The authorization endpoint's first half: raw parameters become a request whose
//! client and way back are verified. `accept` turns a satisfied one into a code.

use serde::{Deserialize, Serialize};

use super::Oidc;
pub use super::accept::{Accepted, Issued};
use super::checks::{self, Check, Reading};
use super::error::{Code, Refusal};
use super::params::Params;
use super::response::{ResponseMode, ReturnTo};
use crate::base::id::{ClientId, UserId};

/// A validated authorization request. Only [`Oidc::read`] makes one from a browser's words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the answer goes.
    pub return_to: ReturnTo,
    /// Known scopes only, in the order they were asked.
    pub scopes: Vec<String>,
    /// Repeated in the ID token.
    pub nonce: Option<String>,
    /// S256, 43 characters; absent only for an excused confidential client.
    pub code_challenge: Option<String>,
    /// What must, or must not, be shown.
    pub prompt: Prompt,
    /// Oldest sign-in that will do, in seconds; the client's default when the request has none.
    pub max_age: Option<i64>,
    /// Wishes, the dearest first.
    pub acr_values: Vec<String>,
    /// What the application thinks the person types to sign in.
    pub login_hint: Option<String>,
    /// BCP 47 tags, the dearest first.
    pub ui_locales: Vec<String>,
    /// The `claims` parameter.
    pub claims: Option<super::scope::ClaimsRequest>,
    /// Whom `id_token_hint` or `claims.id_token.sub` demands.
    pub wanted_user: Option<UserId>,
    /// RFC 8707: what the access token is for.
    pub resources: Vec<String>,
    /// `organization`: the id or the name of the one that the person shall act in.
    pub organization: Option<String>,
}

/// `prompt`, taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "prompt is a set of words")]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// Sign in again.
    pub login: bool,
    /// Ask for consent again.
    pub consent: bool,
    /// Ask which account.
    pub select_account: bool,
    /// Offer a new account first.
    pub create: bool,
}

/// What an authorization request must be, in order; the first check that fails decides.
/// Before them stand client, redirect URI and state: what is wrong there is shown,
/// what is wrong here is sent back (RFC 6749 §4.1.2.1).
pub(super) const CHECKS: &[Check] = &[
    Check::Words(checks::response_mode::known),
    Check::Words(checks::duplicates::none),
    Check::Words(checks::request_object::absent),
    Check::Words(checks::registration::absent),
    Check::Words(checks::response_type::code),
    Check::Words(checks::pkce::s256),
    Check::Words(checks::prompt::known),
    Check::Store(checks::resource::known),
    Check::Words(checks::scope::known),
    Check::Words(checks::offline_access::consented),
    Check::Words(checks::nonce::short_enough),
    Check::Words(checks::max_age::in_range),
    Check::Words(checks::authorization_details::absent),
    Check::Words(checks::dpop_jkt::well_formed),
    Check::Words(checks::hints::noted),
    Check::Store(checks::claims::understood),
    Check::Words(checks::acr::possible),
    Check::Store(checks::id_token_hint::ours),
];

impl Oidc {
    /// Reads an authorization request: the checks of `checks/`, in their order.
    ///
    /// # Errors
    /// `Show` before client and redirect URI are verified, `Return` after; our
    /// own trouble is always shown, so that the person can try again.
    pub async fn read(&self, params: &Params) -> Result<AuthorizeRequest, Refusal> {
        let client = checks::client::enabled(self, params).await.map_err(Refusal::Show)?;
        let redirect_uri = checks::redirect_uri::registered(&client, params).map_err(Refusal::Show)?;
        let state = checks::state::short_enough(params).map_err(Refusal::Show)?;

        let iss = self.issuer.to_string();
        let return_to = ReturnTo { redirect_uri, mode: ResponseMode::Query, state, iss };
        let request = AuthorizeRequest::empty(client.id.clone(), return_to);
        let mut reading = Reading { oidc: self, params, client: &client, request, resource_scopes: Vec::new() };
        for check in CHECKS {
            if let Err(error) = check.run(&mut reading).await {
                return Err(match error.code {
                    Code::ServerError | Code::TemporarilyUnavailable => Refusal::Show(error),
                    _ => Refusal::Return { to: reading.request.return_to, error },
                });
            }
        }
        Ok(reading.request)
    }
}

impl AuthorizeRequest {
    /// A request that has said nothing yet but who asks and where to answer.
    pub(super) fn empty(client_id: ClientId, return_to: ReturnTo) -> Self {
        Self {
            client_id,
            return_to,
            scopes: Vec::new(),
            nonce: None,
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: None,
            acr_values: Vec::new(),
            login_hint: None,
            ui_locales: Vec::new(),
            claims: None,
            wanted_user: None,
            resources: Vec::new(),
            organization: None,
        }
    }
}
