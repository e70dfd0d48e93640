//! The conformance suite's core modules, walked over real HTTP on both stores as the suite walks them:
//! one test a module, named `p_` and the module's name. Results come by query and by `form_post`.

mod answers;
mod logout;
mod person;
mod requests;

use hufu::base::id::UserId;
use hufu::oidc::jose::Compact;
use hufu::store::clients::ClientMetadata;
use hufu::store::users::{Address, Profile};
use serde_json::{Map, Value};

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{Application, TestServer};

/// How results come back.
const MODES: [&str; 2] = ["query", "form_post"];

/// What the browser brought back to the application.
struct Back {
    code: Option<String>,
    error: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

impl Back {
    /// Reads an answer of either response mode; a `form_post` answer has nothing in the query.
    fn read(answer: &Answer, mode: &str) -> Self {
        let read = |name: &str| if mode == "form_post" { answer.hidden(name) } else { answer.query(name) };
        if mode == "form_post" {
            assert!(answer.location().is_empty(), "form_post answers by a page: {answer:?}");
        }
        Self { code: read("code"), error: read("error"), state: read("state"), iss: read("iss") }
    }
}

/// A confidential application that asks for consent, as the suite's static clients are.
async fn application(server: &TestServer) -> Application {
    let metadata = ClientMetadata {
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        first_party: true,
        post_logout_redirect_uris: vec!["https://rp.example/post_logout_redirect".to_owned()],
        ..ClientMetadata::default()
    };
    server.application_as(metadata).await
}

/// A person who has every standard claim.
async fn person(server: &TestServer) -> UserId {
    let id = server.person("ying").await;
    let mut user = server.app.store.user(&id).await.unwrap().unwrap();
    let text = |text: &str| Some(text.to_owned());
    user.phone = text("+8613800138000");
    user.phone_verified = true;
    user.locale = text("zh-CN");
    user.profile = Profile {
        given_name: text("Ying"),
        family_name: text("Wang"),
        middle_name: text("Xiao"),
        nickname: text("yy"),
        profile: text("https://people.example/ying"),
        picture: text("https://people.example/ying.png"),
        website: text("https://ying.example"),
        gender: text("female"),
        birthdate: text("1990-01-31"),
        zoneinfo: text("Asia/Shanghai"),
        address: Some(Address { locality: text("Hangzhou"), country: text("CN"), ..Address::default() }),
    };
    let write = server.app.store.write(move |tx| {
        let user = user.clone();
        Box::pin(async move { tx.update_user(&user).await })
    });
    assert!(write.await.unwrap());
    id
}

/// An authorization request in a browser where the session satisfies it.
async fn ask(browser: &TestBrowser, application: &Application, mode: &str, more: &[(&str, &str)]) -> Back {
    let mut fields = vec![("response_mode", mode)];
    fields.extend_from_slice(more);
    let answer = browser.authorize(application, &fields).await;
    Back::read(&browser.follow(answer).await, mode)
}

/// The tokens of a code, checked as every module checks them.
async fn tokens(browser: &TestBrowser, application: &Application, back: &Back) -> Value {
    let answer = browser.redeem(application, back.code.as_ref().expect("a code")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert!(tokens["expires_in"].as_i64().is_some_and(|life| life > 0), "{tokens}");
    tokens
}

/// The claims of the ID token in a token answer (its signature is proven elsewhere).
fn claims(tokens: &Value) -> Map<String, Value> {
    Compact::parse(tokens["id_token"].as_str().expect("an ID token")).unwrap().unverified().unwrap()
}

/// Userinfo by GET.
async fn userinfo(browser: &TestBrowser, tokens: &Value) -> Value {
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let answer = browser.get_with("/userinfo", &[("authorization", &bearer)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Whether an answer leads to the page where one signs in.
async fn is_sign_in_page(browser: &TestBrowser, answer: Answer) -> bool {
    let page = browser.follow(answer).await;
    page.body.contains("name=\"username\"") && page.body.contains("name=\"password\"")
}
