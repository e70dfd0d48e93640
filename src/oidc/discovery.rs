//! The metadata documents (OIDC Discovery, RFC 8414) and the JWK set: made once, served as bytes.

use std::sync::{PoisonError, RwLock};

use serde_json::{Value, json};

use super::Oidc;
use super::checks::acr;
use super::jose::Algorithm;
use super::scope::{SCOPES, claims_of};
use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::secret::digest;

/// A document ready to send.
#[derive(Clone, Debug)]
pub struct Document {
    /// JSON.
    pub body: bytes::Bytes,
    /// A strong `ETag`, quotes included.
    pub etag: String,
}

/// What is served over and over.
pub(super) struct Documents {
    metadata: Document,
    /// The JWK set as of an epoch and a second: keys enter and leave it by both.
    jwks: RwLock<Option<(i64, Seconds, Document)>>,
}

impl Document {
    fn new(value: &Value) -> Self {
        let text = value.to_string();
        Self { etag: format!("\"{}\"", digest(&text)), body: text.into() }
    }
}

impl Documents {
    pub(super) fn new(issuer: &str) -> Self {
        Self { metadata: Document::new(&metadata(issuer)), jwks: RwLock::new(None) }
    }
}

impl Oidc {
    /// `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: announces exactly what works.
    #[must_use]
    pub fn discovery(&self) -> Document {
        self.documents.metadata.clone()
    }

    /// `/jwks`.
    ///
    /// # Errors
    /// `Down` when the keys must be read again and can't be.
    pub async fn jwks(&self) -> crate::store::Result<Document> {
        let (epoch, now) = (self.store.epoch(), self.clock.now());
        if let Some((of_epoch, at, document)) = &*self.documents.jwks.read().unwrap_or_else(PoisonError::into_inner)
            && (*of_epoch, *at) == (epoch, now)
        {
            return Ok(document.clone());
        }
        let document = Document::new(&self.keys.jwk_set().await?);
        *self.documents.jwks.write().unwrap_or_else(PoisonError::into_inner) = Some((epoch, now, document.clone()));
        Ok(document)
    }
}

/// The metadata: endpoints and what they understand. `request_uri_parameter_supported`
/// is said because its default is true, the other one beside it (OIDC Discovery §3).
fn metadata(issuer: &str) -> Value {
    let mut document = endpoints(issuer);
    let signing: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.as_str()).collect();
    let understood = json!({
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "acr_values_supported": acr::SATISFIABLE,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": signing,
        "userinfo_signing_alg_values_supported": signing,
        "prompt_values_supported": ["none", "login", "consent", "select_account", "create"],
        "claim_types_supported": ["normal"],
        "claims_supported": claims(),
        "ui_locales_supported": Lang::ALL.map(Lang::tag),
        "code_challenge_methods_supported": ["S256"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    });
    merge(&mut document, understood);
    for (endpoint, public) in [("token", true), ("revocation", true), ("introspection", false)] {
        merge(&mut document, client_authentication(endpoint, public));
    }
    document
}

fn endpoints(issuer: &str) -> Value {
    // The slash that may end an issuer is not doubled (OIDC Discovery §4.1).
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        // OAuth 2.0 for First-Party Applications (draft) §4
        "authorization_challenge_endpoint": format!("{base}/authorize-challenge"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "jwks_uri": format!("{base}/jwks"),
        "end_session_endpoint": format!("{base}/end_session"),
        "introspection_endpoint": format!("{base}/introspect"),
        "revocation_endpoint": format!("{base}/revoke"),
    })
}

/// How clients prove who they are there; only where a client's own tokens are
/// concerned may one merely name itself.
fn client_authentication(endpoint: &str, public: bool) -> Value {
    let mut methods = vec!["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"];
    if public {
        methods.push("none");
    }
    let mut algorithms: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.as_str()).collect();
    algorithms.extend(["HS256", "HS384", "HS512"]);
    json!({
        format!("{endpoint}_endpoint_auth_methods_supported"): methods,
        format!("{endpoint}_endpoint_auth_signing_alg_values_supported"): algorithms,
    })
}

/// Claims about the token and the sign-in, then those about the person by scope.
fn claims() -> Vec<&'static str> {
    let mut claims = vec!["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];
    claims.extend(SCOPES.iter().flat_map(|scope| claims_of(scope)));
    claims
}

fn merge(document: &mut Value, more: Value) {
    if let (Value::Object(document), Value::Object(more)) = (document, more) {
        document.extend(more);
    }
}
