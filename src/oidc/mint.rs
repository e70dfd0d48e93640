//! Making tokens: what goes into them, what of them is kept, and the signing.

use serde_json::{Map, Value, json};

use super::Oidc;
use super::access::AccessToken;
use super::error::{Code, Error};
use super::grants::target::Target;
use super::jose::{Algorithm, Refused};
use crate::base::bearer::{Bearer, row_digest};
use crate::base::clock::Seconds;
use crate::store::artifact::{Kind, NewArtifact};
use crate::store::clients::{Client, TokenFormat};
use crate::store::grants::Grant;

/// The `typ` of an access token (RFC 9068 §2.1).
const ACCESS_TYPE: &str = "at+jwt";

/// What a token is to be made of. The grant and the client were found alive a moment ago.
pub(super) struct Order<'a> {
    pub(super) grant: &'a Grant,
    pub(super) client: &'a Client,
    pub(super) sub: String,
    pub(super) scopes: Vec<String>,
    /// What the scopes bring about organisations; also in JWT access tokens.
    pub(super) about: Map<String, Value>,
    pub(super) target: Target,
}

/// A token and the row that makes it one.
pub(super) struct Minted {
    pub(super) text: String,
    pub(super) row: NewArtifact,
    pub(super) expires_in: Seconds,
}

impl Oidc {
    /// Makes an access token in the format its target wants. Both formats are
    /// found again by their digest, so revocation and introspection work alike.
    ///
    /// # Errors
    /// `server_error` when it can't be signed, `temporarily_unavailable`.
    pub(super) async fn access_token(&self, order: &Order<'_>) -> Result<Minted, Error> {
        let now = self.clock.now();
        let expires_at = (now + order.target.life).min(order.grant.expires_at);
        let token = AccessToken {
            sub: order.sub.clone(),
            scopes: order.scopes.clone(),
            audience: order.target.audience.clone(),
            issued_at: now,
            jti: self.random.ulid_at(self.clock.milliseconds()),
        };
        let text = match order.target.format {
            TokenFormat::Opaque => Bearer::AccessToken.make(&self.random, &self.clock),
            TokenFormat::Jwt => {
                let claims = self.access_claims(order, &token, expires_at);
                self.sign(algorithm_of(order.client)?, ACCESS_TYPE, claims).await?
            }
        };
        let row = NewArtifact {
            kind: Kind::AccessToken,
            digest: row_digest(&text),
            grant_id: Some(order.grant.id.clone()),
            owner: None,
            client_id: Some(order.client.id.clone()),
            payload: NewArtifact::payload_of(&token),
            expires_at,
            keep_until: expires_at,
        };
        Ok(Minted { text, row, expires_in: expires_at - now })
    }

    /// RFC 9068 §2.2.
    fn access_claims(&self, order: &Order<'_>, token: &AccessToken, expires_at: Seconds) -> Map<String, Value> {
        let mut claims = order.about.clone();
        let audience = match token.audience.as_slice() {
            [only] => json!(only),
            several => json!(several),
        };
        claims.insert("iss".to_owned(), json!(&*self.issuer));
        claims.insert("sub".to_owned(), json!(token.sub));
        claims.insert("aud".to_owned(), audience);
        claims.insert("client_id".to_owned(), json!(order.client.id));
        claims.insert("exp".to_owned(), json!(expires_at));
        claims.insert("iat".to_owned(), json!(token.issued_at));
        claims.insert("jti".to_owned(), json!(token.jti));
        if !token.scopes.is_empty() {
            claims.insert("scope".to_owned(), json!(token.scopes.join(" ")));
        }
        if let Some(auth_time) = order.grant.auth_time {
            claims.insert("auth_time".to_owned(), json!(auth_time));
        }
        if let Some(acr) = &order.grant.acr {
            claims.insert("acr".to_owned(), json!(acr));
        }
        if !order.grant.amr.is_empty() {
            claims.insert("amr".to_owned(), json!(order.grant.amr));
        }
        claims
    }

    /// A refresh token of this grant: slides with each rotation, never past the
    /// family's absolute end (security.md row 109).
    pub(super) fn refresh_token(&self, grant: &Grant) -> Minted {
        let now = self.clock.now();
        let end = grant.expires_at.min(grant.created_at + self.lives.refresh_family);
        let expires_at = (now + self.lives.refresh_token).min(end);
        let text = Bearer::RefreshToken.make(&self.random, &self.clock);
        let row = NewArtifact {
            kind: Kind::RefreshToken,
            digest: row_digest(&text),
            grant_id: Some(grant.id.clone()),
            owner: None,
            client_id: Some(grant.client_id.clone()),
            payload: "{}".to_owned(),
            expires_at,
            // A rotated one is noticed as reuse for as long as it could have been used.
            keep_until: expires_at,
        };
        Minted { text, row, expires_in: expires_at - now }
    }

    /// Signs once; RSA on a blocking thread, since it costs more than everything else in an answer.
    ///
    /// # Errors
    /// `server_error` when the key does not sign, `temporarily_unavailable` when there is none to read.
    pub(super) async fn sign(
        &self,
        algorithm: Algorithm,
        kind: &'static str,
        claims: Map<String, Value>,
    ) -> Result<String, Error> {
        let key = self.keys.signing(algorithm).await?;
        let bytes = Value::Object(claims).to_string().into_bytes();
        let signed = if algorithm.is_slow() {
            let signing = tokio::task::spawn_blocking(move || key.sign(kind, &bytes));
            signing.await.unwrap_or(Err(Refused("the signing thread ended")))
        } else {
            key.sign(kind, &bytes)
        };
        signed.map_err(|refused| {
            tracing::error!(reason = refused.0, "a token could not be signed");
            Error::new(Code::ServerError, "the token could not be signed")
        })
    }
}

/// What this application's tokens are signed with.
///
/// # Errors
/// `server_error`, should its registration name an algorithm there is not.
pub(super) fn algorithm_of(client: &Client) -> Result<Algorithm, Error> {
    Algorithm::named(&client.metadata.id_token_signed_response_alg).ok_or_else(|| {
        Error::new(Code::ServerError, "the application is registered with an unknown signature algorithm")
    })
}
