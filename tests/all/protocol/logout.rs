//! RP-initiated logout, module by module.

use super::{application, ask, person, tokens};
use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{Application, TestServer, servers};

const BACK: &str = "https://rp.example/post_logout_redirect";

/// Signs in, and asks to be signed out with these parameters; `{hint}` stands for the ID token.
async fn sign_out(server: &TestServer, application: &Application, fields: &[(&str, &str)]) -> (TestBrowser, Answer) {
    let person = server.app.admin.find_person("ying").await.unwrap().id;
    let browser = server.signed_in(&person).await;
    let back = ask(&browser, application, "query", &[]).await;
    let hint = tokens(&browser, application, &back).await["id_token"].as_str().unwrap().to_owned();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        query.append_pair(name, &value.replace("{hint}", &hint));
    }
    let answer = browser.get(&format!("/end_session?{}", query.finish())).await;
    (browser, answer)
}

async fn is_signed_out(browser: &TestBrowser, application: &Application) -> bool {
    ask(browser, application, "query", &[("prompt", "none")]).await.error.is_some()
}

#[tokio::test]
async fn p_rp_initiated_logout_p_rp_initiated_logout_no_state_go_back_to_exactly_that_address() {
    for (store, server) in servers().await {
        person(&server).await;
        let application = application(&server).await;
        let hint = ("id_token_hint", "{hint}");
        let state = "a!b*c'd(e)f;g:h@i";
        let (browser, answer) =
            sign_out(&server, &application, &[hint, ("post_logout_redirect_uri", BACK), ("state", state)]).await;
        let came = browser.follow(answer).await;
        assert_eq!(came.location().split('?').next(), Some(BACK), "{store}: {came:?}");
        assert_eq!(came.query("state").as_deref(), Some(state), "{store}");
        assert!(is_signed_out(&browser, &application).await, "{store}");

        let (browser, answer) = sign_out(&server, &application, &[hint, ("post_logout_redirect_uri", BACK)]).await;
        assert_eq!(browser.follow(answer).await.location(), BACK, "{store}: no state, nothing added");
    }
}

#[tokio::test]
async fn p_rp_initiated_logout_bad_post_logout_redirect_uri_p_rp_initiated_logout_query_added_p_rp_initiated_logout_bad_id_token_hint_p_rp_initiated_logout_modified_id_token_hint_are_pages()
 {
    let server = TestServer::sqlite().await;
    person(&server).await;
    let application = application(&server).await;
    let hint = ("id_token_hint", "{hint}");
    let added = format!("{BACK}?foo=bar");
    let forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
    for fields in [
        vec![hint, ("post_logout_redirect_uri", "https://rp.example/unregistered")],
        vec![hint, ("post_logout_redirect_uri", added.as_str())],
        vec![("id_token_hint", forged), ("post_logout_redirect_uri", BACK)],
        vec![("id_token_hint", "{hint}x"), ("post_logout_redirect_uri", BACK)],
    ] {
        let (_, answer) = sign_out(&server, &application, &fields).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (400, ""), "{fields:?}: {answer:?}");
    }
}

#[tokio::test]
async fn p_rp_initiated_logout_no_id_token_hint_p_rp_initiated_logout_no_params_p_rp_initiated_logout_only_state_ask_first()
 {
    let server = TestServer::sqlite().await;
    person(&server).await;
    let application = application(&server).await;
    let cases = [(vec![("post_logout_redirect_uri", BACK)], 400), (vec![], 200), (vec![("state", "only")], 200)];
    for (fields, status) in cases {
        let (browser, answer) = sign_out(&server, &application, &fields).await;
        assert!(answer.location().is_empty(), "{fields:?}: a page, never the redirect: {answer:?}");
        assert_eq!(answer.status, status, "{fields:?}: {answer:?}");
        assert!(!is_signed_out(&browser, &application).await, "{fields:?}: GET alone never signs out");
    }
}

#[tokio::test]
async fn p_rp_initiated_logout_no_post_logout_redirect_uri_ends_on_a_signed_out_page() {
    let server = TestServer::sqlite().await;
    person(&server).await;
    let application = application(&server).await;
    let (browser, answer) = sign_out(&server, &application, &[("id_token_hint", "{hint}")]).await;
    let page = browser.follow(answer).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(is_signed_out(&browser, &application).await);
}
