//! Scopes and resources (security.md §2.3, rows 39, 40, 49; OIDC Core §11).

use futures::FutureExt as _;
use hufu::oidc::error::Code;
use hufu::store::resources::{Resource, ResourceMetadata};

use super::requests::{request, request_and};
use super::world::{World, worlds};

async fn scopes(world: &World, client: &str, scope: &str, prompt: Option<&str>) -> String {
    let read = world.read(&[("client_id", Some(client)), ("scope", Some(scope)), ("prompt", prompt)]).await;
    read.scopes.join(" ")
}

#[tokio::test]
async fn s39_s40_p_scope_all_known_scopes_are_kept_in_their_order_and_others_dropped() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        for (asked, kept) in [
            ("openid", "openid"),
            ("phone address email profile openid", "phone address email profile openid"),
            ("profile", "profile"),
            ("openid unknown email", "openid email"),
            ("openid openid  email", "openid email"),
            ("openid OPENID Profile Org", "openid"),
            ("org openid", "org openid"),
        ] {
            assert_eq!(scopes(&world, "app", asked, None).await, kept);
        }
        for wrong in
            [None, Some(""), Some(" "), Some("unknown"), Some("OPENID"), Some("openid\temail"), Some("openid,email")]
        {
            assert_eq!(world.returns(&[("scope", wrong)]).await, Code::InvalidScope, "{wrong:?}");
        }
    }
}

#[tokio::test]
async fn s40_a_client_gets_only_scopes_it_is_registered_for() {
    for world in worlds().await {
        world.client("narrow", |metadata| metadata.scope = vec!["openid".into(), "email".into()]).await;
        assert_eq!(scopes(&world, "narrow", "profile email openid", None).await, "email openid");
        let outside = [("client_id", Some("narrow")), ("scope", Some("profile phone"))];
        assert_eq!(world.returns(&outside).await, Code::InvalidScope);
    }
}

#[tokio::test]
async fn p_refresh_token_offline_access_needs_the_grant_and_a_question_or_a_first_party() {
    for world in worlds().await {
        let refreshing = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
        world.client("app", |metadata| metadata.grant_types = refreshing.clone()).await;
        world.client("without", |_| ()).await;
        world
            .client("ours", |metadata| {
                metadata.grant_types = refreshing.clone();
                metadata.first_party = true;
            })
            .await;
        world.client("ours-without", |metadata| metadata.first_party = true).await;
        let asked = "openid offline_access";
        for (client, prompt, kept) in [
            ("app", Some("consent"), asked),
            ("app", Some("login consent"), asked),
            ("app", None, "openid"),
            ("app", Some("login"), "openid"),
            ("without", Some("consent"), "openid"),
            ("ours", None, asked),
            ("ours-without", Some("consent"), "openid"),
        ] {
            assert_eq!(scopes(&world, client, asked, prompt).await, kept, "{client} {prompt:?}");
        }
    }
}

#[tokio::test]
async fn s49_a_resource_is_absolute_known_and_the_clients() {
    for world in worlds().await {
        let mine = "https://api.example.org/";
        put_resource(&world, mine, &["read"]).await;
        put_resource(&world, "https://api.example.org/b", &[]).await;
        put_resource(&world, "https://hers.example.org/", &["hers"]).await;
        world
            .client("app", |metadata| {
                let resources =
                    [mine, "https://api.example.org/b", "https://unknown.example.org/", "relative", "urn:x#f"];
                metadata.resources = resources.map(str::to_owned).to_vec();
            })
            .await;
        for wrong in [
            "relative",
            "/relative",
            "//api.example.org/",
            "https://api.example.org/#fragment",
            "https://api.example.org/#",
            "urn:x#f",
            "https://unknown.example.org/",
            "https://hers.example.org/",
            "https://api.example.org",
            "HTTPS://api.example.org/",
        ] {
            assert_eq!(world.returns(&[("resource", Some(wrong))]).await, Code::InvalidTarget, "{wrong}");
        }
        let read = world.read(&[("resource", Some(mine))]).await;
        assert_eq!(read.resources, [mine]);

        let pairs = [mine, "https://api.example.org/b", mine].map(|id| ("resource".to_owned(), id.to_owned()));
        let good = request(&[]);
        let several = good.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).chain(pairs).collect();
        let read = world.oidc.read(&hufu::oidc::params::Params::from_pairs(several)).await.unwrap();
        assert_eq!(read.resources, [mine, "https://api.example.org/b"]);
        assert_eq!(world.returned(&request_and("resource", "relative")).await.1.code, Code::InvalidTarget);
    }
}

#[tokio::test]
async fn s40_a_resources_own_scope_comes_with_the_resource_and_the_clients_registration() {
    for world in worlds().await {
        let api = "https://api.example.org/";
        put_resource(&world, api, &["read", "write"]).await;
        world
            .client("app", |metadata| {
                metadata.resources = vec![api.into()];
                metadata.scope = vec!["openid".into(), "read".into()];
            })
            .await;
        let asked = [("scope", Some("openid read write")), ("resource", Some(api))];
        assert_eq!(world.read(&asked).await.scopes, ["openid", "read"]);
        assert_eq!(world.read(&asked[..1]).await.scopes, ["openid"]);

        world.client("open", |metadata| metadata.resources = vec![api.into()]).await;
        let open = [asked[0], asked[1], ("client_id", Some("open"))];
        assert_eq!(world.read(&open).await.scopes, ["openid", "read", "write"]);
    }
}

async fn put_resource(world: &World, id: &str, scopes: &[&str]) {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let metadata = ResourceMetadata { scopes, ..ResourceMetadata::default() };
    let resource = Resource { id: id.to_owned(), version: 1, metadata };
    world
        .store()
        .write(move |tx| {
            let resource = resource.clone();
            async move { tx.put_resource(&resource).await }.boxed()
        })
        .await
        .unwrap();
}
