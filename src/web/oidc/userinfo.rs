//! `GET` and `POST /userinfo` (OIDC Core §5.3, RFC 6750 §2).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::app::App;
use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;
use crate::oidc::userinfo::Userinfo;
use crate::web::fault::OAuthFault;
use crate::web::form::{is_form, single_authorization};

/// With the token in the header.
///
/// # Errors
/// RFC 6750's, with their challenge.
pub async fn get(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, OAuthFault> {
    answer(&app, query.as_deref(), &headers, &[]).await
}

/// With the token in the header or in the form.
///
/// # Errors
/// As [`get`].
pub async fn post(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthFault> {
    let form = if is_form(&headers) { &body[..] } else { &[] };
    answer(&app, query.as_deref(), &headers, form).await
}

async fn answer(app: &App, query: Option<&str>, headers: &HeaderMap, form: &[u8]) -> Result<Response, OAuthFault> {
    let bearer = |error| OAuthFault::of_bearer(Some(error));
    let token = the_token(query, headers, form).map_err(bearer)?.ok_or_else(|| OAuthFault::of_bearer(None))?;
    Ok(match app.oidc.userinfo(&token).await.map_err(bearer)? {
        Userinfo::Json(claims) => Json(claims).into_response(),
        Userinfo::Jwt(jwt) => ([(CONTENT_TYPE, "application/jwt")], jwt).into_response(),
    })
}

/// The one token of the request. In a URL it would be logged (RFC 9700 §4.3.2); two ways at once are none (RFC 6750 §2).
fn the_token(query: Option<&str>, headers: &HeaderMap, form: &[u8]) -> Result<Option<String>, Error> {
    let refuse = |why| Err(Error::new(Code::InvalidRequest, why));
    if Params::parse(query.unwrap_or_default().as_bytes())?.all("access_token").next().is_some() {
        return refuse("send the access token in the Authorization header, not in the URL");
    }
    let form = Params::parse(form)?;
    let mut in_form = form.all("access_token").map(str::to_owned);
    let authorization = single_authorization(headers)?;
    let in_header = authorization.as_deref().and_then(|value| value.split_once(' '));
    let in_header = in_header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let in_header = in_header.map(|(_, token)| token.trim().to_owned());
    match (in_header, in_form.next(), in_form.next()) {
        (Some(_), Some(_), _) | (_, _, Some(_)) => refuse("the access token is given twice"),
        (Some(token), None, None) | (None, Some(token), None) => Ok(Some(token)),
        (None, None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str, authorization: &[&str], form: &str) -> Result<Option<String>, Code> {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(http::header::AUTHORIZATION, value.parse().unwrap());
        }
        the_token(Some(query), &headers, form.as_bytes()).map_err(|error| error.code)
    }

    #[test]
    fn s121_one_token_in_one_place() {
        assert_eq!(found("", &["bearer abc"], ""), Ok(Some("abc".to_owned())));
        assert_eq!(found("", &[], "access_token=abc"), Ok(Some("abc".to_owned())));
        assert_eq!(found("", &[], ""), Ok(None));
        assert_eq!(found("", &["Basic abc"], ""), Ok(None));
    }

    #[test]
    fn s121_a_token_in_the_query_or_twice_is_refused() {
        assert_eq!(found("access_token=abc", &[], ""), Err(Code::InvalidRequest));
        assert_eq!(found("access_token=abc", &["Bearer abc"], ""), Err(Code::InvalidRequest));
        assert_eq!(found("", &["Bearer abc"], "access_token=abc"), Err(Code::InvalidRequest));
        assert_eq!(found("", &[], "access_token=abc&access_token=abc"), Err(Code::InvalidRequest));
        assert_eq!(found("", &["Bearer abc", "Bearer abc"], ""), Err(Code::InvalidRequest));
    }
}
