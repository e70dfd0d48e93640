//! Scopes and the `claims` parameter: what may be asked for and what each brings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Every scope there is; `org`, `roles`, `groups` and `account` are ours (design.md §4).
pub const SCOPES: &[&str] =
    &["openid", "profile", "email", "phone", "address", "offline_access", "org", "roles", "groups", "account"];

/// Scopes about an organisation; what they bring is never told by a single claim's name.
pub const OF_ORGANISATIONS: &[&str] = &["org", "roles", "groups"];

/// The claims about a person that a scope brings (OIDC Core §5.4); none for a scope that brings none.
#[must_use]
pub fn claims_of(scope: &str) -> &'static [&'static str] {
    match scope {
        "openid" => &["sub"],
        "profile" => &[
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
        "email" => &["email", "email_verified"],
        "phone" => &["phone_number", "phone_number_verified"],
        "address" => &["address"],
        "org" => &["org_id", "orgs"],
        "roles" => &["roles"],
        "groups" => &["groups"],
        _ => &[],
    }
}

/// Whether `claim` may be asked for by name: one of a scope's, or one about the sign-in itself.
#[must_use]
pub fn is_known_claim(claim: &str) -> bool {
    matches!(claim, "acr" | "amr" | "auth_time")
        || SCOPES
            .iter()
            .filter(|scope| !OF_ORGANISATIONS.contains(scope))
            .any(|scope| claims_of(scope).contains(&claim))
}

/// The scope that brings a claim about a person; `None` for `sub`, for one about the sign-in, and for an unknown one.
#[must_use]
pub fn scope_of(claim: &str) -> Option<&'static str> {
    SCOPES.iter().copied().find(|scope| *scope != "openid" && claims_of(scope).contains(&claim))
}

/// The `claims` parameter (OIDC Core §5.5), as far as it is honoured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// Wanted from the userinfo endpoint; `None` asks for the claim without further wishes.
    pub userinfo: BTreeMap<String, Option<ClaimRequest>>,
    /// Wanted in the ID token.
    pub id_token: BTreeMap<String, Option<ClaimRequest>>,
}

/// One member of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimRequest {
    /// The application cannot do without it.
    pub essential: bool,
    /// The one value it wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// The values it wants, the dearest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<serde_json::Value>>,
}
