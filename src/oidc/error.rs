//! The standards' errors, and whether one may be sent back or must be shown.

use std::borrow::Cow;

use super::response::ReturnTo;

/// `error` codes of RFC 6749, 6750, OIDC Core and the documents that added to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
    InvalidScope,
    InvalidTarget,
    InvalidToken,
    InsufficientScope,
    AccessDenied,
    ServerError,
    TemporarilyUnavailable,
    LoginRequired,
    InteractionRequired,
    AccountSelectionRequired,
    ConsentRequired,
    InvalidRequestUri,
    InvalidRequestObject,
    RequestNotSupported,
    RequestUriNotSupported,
    RegistrationNotSupported,
    InvalidAuthorizationDetails,
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
        }
    }
}

/// An error of the protocol. The description says what to fix, in printable
/// ASCII without quotes and backslashes (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct Error {
    pub code: Code,
    pub description: Cow<'static, str>,
}

impl Error {
    /// An error with a sentence for the application's developer.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: description.into() }
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
    Show(Error),
    Return { to: ReturnTo, error: Error },
}
