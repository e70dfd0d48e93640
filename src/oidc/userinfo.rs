//! The userinfo endpoint (OIDC Core §5.3).

use super::Oidc;
use super::error::Error;

/// What it answers with.
#[derive(Clone, Debug)]
pub enum Userinfo {
    /// `application/json`.
    Json(serde_json::Map<String, serde_json::Value>),
    /// `application/jwt`.
    Jwt(String),
}

impl Oidc {
    /// The claims that this access token's scopes and consent allow.
    ///
    /// # Errors
    /// `invalid_token`, `insufficient_scope`.
    pub async fn userinfo(&self, _access_token: &str) -> Result<Userinfo, Error> {
        todo!()
    }
}
