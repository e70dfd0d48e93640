//! Nothing of ours is accepted where it was not made for (security.md §4.2, property 4).

use hufu::base::bearer::Bearer;
use hufu::oidc::error::Code;
use hufu::store::clients::TokenFormat;
use serde_json::json;

use super::redeeming::{VERIFIER, code_of, params};
use super::world::{CALLBACK, HERE, worlds};

#[tokio::test]
async fn every_kind_of_artefact_in_every_other_place_is_refused() {
    for world in worlds().await {
        let client = world.public("app").await;
        let jwt_client = world
            .client("jwt", |metadata| {
                metadata.access_token_format = TokenFormat::Jwt;
                metadata.userinfo_signed_response_alg = Some("ES256".to_owned());
            })
            .await;
        let service = world.confidential("service", |_| ()).await;
        let tokens = world.tokens(&client, "openid offline_access").await;
        let jwt = world.tokens(&jwt_client, "openid").await;
        let code = world.code(&client, "openid").await.text;
        let all = [
            ("code", code.as_str()),
            ("refresh", tokens.refresh_token.as_deref().unwrap()),
            ("access", &tokens.access_token),
            ("id_token", tokens.id_token.as_deref().unwrap()),
            ("jwt access", &jwt.access_token),
            ("secret", &service.secret),
            ("link", &Bearer::Link.make(&world.random, &world.clock)),
        ];
        for (kind, text) in all {
            let at = format!("{} {kind}", world.name);
            if kind != "code" {
                assert_eq!(code_of(world.redeem(&client, text).await), Some(Code::InvalidGrant), "{at} as code");
            }
            if kind != "refresh" {
                assert_eq!(code_of(world.refresh(&client, text).await), Some(Code::InvalidGrant), "{at} as refresh");
            }
            if !kind.contains("access") {
                let answer = world.oidc.userinfo(text).await;
                assert_eq!(code_of(answer), Some(Code::InvalidToken), "{at} as access");
            }
            if kind != "id_token" {
                let answer = world.oidc.read_id_token_hint(text).await;
                assert_eq!(code_of(answer), Some(Code::InvalidRequest), "{at} as hint");
            }
            if kind != "secret" {
                let header = super::redeeming::basic("service", text);
                let answer = world.oidc.introspect(&params(&[("token", "x")]), Some(&header), HERE).await;
                assert_eq!(code_of(answer), Some(Code::InvalidClient), "{at} as secret");
            }
            let assertion = params(&[
                ("grant_type", "client_credentials"),
                ("client_assertion", text),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ]);
            assert_eq!(code_of(world.oidc.token(&assertion, None, HERE).await), Some(Code::InvalidClient), "{at}");
            let seen = world.oidc.introspect(&params(&[("token", text)]), Some(&service.basic()), HERE).await;
            assert_eq!(seen.unwrap(), json!({"active": false}), "{at} introspected by a stranger");
        }
        world.redeem(&client, &code).await.unwrap();
    }
}

#[tokio::test]
async fn s1_for_every_ordered_pair_of_client_types_a_code_stays_its_owners() {
    for world in worlds().await {
        let public = [world.public("p1").await, world.public("p2").await];
        let service = world.confidential("c1", |_| ()).await;
        let other = world.confidential("c2", |_| ()).await;
        let callers = [
            (&public[0], None),
            (&public[1], None),
            (&service.client, Some(service.basic())),
            (&other.client, Some(other.basic())),
        ];
        for (owner, own_header) in &callers {
            for (caller, header) in &callers {
                let code = world.code(owner, "openid").await.text;
                let answer = redeem(&world, caller.id.as_str(), header.as_deref(), &code).await;
                if owner.id == caller.id {
                    assert_eq!(answer, None);
                } else {
                    assert_eq!(answer, Some(Code::InvalidGrant), "{} {} {}", world.name, owner.id, caller.id);
                    let kept = redeem(&world, owner.id.as_str(), own_header.as_deref(), &code).await;
                    assert_eq!(kept, None);
                }
            }
        }
    }
}

async fn redeem(world: &super::world::World, client: &str, header: Option<&str>, code: &str) -> Option<Code> {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", client),
    ];
    code_of(world.oidc.token(&params(&pairs), header, HERE).await)
}
