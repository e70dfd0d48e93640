//! The userinfo endpoint (security.md §2.7 rows 120–123; OIDC Core §5.3).

use hufu::base::people::Email;
use hufu::oidc::error::Code;
use hufu::oidc::userinfo::Userinfo;
use hufu::store::users::{Address, Profile};
use serde_json::{Map, Value, json};

use super::redeeming::{claims_in, code_of};
use super::world::{ISSUER, World, worlds};

/// A person of whom everything is known.
async fn whole_person(world: &World) -> hufu::base::id::UserId {
    let id = world.user("anna").await;
    let mut user = world.store().user(&id).await.unwrap().unwrap();
    let some = |text: &str| Some(text.to_owned());
    user.email = Some(Email::parse("anna@example.org").unwrap());
    user.phone = some("+8613800138000");
    user.phone_verified = true;
    user.locale = some("zh-CN");
    user.profile = Profile {
        given_name: some("Anna"),
        family_name: some("Li"),
        middle_name: some("M"),
        nickname: some("An"),
        profile: some("https://example.org/anna"),
        picture: some("https://example.org/anna.png"),
        website: some("https://example.org"),
        gender: some("female"),
        birthdate: some("1990-01-01"),
        zoneinfo: some("Asia/Shanghai"),
        address: Some(Address { formatted: some("Here 1"), region: some(""), ..Address::default() }),
    };
    let written = world.store().write(move |tx| {
        let user = user.clone();
        Box::pin(async move { tx.update_user(&user).await })
    });
    assert!(written.await.unwrap());
    id
}

async fn told(world: &World, token: &str) -> Map<String, Value> {
    match world.oidc.userinfo(token).await.unwrap() {
        Userinfo::Json(claims) => claims,
        Userinfo::Jwt(jwt) => panic!("a JWT: {jwt}"),
    }
}

#[tokio::test]
async fn s123_p_scope_all_brings_every_standard_claim_of_the_right_type() {
    for world in worlds().await {
        let client = world.public("app").await;
        let user = whole_person(&world).await;
        let code = world.code_for(&client, &user, "openid profile email phone address", |_, _| ()).await.text;
        let tokens = world.redeem(&client, &code).await.unwrap();
        let claims = told(&world, &tokens.access_token).await;
        let texts = [
            "sub",
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "preferred_username",
            "email",
            "phone_number",
        ];
        for name in texts {
            assert!(claims[name].as_str().is_some_and(|text| !text.is_empty()), "{} {name}", world.name);
        }
        assert!(claims["updated_at"].is_i64());
        assert_eq!((&claims["email_verified"], &claims["phone_number_verified"]), (&json!(false), &json!(true)));
        assert_eq!(claims["address"], json!({"formatted": "Here 1"}));
        assert_eq!(claims.len(), texts.len() + 4, "{claims:?}");
        assert_eq!(claims["sub"], claims_in(&tokens.id_token.unwrap())["sub"]);
    }
}

#[tokio::test]
async fn s123_only_what_the_scopes_bring() {
    for world in worlds().await {
        let client = world.public("app").await;
        let user = whole_person(&world).await;
        let expected: [(&str, &[&str]); 6] = [
            ("openid", &["sub"]),
            ("openid email", &["email", "email_verified", "sub"]),
            ("openid phone", &["phone_number", "phone_number_verified", "sub"]),
            ("openid address", &["address", "sub"]),
            ("openid org", &["orgs", "sub"]),
            ("openid roles groups offline_access", &["sub"]),
        ];
        for (scopes, names) in expected {
            let code = world.code_for(&client, &user, scopes, |_, _| ()).await.text;
            let claims = told(&world, &world.redeem(&client, &code).await.unwrap().access_token).await;
            let mut told: Vec<&str> = claims.keys().map(String::as_str).collect();
            told.sort_unstable();
            assert_eq!(told, names, "{} {scopes}", world.name);
        }
    }
}

#[tokio::test]
async fn p_claims_essential_asked_for_by_name() {
    for world in worlds().await {
        let client = world.public("app").await;
        let user = whole_person(&world).await;
        let code = world.code_for(&client, &user, "openid", |grant, _| {
            let asked = json!({"userinfo": {"name": {"essential": true}, "unheard_of": null, "sub": null}});
            grant.claims = Some(asked.to_string());
        });
        let tokens = world.redeem(&client, &code.await.text).await.unwrap();
        let claims = told(&world, &tokens.access_token).await;
        assert_eq!(claims["name"], "anna", "{}", world.name);
        assert_eq!(claims.len(), 2);
        assert!(!claims_in(&tokens.id_token.unwrap()).contains_key("name"));
    }
}

#[tokio::test]
async fn what_nobody_said_is_left_out() {
    for world in worlds().await {
        let client = world.public("app").await;
        let tokens = world.tokens(&client, "openid profile email phone address").await;
        let claims = told(&world, &tokens.access_token).await;
        let mut names: Vec<&str> = claims.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["name", "preferred_username", "sub", "updated_at"], "{}", world.name);
    }
}

#[tokio::test]
async fn s120_what_is_no_access_token() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid offline_access").await.text;
        let tokens = world.tokens(&client, "openid offline_access").await;
        let token = &tokens.access_token;
        let wrong = [
            "",
            "x",
            &token[..token.len() - 1],
            &format!("{token}A"),
            &token.to_ascii_lowercase(),
            &tokens.refresh_token.unwrap(),
            &tokens.id_token.unwrap(),
            &code,
        ];
        for text in wrong {
            assert_eq!(code_of(world.oidc.userinfo(text).await), Some(Code::InvalidToken), "{text}");
        }
        assert!(world.works(token).await);
        world.clock.advance(600);
        assert_eq!(code_of(world.oidc.userinfo(token).await), Some(Code::InvalidToken), "{}", world.name);
    }
}

#[tokio::test]
async fn s122_without_openid_there_is_no_userinfo() {
    for world in worlds().await {
        let client = world.public("app").await;
        let tokens = world.tokens(&client, "profile email").await;
        assert!(tokens.id_token.is_none());
        let answer = world.oidc.userinfo(&tokens.access_token).await;
        assert_eq!(code_of(answer), Some(Code::InsufficientScope), "{}", world.name);
    }
}

#[tokio::test]
async fn a_session_bound_token_dies_with_its_session() {
    for world in worlds().await {
        let client = world.public("app").await;
        let bound = world.code(&client, "openid").await;
        let offline = world.code(&client, "openid offline_access").await;
        let one = world.redeem(&client, &bound.text).await.unwrap().access_token;
        let two = world.redeem(&client, &offline.text).await.unwrap().access_token;
        for session in [bound.session.id, offline.session.id] {
            let now = world.clock.now();
            let ended = world.store().write(move |tx| {
                let session = session.clone();
                Box::pin(async move { tx.end_session(&session, now, "signed out").await })
            });
            assert!(ended.await.unwrap());
        }
        assert!(!world.works(&one).await, "{}", world.name);
        assert!(world.works(&two).await);
    }
}

#[tokio::test]
async fn p_userinfo_rs256_signed_when_registered_so() {
    for world in worlds().await {
        let client = world.client("app", |it| it.userinfo_signed_response_alg = Some("RS256".to_owned())).await;
        let tokens = world.tokens(&client, "openid profile").await;
        let Userinfo::Jwt(jwt) = world.oidc.userinfo(&tokens.access_token).await.unwrap() else {
            panic!("not signed");
        };
        let claims = claims_in(&jwt);
        assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(ISSUER), Some("app")), "{}", world.name);
        assert!(claims.contains_key("name") && !claims.contains_key("nonce"));
        // It is no ID token.
        assert_eq!(code_of(world.oidc.read_id_token_hint(&jwt).await), Some(Code::InvalidRequest));
    }
}
