//! What anybody may have us keep, and how often (security.md rows 9, 67).

use hufu::admin::Actor;
use hufu::base::lang::Lang;
use hufu::login::attempts::{self, OPENED, PARTS, POSTED};
use hufu::store::attempts::Limit;

use crate::support::http::basic;
use crate::support::server::{Application, Setup, TestServer, servers};
use crate::support::stores::stores;

/// Spends this budget, and starts its block.
async fn spend(server: &TestServer, name: String, limit: Limit) {
    let now = server.clock.now();
    let charged = server.app.store.write(move |tx| {
        let name = name.clone();
        Box::pin(async move { tx.charge_attempt(&name, Limit { tries: 1, ..limit }, now).await })
    });
    charged.await.unwrap();
}

/// How many names are charged.
async fn charged(server: &TestServer) -> u64 {
    let later = server.clock.now() + 86_400;
    server.app.store.write(move |tx| Box::pin(async move { tx.sweep_attempts(later, 1000).await })).await.unwrap()
}

#[tokio::test]
async fn requests_that_wait_for_a_sign_in_are_counted_by_where_they_come_from() {
    for (store, server) in servers().await {
        let application = server.application().await;
        let lin = server.signed_in(&server.person("lin").await).await;
        assert_eq!(server.browser().authorize(&application, &[]).await.status, 303, "{store}");
        assert_eq!(charged(&server).await, 1, "{store}: one waits");
        for part in 0..PARTS {
            spend(&server, attempts::opened("127.0.0.1", part), OPENED).await;
        }
        let refused = server.browser().authorize(&application, &[]).await;
        assert_eq!(refused.status, 429, "{store}: {refused:?}");
        assert!(!refused.header("retry-after").is_empty() && refused.location().is_empty(), "{store}: {refused:?}");
        assert!(lin.authorize(&application, &[]).await.query("code").is_some(), "{store}: nothing waits for anybody");
        server.clock.advance(OPENED.block);
        assert_eq!(server.browser().authorize(&application, &[]).await.status, 303, "{store}: the block ends");
    }
}

#[tokio::test]
async fn callbacks_by_post_are_kept_for_connectors_only_and_not_without_end() {
    for (store, at) in stores().await {
        let server = TestServer::start_as(at, Setup { practice: true, ..Setup::default() }).await;
        let form = [("state", "s"), ("code", "c")];
        let nothing = server.browser().post_form("/callback/nothing", &form).await;
        assert_eq!((nothing.status.as_u16(), nothing.location()), (400, ""), "{store}: nobody of that name");
        let github = server.app.admin.add_practice_connector(&Actor::set_up(), "github", Lang::En).await.unwrap();
        let path = format!("/callback/{}", github.name);
        assert_eq!(server.browser().post_form(&path, &form).await.status, 303, "{store}");
        spend(&server, attempts::posted("127.0.0.1"), POSTED).await;
        let refused = server.browser().post_form(&path, &form).await;
        assert_eq!(refused.status, 429, "{store}: {refused:?}");
        assert!(!refused.header("retry-after").is_empty(), "{store}: {refused:?}");
    }
}

#[tokio::test]
async fn who_tries_secrets_is_told_to_wait_and_the_client_at_its_own_address_is_not() {
    let configure = |config: &mut hufu::config::Config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let server =
        TestServer::start_as(crate::support::stores::sqlite().await, Setup { configure, ..Setup::default() }).await;
    let application = server.application().await;
    let wrong = Application { id: application.id.clone(), secret: "wrong".to_owned(), redirect_uri: String::new() };
    let ask = async |as_whom: &Application, path: &str, address: &str| {
        let headers = [("authorization", basic(as_whom)), ("x-forwarded-for", address.to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        server.browser().post_with(path, &headers, &[("grant_type", "refresh_token"), ("token", "x")]).await
    };
    for path in ["/token", "/introspect", "/revoke"] {
        for _ in 0..=hufu::oidc::client_auth::limit::SECRETS.tries / 3 {
            assert!([401, 429].contains(&ask(&wrong, path, "198.51.100.7").await.status.as_u16()), "{path}");
        }
    }
    for path in ["/token", "/introspect", "/revoke"] {
        let refused = ask(&application, path, "198.51.100.7").await;
        assert_eq!((refused.status.as_u16(), refused.error().as_str()), (429, "temporarily_unavailable"), "{path}");
        let wait: i64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{path}: {wait}");
        assert_eq!(refused.header("cache-control"), "no-store", "{path}");
        let own = ask(&application, path, "203.0.113.5").await;
        assert!([200, 400].contains(&own.status.as_u16()), "{path}: its secret is right: {own:?}");
    }
}
