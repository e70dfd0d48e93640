//! The sample application inside the real server, signing in at the server itself.

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{Setup, TestServer};
use crate::support::stores;

async fn server() -> TestServer {
    let setup = Setup { configure: |config| config.practice.enabled = true, ..Setup::default() };
    TestServer::start_as(stores::sqlite().await, setup).await
}

/// From the button to the page that follows: the password form, consent where it is asked.
async fn through(browser: &TestBrowser, server: &TestServer, path: &str) -> Answer {
    let mut answer = browser.follow(browser.get(path).await).await;
    for _ in 0..2 {
        let (Some(csrf), Some(action)) = (answer.hidden("csrf"), action(&answer)) else { break };
        let fields = if action.ends_with("/consent") {
            vec![("csrf", csrf.as_str()), ("choice", "allow")]
        } else if action.ends_with("/form") {
            let password = crate::support::server::PASSWORD;
            vec![("csrf", csrf.as_str()), ("username", "mei"), ("password", password)]
        } else {
            break;
        };
        let next = browser.post_form(action.strip_prefix(&server.issuer).unwrap_or(&action), &fields).await;
        answer = browser.follow(next).await;
    }
    answer
}

/// Where the first posted form of a page of the sign-in goes.
fn action(answer: &Answer) -> Option<String> {
    let forms = answer.body.split("action=\"").skip(1).filter_map(|after| after.split('"').next());
    forms.map(str::to_owned).find(|action| action.ends_with("/form") || action.ends_with("/consent"))
}

#[tokio::test]
async fn a_person_signs_in_refreshes_steps_up_and_signs_out_at_the_demo() {
    let server = server().await;
    server.person("mei").await;
    let browser = server.browser();
    let silent = through(&browser, &server, "/demo/sign-in?how=none").await;
    assert!(silent.body.contains("You are not signed in at Hufu"), "{}", silent.body);

    let page = through(&browser, &server, "/demo/sign-in").await;
    assert!(page.body.contains("You signed in. Below is what"), "{}", page.body);
    assert!(page.body.contains("The person mei") && page.body.contains("mei@example.org"));

    let csrf = page.hidden("csrf").unwrap();
    let refreshed = browser.post_form("/demo/refresh", &[("csrf", &csrf)]).await;
    let page = browser.follow(refreshed).await;
    assert!(page.body.contains("The application got new tokens."), "{}", page.body);

    let silent = through(&browser, &server, "/demo/sign-in?how=none").await;
    assert!(silent.body.contains("You are still signed in at Hufu."), "{}", silent.body);

    server.clock.advance(90);
    for how in ["login", "max_age"] {
        let again = through(&browser, &server, &format!("/demo/sign-in?how={how}")).await;
        assert!(again.body.contains("You signed in again."), "{how}: {}", again.body);
    }

    let out = browser.post_form("/demo/sign-out", &[("csrf", &csrf)]).await;
    assert!(out.location().starts_with(&format!("{}/end_session?id_token_hint=", server.issuer)), "{out:?}");
    let page = browser.get("/demo").await;
    assert!(!page.body.contains("The person mei"));
}

#[tokio::test]
async fn where_practice_is_off_there_is_no_demo() {
    let server = TestServer::sqlite().await;
    assert_eq!(server.browser().get("/demo").await.status, http::StatusCode::NOT_FOUND);
}
