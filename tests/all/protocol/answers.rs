//! What comes back: codes, tokens, claims, userinfo.

use std::collections::BTreeSet;

use super::{MODES, application, ask, claims, person, tokens, userinfo};
use crate::support::server::servers;

#[tokio::test]
async fn p_server_p_ensure_request_with_valid_pkce_succeeds_p_alternate_happy_flow() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        for mode in MODES {
            let back = ask(&browser, &application, mode, &[("scope", "email profile openid")]).await;
            assert_eq!(back.state.as_deref(), Some("the-state"), "{store} {mode}");
            assert_eq!(back.iss.as_deref(), Some(server.issuer.as_str()), "{store} {mode}");
            let code = back.code.clone().unwrap();
            let letters: BTreeSet<char> = code.chars().collect();
            assert!(code.len() >= 43 && letters.len() > 16, "{store}: a code that can't be guessed");
            let tokens = tokens(&browser, &application, &back).await;
            let claims = claims(&tokens);
            let sub = claims["sub"].as_str().unwrap();
            assert!(!sub.is_empty() && sub.len() <= 255 && sub.is_ascii());
            assert_eq!(claims["iss"], server.issuer.as_str());
            assert_eq!(claims["aud"], application.id.as_str());
            assert_eq!(claims["nonce"], "the-nonce");
            let unrequested = ["name", "email", "phone_number", "address"];
            assert!(unrequested.iter().all(|name| !claims.contains_key(*name)), "{store}: {claims:?}");
        }
    }
}

#[tokio::test]
async fn p_userinfo_get_p_userinfo_post_header_p_userinfo_post_body() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        let back = ask(&browser, &application, "query", &[]).await;
        let tokens = tokens(&browser, &application, &back).await;
        let token = tokens["access_token"].as_str().unwrap();
        let bearer = format!("Bearer {token}");
        let by_get = browser.get_with("/userinfo", &[("authorization", &bearer)]).await;
        let by_post = browser.post_with("/userinfo", &[("authorization", &bearer)], &[]).await;
        let by_body = browser.post_form("/userinfo", &[("access_token", token)]).await;
        for answer in [by_get, by_post, by_body] {
            assert_eq!((answer.status.as_u16(), &answer.json()["sub"]), (200, &claims(&tokens)["sub"]), "{store}");
        }
    }
}

#[tokio::test]
async fn p_scope_profile_p_scope_email_p_scope_address_p_scope_phone_p_scope_all() {
    let profile = [
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
        "updated_at",
        "preferred_username",
    ];
    let email = ["email", "email_verified"];
    let phone = ["phone_number", "phone_number_verified"];
    let everything: Vec<&str> = [&profile[..], &email, &phone, &["address"]].concat();
    let cases: [(&str, &[&str]); 5] = [
        ("openid profile", &profile),
        ("openid email", &email),
        ("openid address", &["address"]),
        ("openid phone", &phone),
        ("openid profile email address phone", &everything),
    ];
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        for (scope, wanted) in cases {
            let back = ask(&browser, &application, "query", &[("scope", scope)]).await;
            let tokens = tokens(&browser, &application, &back).await;
            let said = userinfo(&browser, &tokens).await;
            for name in wanted {
                assert!(
                    said.get(*name).is_some_and(|value| !value.is_null() && value != ""),
                    "{store} {scope}: {name} in {said}"
                );
            }
            let members: BTreeSet<&str> = said.as_object().unwrap().keys().map(String::as_str).collect();
            let expected: BTreeSet<&str> = wanted.iter().copied().chain(["sub"]).collect();
            assert_eq!(members, expected, "{store} {scope}");
        }
    }
}

#[tokio::test]
async fn p_claims_essential_name_comes_by_userinfo_and_not_in_the_id_token() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        let wanted = r#"{"userinfo":{"name":{"essential":true}}}"#;
        let back = ask(&browser, &application, "query", &[("claims", wanted)]).await;
        let tokens = tokens(&browser, &application, &back).await;
        assert!(!claims(&tokens).contains_key("name"), "{store}");
        assert_eq!(userinfo(&browser, &tokens).await["name"], "The person ying", "{store}");
    }
}

#[tokio::test]
async fn p_codereuse_p_codereuse_30seconds_is_refused_and_kills_what_was_issued() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        for wait in [0, 30] {
            let back = ask(&browser, &application, "query", &[]).await;
            let tokens = tokens(&browser, &application, &back).await;
            server.clock.advance(wait);
            let again = browser.redeem(&application, &back.code.unwrap()).await;
            assert_eq!((again.status.as_u16(), again.error().as_str()), (400, "invalid_grant"), "{store} {wait}");
            let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
            let dead = browser.get_with("/userinfo", &[("authorization", &bearer)]).await;
            assert_eq!(dead.status, 401, "{store} {wait}: the first access token");
        }
    }
}

#[tokio::test]
async fn p_refresh_token_offline_access_with_consent_refreshes_with_the_same_person_and_time() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let other = super::application(&server).await;
        let browser = server.signed_in(&person).await;
        let back = ask(&browser, &application, "query", &[("scope", "openid offline_access")]).await;
        let first = tokens(&browser, &application, &back).await;
        server.clock.advance(5);
        let refresh = first["refresh_token"].as_str().expect("a refresh token");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let foreign = browser.token(&other, &fields).await;
        assert_eq!((foreign.status.as_u16(), foreign.error().as_str()), (400, "invalid_grant"), "{store}");
        let second = browser.token(&application, &fields).await;
        assert_eq!((second.status.as_u16(), second.header("cache-control")), (200, "no-store"), "{store}");
        let (before, after) = (claims(&first), claims(&second.json()));
        for same in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(before[same], after[same], "{store}: {same}");
        }
        assert!(after["iat"].as_i64() > before["iat"].as_i64(), "{store}");
        assert_ne!(second.json()["access_token"], first["access_token"], "{store}");
    }
}
