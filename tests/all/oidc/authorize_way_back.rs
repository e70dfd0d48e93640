//! Who asks and where to answer (security.md §2.3, rows 25–29, 52, 60): wrong means a page, never a redirect.

use hufu::oidc::error::Code;
use hufu::oidc::response::ResponseMode;
use hufu::store::clients::ApplicationType;

use super::redirect_uri::SPELLINGS;
use super::requests::{STATE, request, request_and};
use super::world::{CALLBACK, ISSUER, worlds};

#[tokio::test]
async fn s25_s60_no_unknown_or_disabled_client_is_a_page() {
    for world in worlds().await {
        let mut app = world.client("app", |_| ()).await;
        let long = "a".repeat(10_000);
        for id in [None, Some(""), Some("unknown"), Some("APP"), Some("app "), Some("a'--"), Some(&long)] {
            world.shown(&request(&[("client_id", id)])).await;
        }
        world.shown(&request_and("client_id", "app")).await;

        world.read(&[]).await;
        app.enabled = false;
        world.update(&app).await;
        assert_eq!(world.shown(&request(&[])).await.code, Code::InvalidClient);
    }
}

#[tokio::test]
async fn s26_s27_s28_p_ensure_registered_redirect_uri_anything_but_a_registered_uri_is_a_page() {
    for world in worlds().await {
        world
            .client("app", |metadata| metadata.redirect_uris.push("https://client.example.org/cb?foo=bar".into()))
            .await;
        world.client("other", |metadata| metadata.redirect_uris = vec!["https://other.example.org/cb".into()]).await;
        world.client("none", |metadata| metadata.redirect_uris.clear()).await;

        for uri in [None, Some(""), Some("https://other.example.org/cb")] {
            let error = world.shown(&request(&[("redirect_uri", uri)])).await;
            assert_eq!(error.code, Code::InvalidRequest);
        }
        for spelling in SPELLINGS {
            world.shown(&request(&[("redirect_uri", Some(spelling))])).await;
        }
        world.shown(&request_and("redirect_uri", CALLBACK)).await;
        world.shown(&request(&[("client_id", Some("none"))])).await;
        // A page even where the rest is wrong too: nothing is sent to a stranger.
        world.shown(&request(&[("redirect_uri", Some("https://evil.example/")), ("prompt", Some("x"))])).await;

        let exact = "https://client.example.org/cb?foo=bar";
        let read = world.read(&[("redirect_uri", Some(exact))]).await;
        assert_eq!(read.return_to.redirect_uri, exact);
    }
}

#[tokio::test]
async fn s29_a_native_client_may_choose_its_loopback_port() {
    for world in worlds().await {
        let register = |application_type| {
            move |metadata: &mut hufu::store::clients::ClientMetadata| {
                metadata.application_type = application_type;
                metadata.redirect_uris = vec!["http://127.0.0.1/cb".into(), "http://[::1]/cb".into()];
            }
        };
        world.client("app", register(ApplicationType::Native)).await;
        world.client("web", register(ApplicationType::Web)).await;
        for uri in ["http://127.0.0.1:51004/cb", "http://[::1]:51004/cb", "http://127.0.0.1/cb"] {
            assert_eq!(world.read(&[("redirect_uri", Some(uri))]).await.return_to.redirect_uri, uri);
        }
        world.shown(&request(&[("redirect_uri", Some("http://localhost:51004/cb"))])).await;
        world.shown(&request(&[("redirect_uri", Some("http://127.0.0.1:51004/x"))])).await;
        world.shown(&request(&[("client_id", Some("web")), ("redirect_uri", Some("http://127.0.0.1:51004/cb"))])).await;
    }
}

#[tokio::test]
async fn s52_state_up_to_two_kilobytes_is_data_and_longer_is_a_page() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let longest = "\u{1f405}".repeat(512);
        for state in [STATE, "\r\nSet-Cookie: x=y", "<script>alert(1)</script>", &longest] {
            let read = world.read(&[("state", Some(state))]).await;
            assert_eq!(read.return_to.state.as_deref(), Some(state));
            let (to, _) = world.returned(&request(&[("state", Some(state)), ("prompt", Some("x"))])).await;
            assert_eq!(to.state.as_deref(), Some(state));
        }
        world.shown(&request(&[("state", Some(&format!("{longest}x")))])).await;
        world.shown(&request(&[("state", Some(&"x".repeat(60_000)))])).await;
        assert_eq!(world.read(&[("state", None)]).await.return_to.state, None);
    }
}

#[tokio::test]
async fn s35_the_mode_decides_how_everything_after_travels() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        for (mode, expected) in [
            (None, ResponseMode::Query),
            (Some("query"), ResponseMode::Query),
            (Some("form_post"), ResponseMode::FormPost),
        ] {
            let read = world.read(&[("response_mode", mode)]).await;
            assert_eq!((read.return_to.mode, &*read.return_to.iss), (expected, ISSUER));
            let wrong = request(&[("response_mode", mode), ("response_type", None)]);
            assert_eq!(world.returned(&wrong).await.0.mode, expected);
        }
        for mode in ["fragment", "jwt", "web_message", "Query", "form_post "] {
            let (to, error) = world.returned(&request(&[("response_mode", Some(mode))])).await;
            assert_eq!((to.mode, error.code), (ResponseMode::Query, Code::InvalidRequest));
        }
    }
}
