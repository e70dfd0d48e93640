//! The token endpoint's answers: a form by default, JSON or XML by `Accept`, always 200.

use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::answer;
use super::super::fields::Asked;

/// Tokens to be answered.
pub(super) struct Grant {
    pub(super) access_token: String,
    pub(super) scopes: Vec<String>,
    /// Refresh token, when the access token expires.
    pub(super) refresh_token: Option<String>,
}

/// Eight hours.
pub(super) const ACCESS_LIFE: i64 = 28_800;
/// About six months.
pub(super) const REFRESH_LIFE: i64 = 15_897_600;

/// What goes wrong (§1.4).
#[derive(Clone, Copy)]
pub(super) enum TokenError {
    BadVerificationCode,
    IncorrectClientCredentials,
    RedirectUriMismatch,
    UnverifiedUserEmail,
    BadRefreshToken,
    UnsupportedGrantType,
}

impl TokenError {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::BadVerificationCode => ("bad_verification_code", "The code passed is incorrect or expired."),
            Self::IncorrectClientCredentials => {
                ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
            }
            Self::RedirectUriMismatch => (
                "redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.",
            ),
            Self::UnverifiedUserEmail => {
                ("unverified_user_email", "The primary email address of the user is not verified.")
            }
            Self::BadRefreshToken => ("bad_refresh_token", "The refresh token passed is incorrect or expired."),
            Self::UnsupportedGrantType => {
                ("unsupported_grant_type", "The grant_type must be authorization_code or refresh_token.")
            }
        }
    }
}

const HELP: &str =
    "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors";

pub(super) fn granted(asked: &Asked, grant: &Grant) -> Response {
    let mut fields = Map::new();
    fields.insert("access_token".to_owned(), json!(grant.access_token));
    if let Some(refresh_token) = &grant.refresh_token {
        fields.insert("expires_in".to_owned(), json!(ACCESS_LIFE));
        fields.insert("refresh_token".to_owned(), json!(refresh_token));
        fields.insert("refresh_token_expires_in".to_owned(), json!(REFRESH_LIFE));
    }
    fields.insert("scope".to_owned(), json!(grant.scopes.join(",")));
    fields.insert("token_type".to_owned(), json!("bearer"));
    written(asked, fields)
}

pub(super) fn refused(asked: &Asked, error: TokenError) -> Response {
    let (error, description) = error.words();
    let mut fields = Map::new();
    fields.insert("error".to_owned(), json!(error));
    fields.insert("error_description".to_owned(), json!(description));
    fields.insert("error_uri".to_owned(), json!(format!("{HELP}/#{}", error.replace('_', "-"))));
    written(asked, fields)
}

fn written(asked: &Asked, fields: Map<String, Value>) -> Response {
    let accept = asked.header("accept").unwrap_or_default();
    if accept.contains("application/json") {
        return answer::json(StatusCode::OK, &Value::Object(fields));
    }
    let plain: Vec<(String, String)> = fields.into_iter().map(|(name, value)| (name, text_of(value))).collect();
    if accept.contains("application/xml") {
        let elements: Vec<String> =
            plain.iter().map(|(name, value)| format!("<{name}>{}</{name}>", escaped(value))).collect();
        let body = elements.concat();
        return answer::text(StatusCode::OK, "application/xml; charset=utf-8", format!("<OAuth>{body}</OAuth>"));
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&plain).finish();
    answer::text(StatusCode::OK, "application/x-www-form-urlencoded; charset=utf-8", body)
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
