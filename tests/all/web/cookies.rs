//! The two cookies (security.md rows 4, 70, 71).

use std::collections::BTreeSet;

use hufu::login::SignedIn;
use hufu::web::browser::tie;

use crate::account::person::Person;
use crate::support::http::TestBrowser;
use crate::support::server::{Setup, TestServer, servers};
use crate::support::stores::sqlite;
use crate::ways::place::Place;

#[tokio::test]
async fn s4_on_loopback_http_the_cookie_is_plain_lax_and_for_scripts_unseen() {
    let server = TestServer::sqlite().await;
    let answer = server.browser().get("/authorize").await;
    let cookie = answer.header("set-cookie");
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let value = pair.strip_prefix("browser=").unwrap();
    assert_eq!(value.len(), 43);
    let attributes = attributes.split("; ").collect::<BTreeSet<_>>();
    assert_eq!(attributes, BTreeSet::from(["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"]));
}

#[tokio::test]
async fn s4_under_https_every_cookie_is_host_only_and_secure() {
    let setup = Setup { configure: |config| config.issuer = "https://id.example".to_owned(), ..Setup::default() };
    let server = TestServer::start_as(sqlite().await, setup).await;
    let browser = TestBrowser::new(&format!("http://{}", server.address));
    let answer = browser.get_with("/authorize", &[("host", "id.example")]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-browser="), "{cookie}");
    for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000");
}

#[tokio::test]
async fn a_browser_keeps_its_cookie_and_frames_or_foreign_posts_never_change_it() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    browser.get("/authorize").await;
    let first = browser.cookie("browser").unwrap();
    assert_eq!(browser.get("/authorize").await.header("set-cookie"), "");
    assert_eq!(browser.cookie("browser").unwrap(), first);
    let framed = server.browser().get_with("/authorize", &[("sec-fetch-dest", "iframe")]).await;
    assert_eq!(framed.header("set-cookie"), "");
    let posted = server.browser().post_form("/end_session/confirm", &[]).await;
    assert_eq!(posted.header("set-cookie"), "");
}

#[tokio::test]
async fn s71_a_cookie_that_comes_twice_is_400_and_one_we_did_not_set_is_none() {
    for (store, server) in servers().await {
        let browser = server.signed_in(&server.person("lin").await).await;
        let (own, session) = (browser.cookie("browser").unwrap(), browser.cookie("session").unwrap());
        let asked = async |cookies: String| browser.get_with("/end_session", &[("cookie", &cookies)]).await;
        let known = asked(format!("browser={own}; session={session}")).await;
        assert!(known.hidden("request").is_some(), "{store}: signed in, so it asks");
        for twice in [format!("browser={own}; browser={own}"), format!("session={session}; a=b; session=x")] {
            assert_eq!(asked(twice.clone()).await.status, 400, "{store}: {twice}");
        }
        let (id, proof) = session.split_once('.').unwrap();
        let long = "x".repeat(5000);
        for forged in [format!("{id}.{}", "A".repeat(43)), id.to_owned(), format!("A{}.{proof}", &id[1..]), long] {
            let answer = asked(format!("browser={own}; session={forged}")).await;
            assert_eq!(answer.status, 200, "{store}: {forged}");
            assert_eq!(answer.hidden("request"), None, "{store}: {forged} is nobody");
        }
    }
}

#[tokio::test]
async fn s70_every_sign_in_has_a_new_session_cookie_kept_as_a_digest() {
    for (store, server) in servers().await {
        let session = server.session(&server.person("lin").await).await;
        let signed_in = SignedIn { session, remembered: false };
        let (one, other) = (tie(&server.app, &signed_in).await.unwrap(), tie(&server.app, &signed_in).await.unwrap());
        let value = |cookie: &http::HeaderValue| cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
        assert_ne!(value(&one), value(&other), "{store}");
        assert!(!one.to_str().unwrap().contains("Max-Age"), "{store}: it ends with the browser's window");
        let remembered = tie(&server.app, &SignedIn { remembered: true, ..signed_in }).await.unwrap();
        assert!(remembered.to_str().unwrap().contains("Max-Age=2592000"), "{store}");
        let kind = hufu::store::artifact::Kind::BrowserSession;
        let id = value(&one).split('.').next().unwrap().to_owned();
        assert!(server.app.store.look(kind, &id).await.unwrap().is_none(), "{store}");
        assert!(server.app.store.look(kind, &hufu::base::secret::digest(&id)).await.unwrap().is_some(), "{store}");
    }
}

#[tokio::test]
async fn s76_the_browsers_record_ends_with_its_session() {
    let server = TestServer::sqlite().await;
    let browser = server.signed_in(&server.person("lin").await).await;
    assert!(browser.get("/end_session").await.hidden("request").is_some());
    server.clock.advance(12 * 3600);
    assert_eq!(browser.get("/end_session").await.hidden("request"), None);
}

#[tokio::test]
async fn the_device_finds_the_way_used_last_first_when_nobody_is_signed_in_any_more() {
    for (store, place) in Place::both(&["github", "google"]).await {
        let amara = Person::by_github(&place, "amara").await;
        let cookie = amara.browser.cookie("browser").unwrap();
        let (known, way) = cookie.split_once('.').unwrap();
        assert_eq!((known.len(), way), (43, "github-practice"), "{store}: the method, and nothing of who it was");
        amara.post("/account/sign-out", &[]).await;
        place.server.clock.advance(100 * 86_400);
        let page = amara.browser.get(amara.browser.get("/account").await.location()).await.body;
        let marked = page.split("<button").find(|button| button.contains("Last used"));
        assert!(marked.is_some_and(|button| button.contains("GitHub")), "{store}: {page}");
        assert!(!page.contains("amara"), "{store}: nobody is named");
        // Another device knows nothing of it, and a made-up word marks nothing.
        let other = place.server.browser();
        let page = other.get(other.get("/account").await.location()).await.body;
        assert!(!page.contains("Last used"), "{store}");
        for word in ["nothing-such", "<b>", "a.b", ""] {
            let forged = format!("browser={known}.{word}");
            let opened = other.get_with("/account", &[("cookie", &forged)]).await;
            assert_eq!(opened.header("set-cookie"), "", "{store} {word}: it is still the same browser");
            let page = other.get_with(opened.location(), &[("cookie", &forged)]).await;
            assert!(page.status == 200 && !page.body.contains("Last used"), "{store} {word}: {page:?}");
        }
    }
}
