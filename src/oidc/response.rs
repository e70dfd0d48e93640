//! Where an authorization response goes and what it carries.

use serde::{Deserialize, Serialize};

use super::error::Error;

/// `response_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    #[default]
    Query,
    /// By a form that posts itself (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// The verified way back to the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTo {
    /// As the request said it, byte for byte one of the client's own.
    pub redirect_uri: String,
    /// How the parameters get there.
    pub mode: ResponseMode,
    /// Comes back as it came, byte for byte.
    pub state: Option<String>,
    /// RFC 9207.
    pub iss: String,
}

/// What the browser carries back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationResponse {
    /// Where to.
    pub redirect_uri: String,
    /// How.
    pub mode: ResponseMode,
    /// In order: `code` or `error` and `error_description`, then `state`, `iss`.
    pub parameters: Vec<(&'static str, String)>,
}

impl ReturnTo {
    /// A success.
    #[must_use]
    pub fn code(&self, code: String) -> AuthorizationResponse {
        self.carry(vec![("code", code)])
    }

    /// A refusal.
    #[must_use]
    pub fn error(&self, error: &Error) -> AuthorizationResponse {
        self.carry(vec![
            ("error", error.code.as_str().to_owned()),
            ("error_description", error.description.clone().into_owned()),
        ])
    }

    fn carry(&self, mut parameters: Vec<(&'static str, String)>) -> AuthorizationResponse {
        parameters.extend(self.state.clone().map(|state| ("state", state)));
        parameters.push(("iss", self.iss.clone()));
        AuthorizationResponse { redirect_uri: self.redirect_uri.clone(), mode: self.mode, parameters }
    }
}

impl AuthorizationResponse {
    /// The URL for `response_mode=query`; parameters of the registered URI survive.
    #[must_use]
    pub fn location(&self) -> String {
        with_query(&self.redirect_uri, self.parameters.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

/// `uri` with `parameters` added to its query (RFC 6749 §4.1.2: what the URI
/// has stays). Everything but unreserved characters is percent-encoded, a space
/// as `%20`, so that no value can become a header, a fragment or another
/// parameter, and decoders of either school read the same bytes.
#[must_use]
pub(crate) fn with_query<'a>(uri: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut url = uri.to_owned();
    let mut joint = match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    for (name, value) in parameters {
        url.push_str(joint);
        url.push_str(name);
        url.push('=');
        for piece in form_urlencoded::byte_serialize(value.as_bytes()) {
            url.push_str(if piece == "+" { "%20" } else { piece });
        }
        joint = "&";
    }
    url
}
