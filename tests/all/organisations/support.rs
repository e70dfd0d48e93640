//! What the tests of organisations have in common.

use base64::Engine as _;
use hufu::admin::Actor;
use hufu::base::id::{OrgId, UserId};
use hufu::store::clients::{ClientMetadata, TokenFormat};
use serde_json::Value;

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{Application, TestServer};

/// An organisation made by an administrator.
pub async fn organisation(server: &TestServer, name: &str) -> OrgId {
    server.app.admin.create_org(&Actor::set_up(), name, None).await.expect("the organisation is made").id
}

/// Makes somebody a member with these roles.
pub async fn join(server: &TestServer, org: &OrgId, user: &UserId, roles: &[&str]) {
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    server.app.admin.put_member(&Actor::set_up(), org, user, &roles).await.expect("a member is made");
}

/// Ends a membership.
pub async fn leave(server: &TestServer, org: &OrgId, user: &UserId) {
    server.app.admin.remove_member(&Actor::set_up(), org, user).await.expect("they belonged");
}

/// A first-party application with refresh tokens, changed by `change`.
pub async fn application(server: &TestServer, change: impl FnOnce(&mut ClientMetadata)) -> Application {
    let grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    let mut metadata = ClientMetadata { first_party: true, grant_types, ..ClientMetadata::default() };
    change(&mut metadata);
    server.application_as(metadata).await
}

/// The same with access tokens of RFC 9068.
pub fn with_jwt(metadata: &mut ClientMetadata) {
    metadata.access_token_format = TokenFormat::Jwt;
}

/// What an application holds.
pub struct Held {
    pub access: String,
    pub refresh: String,
    pub id_token: Value,
}

impl Held {
    pub fn of(answer: &Answer) -> Self {
        let json = answer.json();
        let word = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        assert!(!word("access_token").is_empty(), "{answer:?}");
        Self { access: word("access_token"), refresh: word("refresh_token"), id_token: payload(&word("id_token")) }
    }
}

/// Signs somebody in who has a session already, silently.
pub async fn tokens(browser: &TestBrowser, application: &Application, more: &[(&str, &str)]) -> Held {
    let code = browser.code(application, more).await;
    Held::of(&browser.redeem(application, &code).await)
}

/// What a JWT says; nothing is verified.
pub fn payload(jwt: &str) -> Value {
    let part = jwt.split('.').nth(1).unwrap_or_else(|| panic!("no JWT: {jwt}"));
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

pub async fn userinfo(browser: &TestBrowser, access: &str) -> Answer {
    let bearer = format!("Bearer {access}");
    browser.get_with("/userinfo", &[("authorization", &bearer), ("cookie", "")]).await
}

pub async fn introspect(browser: &TestBrowser, application: &Application, token: &str) -> Value {
    browser.as_client("/introspect", application, &[("token", token)]).await.json()
}

pub async fn refresh(browser: &TestBrowser, application: &Application, token: &str) -> Answer {
    browser.token(application, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

/// Nothing that the application holds does anything any more.
pub async fn is_dead(browser: &TestBrowser, application: &Application, held: &Held) {
    assert_eq!(userinfo(browser, &held.access).await.status, 401);
    assert_eq!(introspect(browser, application, &held.access).await, serde_json::json!({ "active": false }));
    if !held.refresh.is_empty() {
        assert_eq!(introspect(browser, application, &held.refresh).await["active"], false);
        let answer = refresh(browser, application, &held.refresh).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_grant"), "{answer:?}");
    }
}

/// Everything that the application holds works.
pub async fn is_alive(browser: &TestBrowser, application: &Application, held: &Held) {
    assert_eq!(userinfo(browser, &held.access).await.status, 200);
    assert_eq!(introspect(browser, application, &held.access).await["active"], true);
}

/// The page that an authorization request leads to, and its path.
pub async fn page(browser: &TestBrowser, application: &Application, more: &[(&str, &str)]) -> (String, Answer) {
    let opened = browser.authorize(application, more).await;
    let path = opened.own_location("http://").unwrap_or_else(|| opened.location().to_owned());
    let path = path.find("/i/").map_or_else(|| panic!("no page: {opened:?}"), |at| path[at..].to_owned());
    let page = browser.get(&path).await;
    (path, page)
}

/// Posts a form of this page.
pub async fn post(
    browser: &TestBrowser,
    (path, page): &(String, Answer),
    rest: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let csrf = page.hidden("csrf").unwrap_or_else(|| panic!("no form: {page:?}"));
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    let answer = browser.post_form(&format!("{path}/{rest}"), &all).await;
    browser.follow(answer).await
}
