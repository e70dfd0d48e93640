//! A form of ours is posted from a page of ours, in the browser it was made for.

use http::HeaderMap;
use http::header::ORIGIN;

use crate::base::secret::{Sealer, same};

/// The field's name in every form.
pub const FIELD: &str = "csrf";

/// The value for one browser: nobody without its cookie and our key can tell it.
#[must_use]
pub fn token(sealer: &Sealer, browser: &str) -> String {
    sealer.derive("csrf", browser)
}

/// Whether a POST comes from our own pages: no foreign `Origin` (a literal
/// `null` is foreign), no `Sec-Fetch-Site: cross-site`, and the browser's own value (security.md row 63).
#[must_use]
pub fn is_own(headers: &HeaderMap, issuer: &str, expected: &str, given: Option<&str>) -> bool {
    let foreign_origin = headers.get_all(ORIGIN).iter().any(|origin| origin != origin_of(issuer));
    let cross_site = headers.get_all("sec-fetch-site").iter().any(|site| site == "cross-site");
    !foreign_origin && !cross_site && given.is_some_and(|given| same(expected, given))
}

/// Scheme and authority of a URL: up to the third slash.
#[must_use]
pub fn origin_of(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url[after_scheme..].find(['/', '?', '#']).map_or(url.len(), |at| after_scheme + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_ends_before_the_path() {
        for url in ["https://a.example:1", "https://a.example:1/", "https://a.example:1/b/c", "https://a.example:1?d"] {
            assert_eq!(origin_of(url), "https://a.example:1");
        }
    }

    #[test]
    fn s63_only_our_own_forms_pass() {
        let own = |name: &'static str, value: &'static str, given| {
            let mut headers = HeaderMap::new();
            headers.insert(name, http::HeaderValue::from_static(value));
            is_own(&headers, "https://id.example.com", "right", given)
        };
        assert!(own("origin", "https://id.example.com", Some("right")));
        assert!(own("sec-fetch-site", "same-origin", Some("right")));
        assert!(!own("origin", "https://id.example.com", Some("wrong")));
        assert!(!own("origin", "https://id.example.com", None));
        assert!(!own("origin", "null", Some("right")));
        assert!(!own("origin", "https://id.example.com.evil.example", Some("right")));
        assert!(!own("sec-fetch-site", "cross-site", Some("right")));
    }
}
