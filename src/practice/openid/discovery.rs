//! Discovery documents with the real https addresses, and the key sets (§2.1).

use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::super::platform::Platform;
use super::super::switches::{Switch, Switches};
use super::super::{Practice, answer};
use super::{issuer, with_keys};

pub(super) async fn google(State(practice): State<Practice>) -> Response {
    let document = json!({
        "issuer": issuer(Platform::Google),
        "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "device_authorization_endpoint": "https://oauth2.googleapis.com/device/code",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
        "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
        "response_types_supported": [
            "code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token", "none",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": [
            "aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture", "sub",
        ],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": [
            "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
    });
    published(document, &practice.world().switches(Platform::Google))
}

pub(super) async fn plain(State(practice): State<Practice>) -> Response {
    let switches = practice.world().switches(Platform::Oidc);
    let announces = !switches.is_on(Switch::NoIssParameter);
    let document = json!({
        "issuer": issuer(Platform::Oidc),
        "authorization_endpoint": "https://login.example.org/authorize",
        "token_endpoint": "https://login.example.org/token",
        "userinfo_endpoint": "https://login.example.org/userinfo",
        "revocation_endpoint": "https://login.example.org/revoke",
        "end_session_endpoint": "https://login.example.org/end_session",
        "jwks_uri": "https://login.example.org/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "scopes_supported": ["openid", "profile", "email", "groups", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "preferred_username", "email",
            "email_verified", "picture", "locale", "groups",
        ],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": announces,
    });
    published(document, &switches)
}

fn published(mut document: Value, switches: &Switches) -> Response {
    if let Some(fields) = document.as_object_mut() {
        if switches.is_on(Switch::DiscoverySlash)
            && let Some(issuer) = fields.get("issuer").and_then(Value::as_str).map(|issuer| format!("{issuer}/"))
        {
            fields.insert("issuer".to_owned(), json!(issuer));
        }
        if switches.is_on(Switch::DiscoveryOther) {
            fields.insert("issuer".to_owned(), json!("https://stranger.example"));
        }
        if switches.is_on(Switch::NoPkceAdvertised) {
            fields.remove("code_challenge_methods_supported");
        }
    }
    cached(answer::json(StatusCode::OK, &document), "public, max-age=3600")
}

pub(super) async fn google_keys(State(practice): State<Practice>) -> Response {
    keys(&practice, Platform::Google)
}

pub(super) async fn plain_keys(State(practice): State<Practice>) -> Response {
    keys(&practice, Platform::Oidc)
}

fn keys(practice: &Practice, platform: Platform) -> Response {
    let switches = practice.world().switches(platform);
    let set = with_keys(practice, platform, |keys| Ok(keys.jwks(platform == Platform::Oidc, &switches)));
    match set {
        Ok(set) => cached(answer::json(StatusCode::OK, &set), "public, max-age=19800, must-revalidate, no-transform"),
        Err(_) => answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn cached(mut response: Response, rule: &str) -> Response {
    answer::set(&mut response, header::CACHE_CONTROL, rule);
    response
}
