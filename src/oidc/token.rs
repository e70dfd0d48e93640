//! The token endpoint: authenticate the client, find the grant type, is it allowed, run.

use serde::Serialize;

use super::Oidc;
use super::error::{Code, Error};
use super::grants::{GrantType, missing};
use super::params::Params;
use crate::base::clock::Seconds;

/// RFC 6749 §5.1.
#[derive(Clone, Debug, Serialize)]
pub struct TokenResponse {
    /// Opaque or a JWT; the application needs not know which.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: Seconds,
    /// Where `offline_access` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Where openid was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted, always said.
    pub scope: String,
}

impl Oidc {
    /// Answers `POST /token`. `authorization` is the header's value, `address` where it comes from.
    ///
    /// # Errors
    /// The protocol's, to be sent as JSON.
    pub async fn token(
        &self,
        params: &Params,
        authorization: Option<&str>,
        address: &str,
    ) -> Result<TokenResponse, Error> {
        let answer = self.granted(params, authorization, address).await;
        // What somebody made up is no label.
        let grant = params.get("grant_type").and_then(GrantType::named).map_or("other", GrantType::as_str);
        let outcome = answer.as_ref().map_or_else(|error| error.code.as_str(), |_| "ok");
        metrics::counter!("hufu_tokens_total", "grant" => grant, "outcome" => outcome).increment(1);
        answer
    }

    async fn granted(
        &self,
        params: &Params,
        authorization: Option<&str>,
        address: &str,
    ) -> Result<TokenResponse, Error> {
        let caller = self.authenticate(params, authorization, address).await?;
        let name = params.get("grant_type").ok_or_else(|| missing("grant_type is missing"))?;
        let grant_type = GrantType::named(name)
            .ok_or_else(|| Error::new(Code::UnsupportedGrantType, "this grant_type is not supported here"))?;
        if !caller.client.metadata.grant_types.iter().any(|allowed| allowed == grant_type.as_str()) {
            return Err(Error::new(Code::UnauthorizedClient, "the application is not registered for this grant_type"));
        }
        match grant_type {
            GrantType::AuthorizationCode => self.redeem_code(&caller, params).await,
            GrantType::RefreshToken => self.refresh(&caller, params).await,
            GrantType::ClientCredentials => self.client_credentials(&caller, params).await,
        }
    }
}
