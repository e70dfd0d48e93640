//! Forms come from our own pages (security.md rows 63, 64, 167).

use http::Method;

use crate::support::server::servers;

/// Names and values, of headers or of fields.
type Pairs<'a> = &'a [(&'a str, &'a str)];

#[tokio::test]
async fn s63_s167_a_form_without_cookie_token_or_from_elsewhere_changes_nothing() {
    for (store, server) in servers().await {
        let browser = server.signed_in(&server.person("lin").await).await;
        let page = browser.get("/end_session").await;
        let (csrf, request) = (page.hidden("csrf").unwrap(), page.hidden("request").unwrap());
        let fields = [("csrf", csrf.as_str()), ("request", request.as_str())];
        let cases: [(&str, Pairs<'_>, Pairs<'_>); 6] = [
            ("no cookie", &[("cookie", "")], &fields),
            ("no token", &[], &fields[1..]),
            ("a wrong token", &[], &[("csrf", "AAAA"), fields[1]]),
            ("a foreign origin", &[("origin", "https://evil.example")], &fields),
            ("the origin null", &[("origin", "null")], &fields),
            ("another site", &[("sec-fetch-site", "cross-site")], &fields),
        ];
        for (case, headers, fields) in cases {
            let answer = browser.post_with("/end_session/confirm", headers, fields).await;
            assert_eq!(answer.status, 403, "{store}: {case}");
            assert!(browser.get("/end_session").await.hidden("request").is_some(), "{store}: {case}: still signed in");
        }
        let own = [("origin", server.issuer.as_str()), ("sec-fetch-site", "same-origin")];
        assert_eq!(browser.post_with("/end_session/confirm", &own, &fields).await.status, 200, "{store}");
    }
}

#[tokio::test]
async fn s64_what_changes_something_is_not_a_link() {
    for (store, server) in servers().await {
        let answer = server.browser().send(Method::GET, "/end_session/confirm", &[], None).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"), "{store}");
    }
}
