//! Client authentication (security.md §2.5 rows 83–88).

use hufu::base::bearer::Bearer;
use hufu::oidc::error::Code;
use hufu::store::clients::AuthMethod;

use super::redeeming::{Confidential, basic, code_of, params};
use super::world::{HERE, World, worlds};

const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

async fn ask(world: &World, pairs: &[(&str, &str)], header: Option<&str>) -> Option<Code> {
    code_of(world.oidc.token(&params(pairs), header, HERE).await)
}

async fn service(world: &World, id: &str, method: AuthMethod) -> Confidential {
    world.confidential(id, |metadata| metadata.token_endpoint_auth_method = method).await
}

#[tokio::test]
async fn s83_p_server_client_secret_post_each_method_works_with_its_secret() {
    for world in worlds().await {
        let one = service(&world, "one", AuthMethod::ClientSecretBasic).await;
        let two = service(&world, "two", AuthMethod::ClientSecretPost).await;
        assert_eq!(ask(&world, &[CREDENTIALS], Some(&one.basic())).await, None, "{}", world.name);
        assert_eq!(ask(&world, &[CREDENTIALS, ("client_id", "one")], Some(&one.basic())).await, None);
        let post = [CREDENTIALS, ("client_id", "two"), ("client_secret", &two.secret)];
        assert_eq!(ask(&world, &post, None).await, None);
        assert_eq!(ask(&world, &[CREDENTIALS], None).await, Some(Code::InvalidClient));
        assert_eq!(ask(&world, &[CREDENTIALS, ("client_id", "one")], None).await, Some(Code::InvalidClient));
    }
}

#[tokio::test]
async fn s84_unknown_client_and_wrong_secret_get_the_same_answer() {
    for world in worlds().await {
        service(&world, "one", AuthMethod::ClientSecretBasic).await;
        let secret = Bearer::ClientSecret.make(&world.random, &world.clock);
        let answers = [basic("one", &secret), basic("nobody", &secret), basic("one", ""), basic("one\u{0}", &secret)];
        let mut told = Vec::new();
        for header in answers {
            told.push(world.oidc.token(&params(&[CREDENTIALS]), Some(&header), HERE).await.unwrap_err());
        }
        assert!(told.iter().all(|error| *error == told[0] && error.code == Code::InvalidClient), "{}", world.name);
    }
}

#[tokio::test]
async fn s85_two_methods_or_two_clients_are_invalid_requests() {
    for world in worlds().await {
        let one = service(&world, "one", AuthMethod::ClientSecretBasic).await;
        service(&world, "two", AuthMethod::ClientSecretPost).await;
        let header = one.basic();
        let twice: [&[(&str, &str)]; 4] = [
            &[CREDENTIALS, ("client_secret", &one.secret)],
            &[CREDENTIALS, ("client_id", "two")],
            &[CREDENTIALS, ("client_assertion", "a.b.c")],
            &[CREDENTIALS, ("client_assertion_type", "urn:x")],
        ];
        for pairs in twice {
            assert_eq!(ask(&world, pairs, Some(&header)).await, Some(Code::InvalidRequest), "{pairs:?}");
        }
        let both = [CREDENTIALS, ("client_id", "two"), ("client_secret", "x"), ("client_assertion", "a.b.c")];
        assert_eq!(ask(&world, &both, None).await, Some(Code::InvalidRequest), "{}", world.name);
    }
}

#[tokio::test]
async fn s86_s87_only_the_registered_method() {
    for world in worlds().await {
        let one = service(&world, "one", AuthMethod::ClientSecretBasic).await;
        let two = service(&world, "two", AuthMethod::ClientSecretPost).await;
        world.public("app").await;
        for header in ["Basic", "Basic !", "Bearer abc", "Basic b25l", ""] {
            assert_eq!(ask(&world, &[CREDENTIALS], Some(header)).await, Some(Code::InvalidClient), "{header}");
        }
        let post = [CREDENTIALS, ("client_id", "one"), ("client_secret", &one.secret)];
        assert_eq!(ask(&world, &post, None).await, Some(Code::InvalidClient), "{}", world.name);
        assert_eq!(ask(&world, &[CREDENTIALS], Some(&two.basic())).await, Some(Code::InvalidClient));
        let public = [CREDENTIALS, ("client_id", "app"), ("client_secret", "x")];
        assert_eq!(ask(&world, &public, None).await, Some(Code::InvalidClient));
        assert_eq!(ask(&world, &[CREDENTIALS], Some(&basic("app", ""))).await, Some(Code::InvalidClient));
    }
}

#[tokio::test]
async fn s88_a_parameter_given_twice() {
    for world in worlds().await {
        let one = service(&world, "one", AuthMethod::ClientSecretBasic).await;
        let header = one.basic();
        for pair in [CREDENTIALS, ("scope", "a")] {
            let pairs = [CREDENTIALS, ("scope", "a"), pair];
            assert_eq!(ask(&world, &pairs, Some(&header)).await, Some(Code::InvalidRequest), "{}", world.name);
        }
        // RFC 8707 §2: `resource` may be repeated; these are merely unknown.
        let pairs = [CREDENTIALS, ("resource", "https://a.example"), ("resource", "https://b.example")];
        assert_eq!(ask(&world, &pairs, Some(&header)).await, Some(Code::InvalidTarget));
    }
}

#[tokio::test]
async fn two_secrets_live_side_by_side_until_one_expires() {
    for world in worlds().await {
        let mut one = service(&world, "one", AuthMethod::ClientSecretBasic).await;
        let newer = Bearer::ClientSecret.make(&world.random, &world.clock);
        one.client.secrets[0].expires_at = Some(world.clock.now() + 60);
        one.client.secrets.push(world.secret_row(&newer));
        world.update(&one.client).await;
        for secret in [&one.secret, &newer] {
            assert_eq!(ask(&world, &[CREDENTIALS], Some(&basic("one", secret))).await, None, "{}", world.name);
        }
        world.clock.advance(60);
        assert_eq!(ask(&world, &[CREDENTIALS], Some(&one.basic())).await, Some(Code::InvalidClient));
        assert_eq!(ask(&world, &[CREDENTIALS], Some(&basic("one", &newer))).await, None);
    }
}

#[tokio::test]
async fn a_disabled_client_is_no_client() {
    for world in worlds().await {
        let mut one = service(&world, "one", AuthMethod::ClientSecretBasic).await;
        assert_eq!(ask(&world, &[CREDENTIALS], Some(&one.basic())).await, None, "{}", world.name);
        one.client.enabled = false;
        world.update(&one.client).await;
        assert_eq!(ask(&world, &[CREDENTIALS], Some(&one.basic())).await, Some(Code::InvalidClient));
    }
}
