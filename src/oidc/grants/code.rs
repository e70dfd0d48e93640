//! What an authorization code stands for: written by the authorization endpoint, read once at the token endpoint.

use serde::{Deserialize, Serialize};

use crate::oidc::scope::ClaimsRequest;

/// The payload of an `AuthorizationCode` artifact. The nonce, the person and
/// the moment of sign-in are in its grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodePayload {
    /// The token request must name it again (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// S256; absent only for an excused confidential client.
    pub code_challenge: Option<String>,
    /// What was granted.
    pub scopes: Vec<String>,
    /// `resource` values that were granted.
    pub resources: Vec<String>,
    /// The `claims` parameter as granted.
    pub claims: Option<ClaimsRequest>,
}
