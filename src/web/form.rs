//! Forms: read strictly, and only from our own pages.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use super::browser::Browser;
use super::fault::{OAuthFault, PageFault};
use super::guard::csrf;
use super::guard::proxies::ClientAddress;
use super::page::ErrorPage;
use crate::app::App;
use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;

/// A form posted from a page of ours: content type, origin and `csrf` field are checked, else 403 (security.md row 63).
#[derive(Debug)]
pub struct PageForm {
    /// The fields.
    pub params: Params,
    /// Who sent it.
    pub browser: Browser,
}

impl PageForm {
    /// A field; empty when it is missing.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default()
    }
}

impl FromRequest<App> for PageForm {
    type Rejection = PageFault;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageFault> {
        let headers = request.headers().clone();
        let Some(browser) = request.extensions().get::<Browser>().cloned() else {
            return Err(PageFault::internal("a form on a route without browser::recognise"));
        };
        let params = Params::parse(&read_form(request).await?)?;
        if csrf::is_own(&headers, app.oidc.issuer(), &browser.csrf, params.get(csrf::FIELD)) {
            Ok(Self { params, browser })
        } else {
            Err(ErrorPage::Forgery.into())
        }
    }
}

/// A form anybody may post to us, as applications do to `/authorize`.
#[derive(Debug)]
pub struct OpenForm {
    /// The fields.
    pub params: Params,
    /// As they came, fit for a query.
    pub encoded: String,
}

impl FromRequest<App> for OpenForm {
    type Rejection = PageFault;

    async fn from_request(request: Request, _: &App) -> Result<Self, PageFault> {
        let body = read_form(request).await?;
        let params = Params::parse(&body)?;
        // Encoded anew: what a body may hold raw is not what an address may.
        let pairs = form_urlencoded::parse(&body);
        Ok(Self { params, encoded: form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish() })
    }
}

async fn read_form(request: Request) -> Result<Bytes, PageFault> {
    if !is_form(request.headers()) {
        return Err(PageFault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorPage::BadRequest));
    }
    Bytes::from_request(request, &()).await.map_err(|_| ErrorPage::BadRequest.into())
}

/// A request of a program: the form and its `Authorization` header.
#[derive(Debug)]
pub struct OAuthForm {
    /// The form.
    pub params: Params,
    /// The header's value, if there was one.
    pub authorization: Option<String>,
    /// Where it comes from, for what is counted by that.
    pub address: String,
}

impl OAuthForm {
    /// The error as this request's caller is told it.
    #[must_use]
    pub fn fault(&self, error: Error) -> OAuthFault {
        OAuthFault::of_client(error, self.authorization.as_deref())
    }
}

impl FromRequest<App> for OAuthForm {
    type Rejection = OAuthFault;

    async fn from_request(request: Request, _: &App) -> Result<Self, OAuthFault> {
        // RFC 6749 §3.2: parameters belong in the body; in a URL they would be logged on their way.
        if request.uri().query().is_some_and(|query| !query.is_empty()) {
            return Err(Error::new(Code::InvalidRequest, "send parameters in the body, not in the URL").into());
        }
        if !is_form(request.headers()) {
            let error = Error::new(Code::InvalidRequest, "send application/x-www-form-urlencoded in UTF-8");
            return Err(OAuthFault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
        }
        let authorization = single_authorization(request.headers())?;
        let address = ClientAddress::of(request.extensions());
        let body = Bytes::from_request(request, &()).await;
        let body = body.map_err(|_| Error::new(Code::InvalidRequest, "the body can not be read"))?;
        Ok(Self { params: Params::parse(&body)?, authorization, address })
    }
}

/// The `Authorization` header, of which there is at most one.
///
/// # Errors
/// `invalid_request` for two, or for one that is no text.
pub fn single_authorization(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(first) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Error::new(Code::InvalidRequest, "more than one Authorization header"));
    }
    let text = first.to_str().map_err(|_| Error::new(Code::InvalidRequest, "the Authorization header is not ASCII"))?;
    Ok(Some(text.to_owned()))
}

/// Whether the body is `application/x-www-form-urlencoded`, in UTF-8 where a charset is named.
#[must_use]
pub fn is_form(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    parts.next() == Some("application/x-www-form-urlencoded")
        && parts.all(|parameter| {
            parameter.strip_prefix("charset=").is_none_or(|charset| charset.trim_matches('"') == "utf-8")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s80_only_forms_in_utf_8_are_read() {
        let form = |kind: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(kind));
            is_form(&headers)
        };
        assert!(form("application/x-www-form-urlencoded"));
        assert!(form("Application/X-WWW-Form-Urlencoded; charset=UTF-8"));
        for other in [
            "application/json",
            "multipart/form-data; boundary=x",
            "text/plain",
            "application/x-www-form-urlencoded; charset=utf-16",
        ] {
            assert!(!form(other), "{other}");
        }
        assert!(!is_form(&HeaderMap::new()));
    }
}
