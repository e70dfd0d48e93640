//! Where an authorization response goes and what it carries.

use serde::{Deserialize, Serialize};

use super::error::Error;

/// `response_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    #[default]
    Query,
    FormPost,
}

/// The verified way back to the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTo {
    pub redirect_uri: String,
    pub mode: ResponseMode,
    pub state: Option<String>,
    /// RFC 9207.
    pub iss: String,
}

/// What the browser carries back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationResponse {
    pub redirect_uri: String,
    pub mode: ResponseMode,
    /// In order: `code` or `error` and `error_description`, then `state`, `iss`.
    pub parameters: Vec<(&'static str, String)>,
}

impl ReturnTo {
    /// A success.
    #[must_use]
    pub fn code(&self, _code: String) -> AuthorizationResponse {
        todo!()
    }
    /// A refusal.
    #[must_use]
    pub fn error(&self, _error: &Error) -> AuthorizationResponse {
        todo!()
    }
}

impl AuthorizationResponse {
    /// The URL for `response_mode=query`; parameters of the registered URI survive.
    #[must_use]
    pub fn location(&self) -> String {
        todo!()
    }
}
