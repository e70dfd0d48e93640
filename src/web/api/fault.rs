//! What went wrong, for programs that act on people's accounts: RFC 6750's words for the token, ours for the rest.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::connectors::Trouble;
use crate::connectors::step::PhoneWrong;
use crate::login::LoginError;
use crate::login::identities::{FRESH, IdentityTrouble, Refused};
use crate::oidc::error::{Code, Error};
use crate::web::fault::{Dressed, OAuthFault};

/// An error with a word for programs and a sentence that says what to do.
#[derive(Debug)]
pub struct ApiFault(Box<Fault>);

#[derive(Debug)]
enum Fault {
    Token(OAuthFault),
    Own(StatusCode, &'static str, String),
}

impl ApiFault {
    fn own(status: StatusCode, word: &'static str, sentence: impl Into<String>) -> Self {
        Self(Box::new(Fault::Own(status, word, sentence.into())))
    }

    /// No token came.
    pub(super) fn no_token() -> Self {
        OAuthFault::of_bearer(None).into()
    }

    /// A body that is not as documented.
    pub(super) fn body() -> Self {
        let why = "send a JSON object with exactly the documented fields; who somebody is is never one of them";
        Self::own(StatusCode::BAD_REQUEST, "invalid_request", why)
    }
}

impl From<OAuthFault> for ApiFault {
    fn from(fault: OAuthFault) -> Self {
        Self(Box::new(Fault::Token(fault)))
    }
}

impl From<IdentityTrouble> for ApiFault {
    fn from(trouble: IdentityTrouble) -> Self {
        let own = Self::own;
        match trouble {
            IdentityTrouble::Protocol(error) => OAuthFault::of_bearer(Some(error)).into(),
            IdentityTrouble::NotFresh => {
                let why = format!("let the person sign in again: that may be {FRESH} seconds ago at most");
                OAuthFault::of_bearer(Some(Error::new(Code::InsufficientUserAuthentication, why))).into()
            }
            IdentityTrouble::Administrator => {
                own(StatusCode::FORBIDDEN, "administrator", "administrators change their ways in themselves")
            }
            IdentityTrouble::NoPerson => own(StatusCode::NOT_FOUND, "no_such_person", "name an active person"),
            IdentityTrouble::NoConnector => {
                let why = "this application can bring no code of this method: see codes in /api/v1/connectors";
                own(StatusCode::BAD_REQUEST, "no_such_connector", why)
            }
            IdentityTrouble::Refused(refused) => kept(refused),
            IdentityTrouble::Platform(trouble) => platform(&trouble),
            IdentityTrouble::CodeFirst => {
                own(StatusCode::FORBIDDEN, "code_required", "send a code to the number first, then bring it along")
            }
            IdentityTrouble::WrongCode(left) => {
                let why = match left {
                    0 => "the code is used up or too old: ask for another".to_owned(),
                    left => format!("the code is wrong: {left} tries are left"),
                };
                Self::own(StatusCode::BAD_REQUEST, "wrong_code", why)
            }
            IdentityTrouble::Ticket => {
                let why = "the ticket is used, too old or not for this: prove the number again";
                own(StatusCode::BAD_REQUEST, "wrong_ticket", why)
            }
            IdentityTrouble::Number(wrong) => number(wrong),
            IdentityTrouble::Limit => own(StatusCode::TOO_MANY_REQUESTS, "too_many", "wait a minute"),
            IdentityTrouble::Login(LoginError::Store(error)) => OAuthFault::from(error).into(),
            IdentityTrouble::Login(_) => {
                OAuthFault::from(Error::new(Code::ServerError, "something went wrong here")).into()
            }
        }
    }
}

/// What the rules keep as it is.
fn kept(refused: Refused) -> ApiFault {
    let (status, word, sentence) = match refused {
        Refused::Taken => {
            (StatusCode::CONFLICT, "taken", "it is the way in of another account, which has to give it up first")
        }
        Refused::HasNumber => {
            (StatusCode::CONFLICT, "has_number", "change the number: prove it, and bring the ticket with the new one")
        }
        Refused::Last => {
            (StatusCode::CONFLICT, "last_way_in", "bind another way in that works, or set a password first")
        }
        Refused::NotInvited => {
            (StatusCode::FORBIDDEN, "not_allowed", "the organisation behind it lets in only people it knows")
        }
        Refused::Missing => (StatusCode::NOT_FOUND, "no_such_identity", "this is none of theirs"),
        Refused::Silent | Refused::Number | Refused::OtherWorld => {
            (StatusCode::BAD_REQUEST, "no_such_connector", "this method binds nothing for this person this way")
        }
    };
    ApiFault::own(status, word, sentence)
}

fn platform(trouble: &Trouble) -> ApiFault {
    let (status, word, sentence) = match trouble {
        Trouble::Unreachable(_) | Trouble::TryLater { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "platform_unreachable", "the platform does not answer: try again later")
        }
        Trouble::Misconfigured(_) => {
            let why = "the platform does not take our settings: an administrator finds why in the audit";
            (StatusCode::BAD_GATEWAY, "platform_misconfigured", why)
        }
        Trouble::NotAllowed(_) | Trouble::NotMember(_) | Trouble::Preview => {
            (StatusCode::FORBIDDEN, "not_allowed", "the platform or its rule keeps this account out")
        }
        Trouble::Cancelled | Trouble::Wrong | Trouble::BadReply(_) => {
            (StatusCode::BAD_REQUEST, "platform_refused", "the platform does not take this code: get a new one")
        }
    };
    ApiFault::own(status, word, sentence)
}

fn number(wrong: PhoneWrong) -> ApiFault {
    let (status, word, sentence) = match wrong {
        PhoneWrong::NotANumber => (StatusCode::BAD_REQUEST, "not_a_number", "send a number that can get messages"),
        PhoneWrong::Country => (StatusCode::BAD_REQUEST, "country", "no codes are sent to this country"),
        PhoneWrong::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too_many", "too many codes lately: try again later"),
        PhoneWrong::NotSent => (StatusCode::SERVICE_UNAVAILABLE, "not_sent", "no sender took the message: try later"),
    };
    ApiFault::own(status, word, sentence)
}

impl IntoResponse for ApiFault {
    fn into_response(self) -> Response {
        match *self.0 {
            Fault::Token(fault) => fault.into_response(),
            Fault::Own(status, word, sentence) => {
                let mut response =
                    (status, Json(json!({ "error": word, "error_description": sentence }))).into_response();
                if status == StatusCode::TOO_MANY_REQUESTS {
                    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
                }
                response.extensions_mut().insert(Dressed);
                response
            }
        }
    }
}
