//! How the sample application is registered with the issuer.

/// Client metadata in the words of RFC 7591, as plain values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// `client_name`.
    pub client_name: String,
    /// `redirect_uris`.
    pub redirect_uris: Vec<String>,
    /// `post_logout_redirect_uris`.
    pub post_logout_redirect_uris: Vec<String>,
    /// `grant_types`.
    pub grant_types: Vec<String>,
    /// `scope`, as a list.
    pub scopes: Vec<String>,
    /// `token_endpoint_auth_method`: `none`, a public client with PKCE.
    pub token_endpoint_auth_method: &'static str,
    /// Never first-party, so that the consent page is shown.
    pub first_party: bool,
}

/// What the client `demo` needs at `issuer` (without a trailing slash).
#[must_use]
pub fn registration(issuer: &str) -> Registration {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Registration {
        client_name: "Hufu demo".to_owned(),
        redirect_uris: vec![format!("{issuer}/demo/callback")],
        post_logout_redirect_uris: vec![format!("{issuer}/demo")],
        grant_types: texts(&["authorization_code", "refresh_token"]),
        scopes: texts(&SCOPES),
        token_endpoint_auth_method: "none",
        first_party: false,
    }
}

/// What the sample application asks for.
pub(super) const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
