//! GitHub: no OpenID, errors in a 200, and a name that others can take (security.md row 175).

use hufu::connectors::Trouble;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::turns::{CALLBACK, NOW, callback, open, sent_to, sign_in, turn, wrong};
use crate::support::upstream::{Reply, Upstream};

const TOKEN: &str = "/github.com/login/oauth/access_token";
const USER: &str = "/api.github.com/user";
const EMAILS: &str = "/api.github.com/user/emails";
const ORGS: &str = "/api.github.com/user/memberships/orgs";

async fn github() -> Upstream {
    let upstream = Upstream::start().await;
    granted(&upstream, "read:user,user:email,read:org");
    upstream.on(USER, Reply::json(&user(583_231, "octocat")));
    let emails = json!([
        { "email": "583231+octocat@users.noreply.github.com", "verified": true, "primary": false },
        { "email": "octo@example.com", "verified": true, "primary": true, "visibility": "private" },
    ]);
    upstream.on(EMAILS, Reply::json(&emails));
    upstream
}

fn granted(upstream: &Upstream, scope: &str) {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("access_token", "gho_x")
        .append_pair("scope", scope)
        .append_pair("token_type", "bearer")
        .finish();
    upstream.on(TOKEN, Reply::text(&form).with("content-type", "application/x-www-form-urlencoded"));
}

fn user(id: i64, login: &str) -> Value {
    json!({ "login": login, "id": id, "type": "User", "name": null, "email": "public@example.com",
        "avatar_url": "https://avatars.githubusercontent.com/u/583231?v=4" })
}

fn settings(organisations: &[&str]) -> Value {
    json!({ "client_id": "practice-github", "client_secret": "practice-secret", "organisations": organisations })
}

#[tokio::test]
async fn the_browser_leaves_with_s256_and_only_reading_scopes() {
    let upstream = github().await;
    let mut turn = turn(&upstream);
    turn.prompt_login = true;
    turn.hint = Some("octocat".to_owned());
    let (address, sent) = sent_to(&*open("github", &settings(&["acme"])), &turn).await;
    assert_eq!(address, "https://github.com/login/oauth/authorize");
    assert_eq!(sent["scope"], "read:user user:email read:org");
    assert_eq!((sent["code_challenge_method"].as_str(), sent["code_challenge"].len()), ("S256", 43));
    assert_eq!((sent["redirect_uri"].as_str(), sent["state"].as_str()), (CALLBACK, turn.state.as_str()));
    assert_eq!((sent["login"].as_str(), sent["prompt"].as_str()), ("octocat", "select_account"));
}

#[tokio::test]
async fn the_person_is_the_number_and_every_call_is_dressed_properly() {
    let upstream = github().await;
    let identity = sign_in(&*open("github", &settings(&[])), &turn(&upstream)).await.unwrap();
    assert_eq!((identity.keys[0].space.as_str(), identity.keys[0].value.as_str()), ("github.com", "583231"));
    assert_eq!(identity.email, Some(("octo@example.com".to_owned(), true)));
    assert_eq!((identity.name, identity.username.as_deref()), (None, Some("octocat")));
    assert!(identity.avatar.unwrap().starts_with("https://avatars."));
    let token = &upstream.seen(TOKEN)[0];
    assert_eq!(token.header("accept"), "application/json");
    assert_eq!(token.field("code_verifier").as_deref(), Some(turn(&upstream).code_verifier.expose()));
    assert_eq!(token.field("client_secret").as_deref(), Some("practice-secret"));
    for seen in [&upstream.seen(USER)[0], &upstream.seen(EMAILS)[0]] {
        assert_eq!(seen.header("accept"), "application/vnd.github+json");
        assert_eq!(seen.header("x-github-api-version"), "2022-11-28");
        assert_eq!(seen.header("authorization"), "Bearer gho_x");
        assert!(seen.header("user-agent").starts_with("Hufu/"));
    }
}

#[tokio::test]
async fn s175_a_login_taken_over_by_another_number_is_another_person() {
    let upstream = github().await;
    let connector = open("github", &settings(&[]));
    let first = sign_in(&*connector, &turn(&upstream)).await.unwrap();
    upstream.on(USER, Reply::json(&user(99_000_001, "octocat")));
    let second = sign_in(&*connector, &turn(&upstream)).await.unwrap();
    assert_eq!(first.username, second.username);
    assert_ne!(first.keys, second.keys);
    upstream.on(USER, Reply::json(&user(583_231, "renamed")));
    assert_eq!(sign_in(&*connector, &turn(&upstream)).await.unwrap().keys, first.keys);
}

#[tokio::test]
async fn s175_only_a_primary_verified_address_is_taken_and_noreply_proves_nothing() {
    let entry = |email: &str, primary: bool, verified: Value| json!({ "email": email, "primary": primary, "verified": verified });
    for (list, expected) in [
        (json!([entry("a@example.com", true, json!(false))]), None),
        (json!([entry("a@example.com", true, json!("true"))]), None),
        (json!([entry("a@example.com", false, json!(true))]), None),
        (json!([]), None),
        (json!([entry("a@users.noreply.github.com", true, json!(true))]), Some(("a@users.noreply.github.com", false))),
        (json!([entry("A@Example.com", true, json!(true))]), Some(("A@Example.com", true))),
    ] {
        let upstream = github().await;
        upstream.on(EMAILS, Reply::json(&list));
        let identity = sign_in(&*open("github", &settings(&[])), &turn(&upstream)).await.unwrap();
        assert_eq!(identity.email, expected.map(|(address, proven)| (address.to_owned(), proven)), "{list}");
    }
}

#[tokio::test]
async fn an_address_beyond_the_first_page_is_found() {
    let upstream = github().await;
    let next = "<https://evil.example/steal?page=2>; rel=\"next\", <https://x>; rel=\"last\"";
    upstream.on(&format!("{EMAILS}?per_page=100&page=1"), Reply::text("[]").with("link", next));
    let last = json!([{ "email": "last@example.com", "primary": true, "verified": true }]);
    upstream.on(&format!("{EMAILS}?per_page=100&page=2"), Reply::json(&last));
    let identity = sign_in(&*open("github", &settings(&[])), &turn(&upstream)).await.unwrap();
    assert_eq!(identity.email.unwrap().0, "last@example.com");
    assert!(upstream.all().iter().all(|seen| !seen.path.contains("evil")), "the token goes nowhere an answer says");
    upstream.on(EMAILS, Reply::text("[]").with("link", next));
    upstream.on(&format!("{EMAILS}?per_page=100&page=2"), Reply::text("[]").with("link", next));
    sign_in(&*open("github", &settings(&[])), &turn(&upstream)).await.unwrap();
    assert!(upstream.seen(EMAILS).len() < 20, "an endless list ends");
}

#[tokio::test]
async fn a_person_who_keeps_the_address_to_themselves_signs_in_without() {
    let upstream = github().await;
    granted(&upstream, "read:user");
    let identity = sign_in(&*open("github", &settings(&[])), &turn(&upstream)).await.unwrap();
    assert_eq!((identity.email, upstream.seen(EMAILS).len()), (None, 0));
    granted(&upstream, "read:user,user:email");
    upstream.on(EMAILS, Reply::json(&json!({ "message": "Not Found" })).status(404));
    assert_eq!(sign_in(&*open("github", &settings(&[])), &turn(&upstream)).await.unwrap().email, None);
}

fn membership(state: &str, login: &str, id: i64) -> Value {
    json!({ "state": state, "role": "member", "organization": { "login": login, "id": id } })
}

#[tokio::test]
async fn only_active_members_of_the_listed_organisations_come_in() {
    for (list, rule, passes) in [
        (json!([membership("active", "Acme", 7)]), "acme", true),
        (json!([membership("active", "renamed", 7)]), "7", true),
        // By an id nobody can be asked for: missing from the list, it may only be hidden.
        (json!([membership("active", "acme", 8)]), "7", false),
        (json!([membership("active", "7", 8)]), "7", false),
        (json!([membership("pending", "acme", 7)]), "acme", false),
        (json!([membership("active", "other", 9)]), "acme", false),
        (json!([]), "acme", false),
    ] {
        let upstream = github().await;
        upstream.on(ORGS, Reply::json(&list));
        match sign_in(&*open("github", &settings(&[rule])), &turn(&upstream)).await {
            Ok(identity) => assert!(passes && identity.orgs.len() == 1, "{list} {rule}"),
            Err(Trouble::NotAllowed(_)) => assert!(!passes && rule == "7", "{list} {rule}"),
            Err(Trouble::NotMember(outsider)) => {
                assert!(!passes && rule == "acme", "{list} {rule}");
                assert_eq!(outsider.keys[0].value, "583231", "{list} {rule}");
            }
            Err(other) => panic!("{list} {rule}: {other}"),
        }
    }
}

#[tokio::test]
async fn membership_that_cannot_be_seen_is_refused_with_the_reason() {
    let upstream = github().await;
    let refusal = async || match sign_in(&*open("github", &settings(&["acme"])), &turn(&upstream)).await {
        Err(Trouble::NotAllowed(text)) => text,
        other => panic!("{other:?}"),
    };
    upstream.on(ORGS, Reply::text("[]").with("x-github-sso", "partial-results; organizations=7"));
    assert!(refusal().await.contains("single sign-on"));
    upstream.on(ORGS, Reply::text("[]"));
    let blocked = json!({ "message": "Although you appear to have the correct authorization credentials" });
    upstream.on(&format!("{ORGS}/acme"), Reply::json(&blocked).status(403));
    assert!(refusal().await.contains("acme must approve"));
    granted(&upstream, "read:user,user:email");
    assert!(refusal().await.contains("read:org"));
}

#[tokio::test]
async fn github_says_no_inside_a_200_and_otherwise() {
    let upstream = github().await;
    let connector = open("github", &settings(&[]));
    let error = |word: &str| Reply::json(&json!({ "error": word, "error_description": "d" }));
    upstream.on(TOKEN, error("bad_verification_code"));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::BadReply(_))));
    for word in ["incorrect_client_credentials", "redirect_uri_mismatch", "application_suspended"] {
        upstream.on(TOKEN, error(word));
        assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::Misconfigured(_))), "{word}");
    }
    upstream.on(TOKEN, error("unverified_user_email"));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::NotAllowed(_))));
    upstream.on(TOKEN, Reply::json(&json!({ "error": "Not Found" })).status(404));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::Misconfigured(_))));
    assert!(upstream.seen(USER).is_empty());
}

#[tokio::test]
async fn failures_of_the_interface_have_their_meaning() {
    let upstream = github().await;
    let connector = open("github", &settings(&[]));
    let limit = Reply::json(&json!({})).status(403).with("x-ratelimit-remaining", "0");
    upstream.on(USER, limit.with("x-ratelimit-reset", &(NOW + 90).to_string()));
    let until = match sign_in(&*connector, &turn(&upstream)).await {
        Err(Trouble::TryLater { until }) => until,
        other => panic!("{other:?}"),
    };
    assert_eq!(until, Some(NOW + 90));
    upstream.on(USER, Reply::new(429, "").with("retry-after", "30"));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::TryLater { until: Some(_) })));
    upstream.on(USER, Reply::json(&json!({ "message": "Bad credentials" })).status(401));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::BadReply(_))));
    upstream.on(USER, Reply::new(410, ""));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::Misconfigured(_))));
    for id in [json!(null), json!("583231"), json!(0), json!(-1), json!(5.0), json!(true), json!({})] {
        upstream.on(USER, Reply::json(&json!({ "id": id, "login": "x" })));
        assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::BadReply(_))), "{id}");
    }
}

#[tokio::test]
async fn a_callback_that_says_no_or_contradicts_itself_sends_nothing() {
    let upstream = github().await;
    let connector = open("github", &settings(&[]));
    let long = "x".repeat(5000);
    for (pairs, cancelled) in [
        (vec![("error", "access_denied")], true),
        (vec![("code", "c"), ("error", "access_denied")], false),
        (vec![], false),
        (vec![("code", "")], false),
        (vec![("code", long.as_str())], false),
        (vec![("error", "redirect_uri_mismatch"), ("error_description", "<b>x</b>")], false),
    ] {
        let trouble = connector.answer(&turn(&upstream), callback(&pairs)).await.unwrap_err();
        assert_eq!(matches!(trouble, Trouble::Cancelled), cancelled, "{pairs:?}");
    }
    assert!(upstream.all().is_empty());
}

#[tokio::test]
async fn an_enterprise_server_has_its_own_addresses_keys_and_trust() {
    let upstream = Upstream::start().await;
    let answer = json!({ "access_token": "gho_x", "scope": "user:email" });
    upstream.on("/git.example.com/login/oauth/access_token", Reply::json(&answer));
    upstream.on("/git.example.com/api/v3/user", Reply::json(&user(5, "a")));
    let emails = json!([{ "email": "a@example.com", "primary": true, "verified": false }]);
    upstream.on("/git.example.com/api/v3/user/emails", Reply::json(&emails));
    for (trusted, expected) in [(false, None), (true, Some(("a@example.com".to_owned(), true)))] {
        let mut settings = settings(&[]);
        settings["base_url"] = json!("https://git.example.com/");
        settings["trust_ghes_email"] = json!(trusted);
        let identity = sign_in(&*open("github", &settings), &turn(&upstream)).await.unwrap();
        assert_eq!((identity.keys[0].space.as_str(), identity.email), ("conn:01conn", expected));
    }
    let mut settings = settings(&["a b"]);
    settings["base_url"] = json!("https://git.example.com/api");
    assert_eq!(wrong("github", &settings), ["base_url", "organisations"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn numbers_above_2_to_the_53_stay_exact(id in (1_i64 << 53)..i64::MAX) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let upstream = github().await;
            upstream.on(USER, Reply::json(&user(id, "big")));
            let identity = sign_in(&*open("github", &settings(&[])), &turn(&upstream)).await.unwrap();
            assert_eq!(identity.keys[0].value, id.to_string());
        });
    }
}
