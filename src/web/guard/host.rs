//! Only requests for our own name are answered: one issuer, one authority.

use axum::extract::Request;
use http::Version;
use http::header::HOST;
use http::uri::Authority;

use crate::web::page::ErrorPage;

/// 421 for a foreign authority, 400 for two or none (security.md row 5; RFC 9112 §3.2). The name is never repeated.
pub(super) fn ours(request: &Request, issuer: &str) -> Result<(), ErrorPage> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let first = hosts.next();
    if hosts.next().is_some() || (first.is_none() && request.version() == Version::HTTP_11) {
        return Err(ErrorPage::BadRequest);
    }
    // HTTP/2 and the absolute form name the authority in the target.
    let target = request.uri().authority().map(Authority::as_str);
    let named = first.map(|host| host.to_str().unwrap_or_default());
    let known = named.is_some() || target.is_some();
    if known && [named, target].into_iter().flatten().all(|authority| is_ours(issuer, authority)) {
        return Ok(());
    }
    Err(ErrorPage::WrongHost { issuer: issuer.to_owned() })
}

/// Whether `authority` is the issuer's, the scheme's own port left out or not, in any case of letters.
fn is_ours(issuer: &str, authority: &str) -> bool {
    let (port, rest) = match issuer.split_once("://") {
        Some(("https", rest)) => (":443", rest),
        Some((_, rest)) => (":80", rest),
        None => return false,
    };
    let own = rest.split('/').next().unwrap_or_default();
    let plain = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
    !own.is_empty() && plain(own) == plain(authority)
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_issuers_authority_is_ours_with_and_without_the_schemes_port() {
        assert!(is_ours("https://id.example.com", "id.example.com"));
        assert!(is_ours("https://id.example.com", "ID.example.com:443"));
        assert!(is_ours("http://localhost:8080", "localhost:8080"));
    }

    #[test]
    fn nothing_else_is_ours() {
        for foreign in
            ["", "evil.example", "id.example.com.", "id.example.com:80", "id.example.com:8443", "a@id.example.com"]
        {
            assert!(!is_ours("https://id.example.com", foreign), "{foreign}");
        }
        assert!(!is_ours("http://localhost:8080", "localhost"));
    }
}
