//! The standards' errors, and whether one may be sent back or must be shown.

use std::borrow::Cow;

use super::response::ReturnTo;
use crate::base::clock::Seconds;

/// `error` codes of RFC 6749, 6750, OIDC Core and the documents that added to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidClient,
    /// RFC 6749 §5.2.
    InvalidGrant,
    /// RFC 6749 §4.1.2.1, §5.2.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidScope,
    /// RFC 8707 §2.
    InvalidTarget,
    /// RFC 6750 §3.1.
    InvalidToken,
    /// RFC 6750 §3.1.
    InsufficientScope,
    /// RFC 9470 §3.
    InsufficientUserAuthentication,
    /// RFC 6749 §4.1.2.1.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable,
    /// OIDC Core §3.1.2.6.
    LoginRequired,
    /// OIDC Core §3.1.2.6.
    InteractionRequired,
    /// OIDC Core §3.1.2.6.
    AccountSelectionRequired,
    /// OIDC Core §3.1.2.6.
    ConsentRequired,
    /// OIDC Core §3.1.2.6.
    InvalidRequestUri,
    /// OIDC Core §3.1.2.6.
    InvalidRequestObject,
    /// OIDC Core §3.1.2.6.
    RequestNotSupported,
    /// OIDC Core §3.1.2.6.
    RequestUriNotSupported,
    /// OIDC Core §3.1.2.6.
    RegistrationNotSupported,
    /// RFC 9396 §5.
    InvalidAuthorizationDetails,
    /// OpenID Connect Core Error Code `unmet_authentication_requirements` 1.0.
    UnmetAuthenticationRequirements,
}

impl Code {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        }
    }
}

/// An error of the protocol. The description says what to fix, in printable
/// ASCII without quotes and backslashes (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct Error {
    /// The word for programs.
    pub code: Code,
    /// The sentence for developers.
    pub description: Cow<'static, str>,
    /// After so many seconds the same request may be tried again (429, RFC 6585 §4).
    pub wait: Option<Seconds>,
}

impl Error {
    /// An error with a sentence for the application's developer.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: description.into(), wait: None }
    }

    /// Too many tries: again after so many seconds.
    #[must_use]
    pub fn wait(seconds: Seconds) -> Self {
        Self { wait: Some(seconds), ..Self::new(Code::TemporarilyUnavailable, "too many tries: wait, see Retry-After") }
    }
}

impl From<crate::store::Error> for Error {
    fn from(error: crate::store::Error) -> Self {
        match error {
            crate::store::Error::Down(_) => Self::new(Code::TemporarilyUnavailable, "try again in a moment"),
            crate::store::Error::Conflict(_) | crate::store::Error::Corrupt(_) => {
                Self::new(Code::ServerError, "something went wrong here; the request id names it in our log")
            }
        }
    }
}

/// An authorization request that is refused: shown to the person, or sent back
/// once client and `redirect_uri` are verified (RFC 6749 §4.1.2.1).
#[derive(Clone, Debug)]
pub enum Refusal {
    /// To a page: who asks, or where to go back to, is not known.
    Show(Error),
    /// To the application.
    Return {
        /// The verified way there.
        to: ReturnTo,
        /// What it is told.
        error: Error,
    },
}
