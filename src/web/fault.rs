//! What went wrong, in the words of the surface that was asked: JSON of RFC 6749
//! for programs, a page in the person's language for people. An endpoint of the
//! protocol can't answer with a page, nor a page with JSON.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::guard::trace::RequestId;
use super::page::{self, ErrorPage};
use crate::app::App;
use crate::base::clock::Seconds;
use crate::login::LoginError;
use crate::oidc::error::{Code, Error};
use crate::store;

/// What the log is told of a 5xx, once; an extension of the response.
#[derive(Clone, Debug)]
pub struct Detail(pub String);

/// A page that says what went wrong. Rendered by [`dress`], which knows language and reference.
#[derive(Debug)]
pub struct PageFault {
    status: StatusCode,
    what: ErrorPage,
    detail: Option<String>,
}

impl PageFault {
    /// A page with this status.
    #[must_use]
    pub fn new(status: StatusCode, what: ErrorPage) -> Self {
        Self { status, what, detail: None }
    }

    /// A 500 whose reason goes to the log and nowhere else.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, what: ErrorPage::Internal, detail: Some(detail.into()) }
    }
}

impl From<ErrorPage> for PageFault {
    fn from(what: ErrorPage) -> Self {
        Self::new(what.status(), what)
    }
}

impl From<Error> for PageFault {
    fn from(error: Error) -> Self {
        ErrorPage::from(error).into()
    }
}

impl From<store::Error> for PageFault {
    fn from(error: store::Error) -> Self {
        let what = if matches!(error, store::Error::Down(_)) { ErrorPage::Busy } else { ErrorPage::Internal };
        Self { detail: Some(error.to_string()), ..what.into() }
    }
}

impl From<LoginError> for PageFault {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Store(error) => error.into(),
            LoginError::Protocol(error) if error.wait.is_some() => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorPage::Busy)
            }
            error => ErrorPage::from(error).into(),
        }
    }
}

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self.what);
        response.extensions_mut().extend_with(self.detail);
        response
    }
}

/// A refusal at an endpoint of the protocol (RFC 6749 §5.2, RFC 6750 §3).
#[derive(Debug)]
pub struct OAuthFault {
    status: StatusCode,
    error: Option<Error>,
    challenge: Option<HeaderValue>,
    detail: Option<String>,
    wait: Option<Seconds>,
}

impl OAuthFault {
    /// An error with a status of its own (405, 413, 415).
    #[must_use]
    pub fn new(status: StatusCode, error: Error) -> Self {
        Self { status, wait: error.wait, error: Some(error), challenge: None, detail: None }
    }

    /// `invalid_client` names the scheme that was tried (RFC 6749 §5.2).
    #[must_use]
    pub fn of_client(error: Error, authorization: Option<&str>) -> Self {
        let scheme = authorization.and_then(|value| value.split(' ').next()).unwrap_or_default();
        let tried_basic = scheme.eq_ignore_ascii_case("basic");
        let challenge = (error.code == Code::InvalidClient && tried_basic)
            .then_some(HeaderValue::from_static("Basic realm=\"hufu\", charset=\"UTF-8\""));
        Self { challenge, ..error.into() }
    }

    /// A refusal at a protected resource; without an error when no token came (RFC 6750 §3.1).
    #[must_use]
    pub fn of_bearer(error: Option<Error>) -> Self {
        let Some(error) = error else {
            let challenge = Some(HeaderValue::from_static("Bearer realm=\"hufu\""));
            return Self { status: StatusCode::UNAUTHORIZED, error: None, challenge, detail: None, wait: None };
        };
        let mut words = format!(
            "Bearer realm=\"hufu\", error=\"{}\", error_description=\"{}\"",
            error.code.as_str(),
            error.description
        );
        let asks = match error.code {
            // RFC 9470 §3.
            Code::InsufficientUserAuthentication => {
                words = format!("{words}, max_age=\"{}\"", crate::login::identities::FRESH);
                true
            }
            code => matches!(code, Code::InvalidToken | Code::InsufficientScope | Code::InvalidRequest),
        };
        let challenge = if asks { HeaderValue::try_from(words).ok() } else { None };
        Self { challenge, ..error.into() }
    }
}

fn status_of(code: Code) -> StatusCode {
    match code {
        Code::InvalidClient | Code::InvalidToken | Code::InsufficientUserAuthentication => StatusCode::UNAUTHORIZED,
        Code::InsufficientScope => StatusCode::FORBIDDEN,
        Code::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        Code::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl From<Error> for OAuthFault {
    fn from(error: Error) -> Self {
        let status = if error.wait.is_some() { StatusCode::TOO_MANY_REQUESTS } else { status_of(error.code) };
        Self::new(status, error)
    }
}

impl From<store::Error> for OAuthFault {
    fn from(error: store::Error) -> Self {
        let detail = Some(error.to_string());
        Self { detail, ..Error::from(error).into() }
    }
}

impl IntoResponse for OAuthFault {
    fn into_response(self) -> Response {
        let body = match &self.error {
            Some(error) => axum::Json(serde_json::json!({
                "error": error.code.as_str(),
                "error_description": error.description,
            }))
            .into_response(),
            None => ().into_response(),
        };
        let mut response = (self.status, body).into_response();
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(wait) = self.wait {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        response.extensions_mut().extend_with(self.detail);
        // Finished as it is: `dress` has nothing to add.
        response.extensions_mut().insert(Dressed);
        response
    }
}

/// The answer already has the form of its surface.
#[derive(Clone, Copy, Debug)]
pub struct Dressed;

trait ExtendWith {
    fn extend_with(&mut self, detail: Option<String>);
}

impl ExtendWith for http::Extensions {
    fn extend_with(&mut self, detail: Option<String>) {
        if let Some(detail) = detail {
            self.insert(Detail(detail));
        }
    }
}

/// The answer for a path that is none.
pub async fn not_found() -> PageFault {
    ErrorPage::NotFound.into()
}

/// What of a request its refusal needs, should there be one.
pub(super) struct Asked {
    pub uri: Uri,
    /// Empty where programs call: their answers have one language.
    headers: HeaderMap,
    reference: String,
}

impl Asked {
    /// Of this request.
    pub(super) fn of(request: &Request) -> Self {
        let uri = request.uri().clone();
        let headers = if is_protocol(uri.path()) { HeaderMap::new() } else { request.headers().clone() };
        let reference = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Self { uri, headers, reference }
    }
}

/// Gives every bare refusal the form of its surface, and a 503 or 429 its `Retry-After` (security.md row 14).
pub(super) async fn dress(app: &App, asked: &Asked, response: &mut Response) {
    if let Some(what) = undressed(response) {
        let dressed = if is_protocol(asked.uri.path()) {
            protocol_form(response.status(), &what)
        } else {
            page::refusal(app, (&asked.headers, &asked.uri), &asked.reference, &what).await
        };
        *response = wear(std::mem::take(response), dressed);
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from_static("5"));
    }
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        // Blocks of what anybody may ask last a minute.
        response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from_static("60"));
    }
}

/// What a response without a body of its own is about: as a handler said, or as its status says.
fn undressed(response: &Response) -> Option<ErrorPage> {
    if let Some(what) = response.extensions().get::<ErrorPage>() {
        return Some(what.clone());
    }
    let refused = response.status().is_client_error() || response.status().is_server_error();
    // A framework's own refusal (405, a broken path) is empty or plain text.
    let bare = response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !refused || !bare || response.extensions().get::<Dressed>().is_some() {
        return None;
    }
    Some(match response.status() {
        StatusCode::NOT_FOUND => ErrorPage::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorPage::Method,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorPage::TooLarge,
        StatusCode::SERVICE_UNAVAILABLE => ErrorPage::Busy,
        status if status.is_server_error() => ErrorPage::Internal,
        _ => ErrorPage::BadRequest,
    })
}

/// Keeps the first answer's headers (`Allow`, CORS, cookies) and extensions under the new body.
fn wear(bare: Response, dressed: Response) -> Response {
    let (mut head, _) = bare.into_parts();
    let (form, body) = dressed.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    head.headers.extend(form.headers);
    head.extensions.extend(form.extensions);
    Response::from_parts(head, body)
}

/// Whether programs, not people, call this path.
fn is_protocol(path: &str) -> bool {
    path.starts_with("/scan/")
        || path.starts_with("/hook/")
        || path.starts_with("/api/")
        || matches!(path, "/authorize-challenge" | "/token" | "/userinfo" | "/introspect" | "/revoke" | "/jwks")
        || path.starts_with("/.well-known/")
}

fn protocol_form(status: StatusCode, what: &ErrorPage) -> Response {
    let error = match what {
        ErrorPage::Request(error) => error.clone(),
        ErrorPage::WrongHost { issuer } => {
            let sentence = format!("this Hufu is {issuer}; to serve another address set HUFU_ISSUER");
            Error::new(Code::InvalidRequest, sentence)
        }
        ErrorPage::Busy => Error::new(Code::TemporarilyUnavailable, "try again in a moment"),
        ErrorPage::Internal => {
            Error::new(Code::ServerError, "something went wrong here; x-request-id names it in our log")
        }
        ErrorPage::Method => Error::new(Code::InvalidRequest, "use one of the methods named in the Allow header"),
        ErrorPage::TooLarge => Error::new(Code::InvalidRequest, "the request is too large"),
        ErrorPage::NotFound => Error::new(Code::InvalidRequest, "there is no such endpoint"),
        _ if status == StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Error::new(Code::InvalidRequest, "send application/x-www-form-urlencoded in UTF-8, not compressed")
        }
        _ => Error::new(Code::InvalidRequest, "the request can not be read"),
    };
    OAuthFault::new(status, error).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s83_basic_is_challenged_only_when_it_was_tried() {
        let error = || Error::new(Code::InvalidClient, "no such client or a wrong secret");
        let challenge =
            |tried| OAuthFault::of_client(error(), tried).into_response().headers().contains_key(WWW_AUTHENTICATE);
        assert!(challenge(Some("bAsIc abc")));
        assert!(!challenge(Some("Bearer abc")));
        assert!(!challenge(None));
    }

    #[test]
    fn s119_without_a_token_the_challenge_names_no_error() {
        let response = OAuthFault::of_bearer(None).into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer realm=\"hufu\"");
    }
}
