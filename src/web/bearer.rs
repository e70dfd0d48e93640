//! The access token of a request (RFC 6750 §2).

use http::HeaderMap;

use super::form::single_authorization;
use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;

/// The one token of the request. In a URL it would be logged (RFC 9700 §4.3.2); two ways at once are none (RFC 6750 §2).
///
/// # Errors
/// `invalid_request`.
pub(in crate::web) fn the_token(
    query: Option<&str>,
    headers: &HeaderMap,
    form: &[u8],
) -> Result<Option<String>, Error> {
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
