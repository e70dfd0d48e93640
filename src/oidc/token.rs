//! The token endpoint: authenticate the client, find the grant type, is it allowed, run.

use serde::Serialize;

use super::Oidc;
use super::error::Error;
use super::params::Params;
use crate::base::clock::Seconds;

/// RFC 6749 §5.1.
#[derive(Clone, Debug, Serialize)]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: &'static str,
    pub expires_in: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    pub scope: String,
}

impl Oidc {
    /// Answers `POST /token`. `authorization` is the header's value.
    ///
    /// # Errors
    /// The protocol's, to be sent as JSON.
    pub async fn token(&self, _params: &Params, _authorization: Option<&str>) -> Result<TokenResponse, Error> {
        todo!()
    }
}
