//! Scopes and the `claims` parameter: what may be asked for and what each brings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Every scope there is: the standard ones and ours for organisations.
pub const SCOPES: &[&str] =
    &["openid", "profile", "email", "phone", "address", "offline_access", "org", "roles", "groups"];

/// The `claims` parameter (OIDC Core §5.5), as far as it is honoured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    pub userinfo: BTreeMap<String, Option<ClaimRequest>>,
    pub id_token: BTreeMap<String, Option<ClaimRequest>>,
}

/// One member of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimRequest {
    pub essential: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<serde_json::Value>>,
}
