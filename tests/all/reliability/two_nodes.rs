//! Two nodes on one database are one provider (security.md R43, R53, R55).

use std::time::{Duration, Instant};

use hufu::admin::Actor;
use hufu::app::App;
use hufu::base::random::Random;
use hufu::store::clients::ClientMetadata;

use super::nodes::{Nodes, redeeming, refreshing, text};
use crate::support::http::authorize_path;
use crate::support::server::PASSWORD;

const OFFLINE: (&str, &str) = ("scope", "openid offline_access");

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_may_change_nodes_at_every_step() {
    let Nodes { a, b } = Nodes::start().await;
    a.person("lin").await;
    let grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    let application = a.application_as(ClientMetadata { grant_types, ..ClientMetadata::default() }).await;
    let browser = a.browser();
    let opened = browser.authorize(&application, &[OFFLINE, ("prompt", "consent")]).await;
    let path = opened.own_location(&a.issuer).expect("an interaction opens");
    // The form comes from B and is posted to B, the consent comes from A and is given to A.
    let form = b.get(&browser, &path).await;
    let csrf = form.hidden("csrf").unwrap_or_else(|| panic!("no form: {form:?}"));
    let fields = [("csrf", csrf.as_str()), ("username", "lin"), ("password", PASSWORD)];
    assert_eq!(b.post(&browser, &format!("{path}/form"), &fields).await.status, 303);
    let consent = browser.get(&path).await;
    let csrf = consent.hidden("csrf").unwrap_or_else(|| panic!("no consent page: {consent:?}"));
    let fields = [("csrf", csrf.as_str()), ("choice", "allow")];
    let allowed = browser.follow(browser.post_form(&format!("{path}/consent"), &fields).await).await;
    let code = allowed.query("code").unwrap_or_else(|| panic!("no code: {allowed:?}"));
    let tokens = b.token(&browser, &application, &redeeming(&application, &code)).await;
    let refreshed = browser.token(&application, &refreshing(&text(&tokens, "refresh_token"))).await;
    assert_eq!(b.userinfo(&browser, &text(&refreshed, "access_token")).await.status, 200);
    // The session is there on both: no form, a code at once.
    let again = b.get(&browser, &authorize_path(&application, &[OFFLINE])).await;
    assert!(again.query("code").is_some(), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r53_what_ends_on_one_node_has_ended_on_the_other() {
    let Nodes { a, b } = Nodes::start().await;
    let application = a.application().await;
    for (name, disabled) in [("lin", false), ("mei", true)] {
        let user = a.person(name).await;
        let browser = a.signed_in(&user).await;
        let code = browser.code(&application, &[]).await;
        let online = b.token(&browser, &application, &redeeming(&application, &code)).await;
        let code = browser.code(&application, &[OFFLINE]).await;
        let offline = b.token(&browser, &application, &redeeming(&application, &code)).await;
        let access = text(&online, "access_token");
        assert_eq!(b.userinfo(&browser, &access).await.status, 200);
        if disabled {
            let person = a.app.admin.find_person(name).await.unwrap();
            a.app.admin.set_person_enabled(&Actor::set_up(), &person, false).await.unwrap();
            let refused = b.token(&browser, &application, &refreshing(&text(&offline, "refresh_token"))).await;
            assert_eq!(refused.error(), "invalid_grant");
            assert_eq!(b.userinfo(&browser, &text(&offline, "access_token")).await.status, 401);
        } else {
            let page = browser.get("/end_session").await;
            let (csrf, request) = (page.hidden("csrf").unwrap(), page.hidden("request").unwrap());
            let before = browser.cookie_header();
            let fields = [("csrf", csrf.as_str()), ("request", request.as_str())];
            assert_eq!(browser.post_form("/end_session/confirm", &fields).await.status, 200);
            before.split("; ").for_each(|cookie| browser.keep(cookie));
        }
        // No waiting: neither a token nor a cookie of the session outlives it by a request.
        assert_eq!(b.userinfo(&browser, &access).await.status, 401, "{name}");
        let again = b.get(&browser, &authorize_path(&application, &[("prompt", "none")])).await;
        assert_eq!(again.query("error").as_deref(), Some("login_required"), "{name}: {again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r55_an_application_made_on_one_node_is_known_on_the_other_within_a_second() {
    let Nodes { a, b } = Nodes::start().await;
    let browser = a.browser();
    let wanted = || async {
        let metadata = ClientMetadata { client_name: "New".to_owned(), ..ClientMetadata::default() };
        a.application_as(ClientMetadata { redirect_uris: vec!["https://rp.example/cb".to_owned()], ..metadata }).await
    };
    // Its absence was looked up just before, so that B may have remembered that.
    let unknown = b.get(&browser, "/authorize?client_id=nobody&response_type=code").await;
    assert_eq!(unknown.status, 400);
    let application = wanted().await;
    let made = Instant::now();
    while b.get(&browser, &authorize_path(&application, &[])).await.status != 303 {
        assert!(made.elapsed() < Duration::from_secs(1), "B does not know the application yet");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut client = a.app.admin.find_application(&application.id).await.unwrap();
    client.enabled = false;
    a.app.admin.update_application(&Actor::set_up(), client).await.unwrap();
    let switched_off = Instant::now();
    while b.get(&browser, &authorize_path(&application, &[])).await.status == 303 {
        assert!(switched_off.elapsed() < Duration::from_secs(1), "B still sends people to the application");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_nodes_that_start_at_once_have_one_set_of_keys_and_one_link() {
    let places = crate::support::stores::empty_places().await;
    let (_, place) = &places[1];
    let template = Nodes::start().await;
    let start = || {
        let mut config = (*template.a.app.config).clone();
        config.store = place.location.clone();
        let clock = template.a.clock.clone();
        tokio::spawn(async move {
            let app = App::build(config, clock, Random::System).await.expect("it starts");
            let link = app.admin.first_link().await.expect("a link").expect("nobody administers yet");
            (app, link)
        })
    };
    let (one, two) = tokio::join!(start(), start());
    let ((one, first_link), (two, second_link)) = (one.unwrap(), two.unwrap());
    assert_eq!(first_link, second_link, "whoever reads either log finds the link that works");
    let mut names = Vec::new();
    for node in [&one, &two] {
        let keys = node.store.keys().await.unwrap();
        names.push(keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>());
        let now = template.a.clock.now();
        let of = |signing: bool| {
            let keys = keys.iter().filter(|key| (key.signs_from <= now) == signing);
            keys.map(|key| key.algorithm.as_str()).collect::<Vec<_>>()
        };
        let (mut signing, mut next) = (of(true), of(false));
        signing.sort_unstable();
        next.sort_unstable();
        assert_eq!(signing, next, "every algorithm has a key that follows");
        signing.dedup();
        assert_eq!(signing.len() * 2, keys.len(), "and one of each only");
    }
    assert!(!names[0].is_empty());
    assert_eq!(names[0], names[1]);
    let (on_a, on_b) = (template.a.browser().get("/jwks").await, template.b.get(&template.a.browser(), "/jwks").await);
    assert_eq!((on_a.status.as_u16(), &on_a.body), (200, &on_b.body), "both publish the same keys");
}
