//! The authorization code flow as a client: the URL a browser is sent to, what
//! its callback says, and the exchange of the code (RFC 6749 §4.1, RFC 7636).

use std::borrow::Cow;
use std::collections::BTreeMap;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, ExtraTokenFields, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::openid::assertion;
use super::wire::{TokenWire, quoted};
use super::{Trouble, Turn};
use crate::base::secret::{Secret, digest};

/// Longer codes are not codes (security.md §1; real ones stay under 2 kB).
const LONGEST_CODE: usize = 4096;

/// Appends `parameters` to the platform's authorization address, whatever query it has already.
///
/// # Errors
/// `Misconfigured` when the address is none.
pub fn authorization_url(endpoint: &str, parameters: &[(&str, &str)]) -> Result<String, Trouble> {
    let bad = || Trouble::Misconfigured("the authorization address".to_owned());
    let mut url = Url::parse(endpoint).map_err(|_| bad())?;
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return Err(bad());
    }
    url.query_pairs_mut().extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
    url.set_fragment(None);
    Ok(url.into())
}

/// The PKCE challenge of this turn (RFC 7636 §4.2, S256).
#[must_use]
pub fn challenge(turn: &Turn) -> String {
    digest(turn.code_verifier.expose())
}

/// The code out of a callback, or why there is none.
///
/// # Errors
/// By the `error` the platform sent; `BadReply` when the callback is contradictory.
pub fn code(callback: &BTreeMap<String, String>) -> Result<String, Trouble> {
    let code = callback.get("code").filter(|code| !code.is_empty());
    let error = callback.get("error").filter(|error| !error.is_empty());
    match (code, error) {
        (Some(_), Some(_)) => Err(Trouble::BadReply("the callback has both a code and an error".to_owned())),
        (None, None) => Err(Trouble::BadReply("the callback has neither a code nor an error".to_owned())),
        (None, Some(error)) => {
            Err(refused(error, callback.get("error_description").map_or("", String::as_str), "callback"))
        }
        (Some(code), None) if code.len() > LONGEST_CODE => {
            Err(Trouble::BadReply("the callback's code is too long".to_owned()))
        }
        (Some(code), None) => Ok(code.clone()),
    }
}

/// Checks the `iss` of a callback (RFC 9207 §2.4): one of `known` when it is there, and there when `announced`.
///
/// # Errors
/// `BadReply`: the answer belongs to another provider.
pub fn issuer(callback: &BTreeMap<String, String>, known: &[&str], announced: bool) -> Result<(), Trouble> {
    match callback.get("iss") {
        Some(iss) if known.contains(&iss.as_str()) => Ok(()),
        Some(_) => Err(Trouble::BadReply("the callback's iss names another provider".to_owned())),
        None if announced => Err(Trouble::BadReply("the callback has no iss although it is announced".to_owned())),
        None => Ok(()),
    }
}

/// What an error code of OAuth, or of the platforms that bend it, means for us.
#[must_use]
pub fn refused(error: &str, description: &str, place: &str) -> Trouble {
    let detail = quoted(&format!("{place}: {error} {description}"));
    match error {
        "access_denied"
        | "user_cancelled_authorize"
        | "user_denied"
        | "consent_required"
        | "interaction_required"
        | "login_required"
        | "account_selection_required" => Trouble::Cancelled,
        "temporarily_unavailable" | "slow_down" => Trouble::TryLater { until: None },
        "server_error" => Trouble::Unreachable(detail),
        "unverified_user_email" => Trouble::NotAllowed(detail),
        "invalid_client"
        | "unauthorized_client"
        | "incorrect_client_credentials"
        | "redirect_uri_mismatch"
        | "application_suspended"
        | "invalid_scope"
        | "unsupported_grant_type"
        | "unsupported_response_type"
        | "invalid_request"
        | "Not Found" => Trouble::Misconfigured(detail),
        _ => Trouble::BadReply(detail),
    }
}

/// Where the client's secret goes (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `Authorization: Basic`.
    Basic,
    /// In the form.
    Post,
    /// Nowhere: a statement signed with it goes instead (`client_secret_jwt`).
    SecretJwt,
    /// There is none, but a private key that signs such a statement (`private_key_jwt`).
    PrivateKeyJwt,
    /// There is none; PKCE protects the code.
    None,
}

/// What a token request needs.
pub struct Exchange<'a> {
    /// The token endpoint.
    pub token_url: &'a str,
    /// Who we are over there.
    pub client_id: &'a str,
    /// What the platform calls `client_id`.
    pub client_id_name: &'a str,
    /// Our secret over there.
    pub client_secret: Option<&'a Secret>,
    /// Where it goes.
    pub auth: ClientAuth,
    /// The signed statement, where one goes in the secret's place.
    pub assertion: Option<Secret>,
    /// Whether a challenge was sent with the authorization request.
    pub pkce: bool,
    /// Sent besides the usual headers.
    pub headers: &'a [(String, String)],
}

/// What a code was exchanged for.
pub struct Granted {
    /// For the platform's own interface; dropped after use.
    pub access_token: Secret,
    /// What was really granted, when the platform says.
    pub scopes: Option<Vec<String>>,
    /// Unchecked.
    pub id_token: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Extra {
    #[serde(default)]
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

type Answer = StandardTokenResponse<Extra, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

impl Exchange<'_> {
    /// Sends the code to the token endpoint.
    ///
    /// # Errors
    /// Any [`Trouble`] but `Wrong`.
    pub async fn send(&self, turn: &Turn, code: String) -> Result<Granted, Trouble> {
        let token_url = TokenUrl::new(self.token_url.to_owned())
            .map_err(|_| Trouble::Misconfigured("the token address".to_owned()))?;
        let redirect = RedirectUrl::new(turn.callback_url.clone())
            .map_err(|_| Trouble::Misconfigured("the callback address".to_owned()))?;
        let auth = if self.auth == ClientAuth::Basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        let mut client = Client::new(ClientId::new(self.client_id.to_owned())).set_auth_type(auth);
        if let Some(secret) = self.client_secret.filter(|_| matches!(self.auth, ClientAuth::Basic | ClientAuth::Post)) {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        let client = client.set_token_uri(token_url);
        let mut request = client.exchange_code(AuthorizationCode::new(code)).set_redirect_uri(Cow::Owned(redirect));
        if self.pkce {
            request = request.set_pkce_verifier(PkceCodeVerifier::new(turn.code_verifier.expose().to_owned()));
        }
        if let Some(assertion) = &self.assertion {
            request = request.add_extra_param("client_assertion_type", assertion::TYPE);
            request = request.add_extra_param("client_assertion", assertion.expose());
        }
        let wire = TokenWire {
            outbound: &turn.outbound,
            headers: self.headers,
            client_id_name: self.client_id_name,
            now: turn.now,
        };
        let answer = request.request_async(&wire).await.map_err(trouble)?;
        Ok(Granted {
            access_token: Secret::new(answer.access_token().secret().clone()),
            scopes: answer.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
            id_token: answer.extra_fields().id_token.clone(),
        })
    }
}

fn trouble(error: RequestTokenError<Trouble, BasicErrorResponse>) -> Trouble {
    match error {
        RequestTokenError::Request(trouble) => trouble,
        RequestTokenError::ServerResponse(answer) => {
            let description = answer.error_description().map_or("", String::as_str);
            refused(answer.error().as_ref(), description, "token endpoint")
        }
        RequestTokenError::Parse(..) => Trouble::BadReply("token endpoint: an answer of unknown shape".to_owned()),
        RequestTokenError::Other(_) => Trouble::Misconfigured("the token request can't be made".to_owned()),
    }
}
