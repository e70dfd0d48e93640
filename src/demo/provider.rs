//! The conversation with the issuer, by the `openidconnect` crate over our own way out.

use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdToken, CoreJsonWebKey, CoreTokenResponse,
};
use openidconnect::{
    AccessToken, AsyncHttpClient, AuthorizationCode, ClientId, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IdTokenVerifier, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope,
    TokenResponse as _, UserInfoClaims,
};
use serde_json::{Map, Value};

use super::notice::Notice;
use super::registration::SCOPES;
use super::session::{Pending, SignedIn};
use super::{Demo, DemoConfig};
use crate::base::outbound::{Outbound, OutboundError};
use crate::base::secret::Secret;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Every claim of userinfo that has no field of its own.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct OtherClaims {
    #[serde(flatten)]
    rest: HashMap<String, Value>,
}

impl openidconnect::AdditionalClaims for OtherClaims {}

/// The issuer, discovered.
pub(super) struct Provider<'a> {
    config: &'a DemoConfig,
    client: Client,
    http: Http,
    end_session: Option<openidconnect::EndSessionUrl>,
}

/// How a sign-in is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Plain,
    /// prompt=login.
    Login,
    /// `max_age=0`.
    Recent,
    /// prompt=none.
    Silent,
}

/// Our way out as the crate wants it.
struct Http(Outbound);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

impl<'a> Provider<'a> {
    /// Reads discovery and keys; nothing is kept between two steps, so a new key is never missed.
    pub(super) async fn discover(demo: &'a Demo) -> Result<Self, Notice> {
        let config = demo.config();
        let http = Http(config.outbound.clone());
        let issuer = IssuerUrl::new(config.issuer.clone()).map_err(|_| Notice::Unreachable)?;
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &http).await.map_err(|error| {
            tracing::warn!(%error, "the demo can not read the issuer's discovery document");
            Notice::Unreachable
        })?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let redirect = RedirectUrl::new(demo.callback_url()).map_err(|_| Notice::Unreachable)?;
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(config.client_id.clone()), None)
            .set_redirect_uri(redirect);
        Ok(Self { config, client, http, end_session })
    }

    /// The authorization request, and what must be kept until its answer.
    pub(super) fn begin(&self, way: Way, ui_locale: &str) -> (String, Pending) {
        let random = &self.config.random;
        let (state, nonce, verifier) = (random.token(), random.token(), random.token());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.clone()));
        let (csrf, sent_nonce) = (CsrfToken::new(state.clone()), Nonce::new(nonce.clone()));
        let mut request = self
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || csrf, move || sent_nonce)
            .set_pkce_challenge(challenge)
            .add_extra_param("ui_locales", ui_locale.to_owned());
        // The crate adds `openid` by itself.
        for scope in SCOPES.iter().skip(1) {
            request = request.add_scope(Scope::new((*scope).to_owned()));
        }
        request = match way {
            // OpenID Connect Core §11: offline access is granted when consent is asked for.
            Way::Plain => request.add_extra_param("prompt", "consent"),
            Way::Login => request.add_extra_param("prompt", "login"),
            Way::Recent => request.add_extra_param("max_age", "0"),
            Way::Silent => request.add_extra_param("prompt", "none"),
        };
        let started_at = self.config.clock.now();
        let pending = Pending {
            state,
            nonce,
            verifier: Secret::new(verifier),
            silent: way == Way::Silent,
            not_before: (way == Way::Recent).then_some(started_at),
            started_at,
        };
        (request.url().0.to_string(), pending)
    }

    /// Code to tokens; the ID token is checked before anything in it is believed.
    pub(super) async fn redeem(&self, code: &str, pending: &Pending) -> Result<SignedIn, Notice> {
        let request = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| Notice::Unreachable)?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.expose().to_owned()));
        let tokens = request.request_async(&self.http).await.map_err(|error| told(&error))?;
        let id_token = tokens.id_token().ok_or(Notice::Refused)?;
        let verifier = self.verifier();
        let claims = id_token.claims(&verifier, &Nonce::new(pending.nonce.clone())).map_err(|error| {
            tracing::warn!(%error, "the demo refuses an ID token");
            Notice::Refused
        })?;
        let recent = |limit: i64| claims.auth_time().is_some_and(|at| at.timestamp() >= limit);
        if pending.not_before.is_some_and(|limit| !recent(limit)) {
            return Err(Notice::Refused);
        }
        let subject = claims.subject().clone();
        let userinfo = self.userinfo(tokens.access_token().clone(), subject).await?;
        Ok(self.signed_in(&tokens, id_token, userinfo))
    }

    /// New tokens by the refresh token; the person must stay the same (OpenID Connect Core §12.2).
    pub(super) async fn refresh(&self, old: &SignedIn) -> Result<SignedIn, Notice> {
        let text = old.refresh_token.as_ref().ok_or(Notice::RefreshRefused)?;
        let refresh_token = RefreshToken::new(text.expose().to_owned());
        let request = self.client.exchange_refresh_token(&refresh_token).map_err(|_| Notice::Unreachable)?;
        let tokens = request.request_async(&self.http).await.map_err(|_| Notice::RefreshRefused)?;
        let subject = old.id_claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        let subject = openidconnect::SubjectIdentifier::new(subject);
        let userinfo = self.userinfo(tokens.access_token().clone(), subject.clone()).await?;
        let mut new = match tokens.id_token() {
            Some(id_token) => {
                let verifier = self.verifier();
                let any_nonce = |_: Option<&Nonce>| Ok(());
                let claims = id_token.claims(&verifier, any_nonce).map_err(|_| Notice::Refused)?;
                if *claims.subject() != subject {
                    return Err(Notice::Refused);
                }
                self.signed_in(&tokens, id_token, userinfo)
            }
            None => SignedIn { userinfo, ..self.renewed(&tokens, old) },
        };
        if new.refresh_token.is_none() {
            new.refresh_token.clone_from(&old.refresh_token);
        }
        Ok(new)
    }

    /// Where the browser goes to sign out (RP-Initiated Logout 1.0 §2).
    pub(super) fn sign_out_url(&self, id_token: Option<&Secret>) -> Option<String> {
        let mut url = self.end_session.as_ref()?.url().clone();
        {
            let mut query = url.query_pairs_mut();
            if let Some(id_token) = id_token {
                query.append_pair("id_token_hint", id_token.expose());
            }
            query.append_pair("client_id", &self.config.client_id);
            query.append_pair("post_logout_redirect_uri", &format!("{}/demo", self.config.issuer));
        }
        Some(url.to_string())
    }

    fn verifier(&self) -> IdTokenVerifier<'_, CoreJsonWebKey> {
        let now = u64::try_from(self.config.clock.now()).unwrap_or(0);
        let moment = std::time::UNIX_EPOCH + Duration::from_secs(now);
        self.client.id_token_verifier().set_time_fn(move || moment.into())
    }

    async fn userinfo(
        &self,
        access_token: AccessToken,
        subject: openidconnect::SubjectIdentifier,
    ) -> Result<Map<String, Value>, Notice> {
        let request = self.client.user_info(access_token, Some(subject)).map_err(|_| Notice::Unreachable)?;
        let claims: UserInfoClaims<OtherClaims, CoreGenderClaim> =
            request.request_async(&self.http).await.map_err(|error| {
                tracing::warn!(%error, "the demo refuses the userinfo answer");
                Notice::Refused
            })?;
        match serde_json::to_value(&claims) {
            Ok(Value::Object(claims)) => Ok(claims),
            _ => Err(Notice::Refused),
        }
    }

    fn signed_in(&self, tokens: &CoreTokenResponse, id_token: &CoreIdToken, userinfo: Map<String, Value>) -> SignedIn {
        let text = id_token.to_string();
        SignedIn {
            id_claims: payload(&text).unwrap_or_default(),
            id_token: Secret::new(text),
            userinfo,
            access_token: Secret::new(tokens.access_token().secret().clone()),
            refresh_token: tokens.refresh_token().map(|token| Secret::new(token.secret().clone())),
            scope: tokens.scopes().map(|scopes| scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ")),
            expires_at: tokens
                .expires_in()
                .and_then(|life| Some(self.config.clock.now() + i64::try_from(life.as_secs()).ok()?)),
        }
    }

    /// The same person with new tokens, when the answer has no ID token.
    fn renewed(&self, tokens: &CoreTokenResponse, old: &SignedIn) -> SignedIn {
        let life = tokens.expires_in().and_then(|life| i64::try_from(life.as_secs()).ok());
        SignedIn {
            access_token: Secret::new(tokens.access_token().secret().clone()),
            refresh_token: tokens.refresh_token().map(|token| Secret::new(token.secret().clone())),
            expires_at: life.map(|life| self.config.clock.now() + life),
            ..old.clone()
        }
    }
}

fn told<E: std::error::Error>(error: &E) -> Notice {
    tracing::warn!(%error, "the demo got no tokens");
    Notice::Refused
}

/// The claims as they stand in a token whose signature was checked, for showing.
fn payload(token: &str) -> Option<Map<String, Value>> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}
