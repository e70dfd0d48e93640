//! What may be asked: parameters, methods, and what is not served yet.

use http::Method;

use super::{MODES, application, ask, claims, is_sign_in_page, person, tokens};
use crate::support::http::authorize_path;
use crate::support::server::servers;

#[tokio::test]
async fn p_response_type_missing_goes_back_with_the_error() {
    for (store, server) in servers().await {
        let application = application(&server).await;
        for mode in MODES {
            let back = ask(&server.browser(), &application, mode, &[("response_type", "")]).await;
            let error = back.error.expect("an error that goes back");
            assert!(
                ["invalid_request", "unsupported_response_type"].contains(&error.as_str()),
                "{store} {mode}: {error}"
            );
            assert_eq!(back.state.as_deref(), Some("the-state"), "{store} {mode}");
        }
    }
}

#[tokio::test]
async fn p_ensure_request_without_nonce_succeeds_for_code_flow_p_ensure_request_with_unknown_parameter_succeeds() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        for mode in MODES {
            let back = ask(&browser, &application, mode, &[("nonce", ""), ("extra", "foobar")]).await;
            let claims = claims(&tokens(&browser, &application, &back).await);
            assert!(!claims.contains_key("nonce"), "{store} {mode}: {claims:?}");
        }
    }
}

#[tokio::test]
async fn p_ensure_request_with_acr_values_succeeds_and_says_which_was_met() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        let back = ask(&browser, &application, "query", &[("acr_values", "1 2")]).await;
        let claims = claims(&tokens(&browser, &application, &back).await);
        assert_eq!(claims["acr"], "1", "{store}");
    }
}

#[tokio::test]
async fn p_ensure_registered_redirect_uri_is_a_page_and_never_a_redirect() {
    let server = crate::support::server::TestServer::sqlite().await;
    let application = application(&server).await;
    let elsewhere = format!("{}/elsewhere", application.redirect_uri);
    let answer = server.browser().authorize(&application, &[("redirect_uri", &elsewhere)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (400, ""), "{answer:?}");
    assert!(answer.header("content-type").starts_with("text/html"), "{answer:?}");
}

#[tokio::test]
async fn p_ensure_post_request_succeeds_with_a_session_and_without() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let path = authorize_path(&application, &[]);
        let form = path.split_once('?').unwrap().1.to_owned();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let stranger = server.browser();
        let answer = stranger.send(Method::POST, "/authorize", &headers, Some(form.clone())).await;
        assert!(is_sign_in_page(&stranger, answer).await, "{store}");
        let browser = server.signed_in(&person).await;
        let answer = browser.send(Method::POST, "/authorize", &headers, Some(form)).await;
        let came = browser.follow(answer).await;
        assert!(came.query("code").is_some(), "{store}: {came:?}");
    }
}

#[tokio::test]
async fn p_request_uri_unsigned_p_unsigned_request_object_p_ensure_request_object_with_redirect_uri_are_refused_by_name()
 {
    for (store, server) in servers().await {
        let application = application(&server).await;
        let object = "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL3JwLmV4YW1wbGUvY2IifQ.";
        for mode in MODES {
            let by_value = ask(&server.browser(), &application, mode, &[("request", object)]).await;
            assert_eq!(by_value.error.as_deref(), Some("request_not_supported"), "{store} {mode}");
            let address = "https://rp.example/object.jwt#sha256";
            let by_reference = ask(&server.browser(), &application, mode, &[("request_uri", address)]).await;
            assert_eq!(by_reference.error.as_deref(), Some("request_uri_not_supported"), "{store} {mode}");
        }
        // A wrong redirect URI outside is a page, whatever an object inside says.
        let outside = [("request", object), ("redirect_uri", "https://rp.example/other")];
        let answer = server.browser().authorize(&application, &outside).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (400, ""), "{store}");
    }
}
