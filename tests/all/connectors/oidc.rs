//! A plain OpenID provider: what is sent, what is believed, and what is survived.

use hufu::base::secret::digest;
use hufu::connectors::{Step, Trouble};
use serde_json::{Value, json};

use super::signer::{claims, description, provider, settings, token};
use super::turns::{CALLBACK, NOW, callback, open, reason, sent_to, sign_in, turn, wrong};
use crate::support::upstream::{Reply, Upstream};

const ISSUER: &str = "https://login.example.org";
const DISCOVERY: &str = "/login.example.org/.well-known/openid-configuration";

fn set(changes: &Value) -> Value {
    let mut settings = settings();
    for (key, value) in changes.as_object().unwrap() {
        settings[key] = value.clone();
    }
    settings
}

fn right() -> String {
    token(&claims(ISSUER, "me"))
}

#[tokio::test]
async fn the_browser_leaves_with_state_nonce_and_challenge() {
    let upstream = provider(&right()).await;
    let mut turn = turn(&upstream);
    turn.hint = Some("lilei@example.com".to_owned());
    turn.prompt_login = true;
    turn.max_age = Some(300);
    let extra = json!({ "authorize_parameters": "acr_values=2\nlogin_hint=fixed", "response_mode": "form_post",
        "scopes": "email", "max_auth_age": "60" });
    let (address, sent) = sent_to(&*open("oidc", &set(&extra)), &turn).await;
    assert_eq!(address, "https://login.example.org/authorize");
    let expected = [
        ("client_id", "me"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", &turn.state),
        ("nonce", &turn.nonce),
        ("code_challenge", &digest(turn.code_verifier.expose())),
        ("code_challenge_method", "S256"),
        ("response_mode", "form_post"),
        ("prompt", "login"),
        ("max_age", "60"),
        ("acr_values", "2"),
        ("login_hint", "fixed"),
    ];
    for (name, value) in expected {
        assert_eq!(sent.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[tokio::test]
async fn the_code_is_exchanged_and_the_person_known() {
    let upstream = provider(&right()).await;
    let identity = sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.unwrap();
    assert_eq!((identity.keys[0].space.as_str(), identity.keys[0].value.as_str()), ("conn:01conn", "248289761001"));
    assert_eq!(identity.email, Some(("lilei@example.com".to_owned(), true)));
    assert_eq!(identity.name.as_deref(), Some("Li Lei"));
    let sent = &upstream.seen("/login.example.org/token")[0];
    assert_eq!(sent.field("code").as_deref(), Some("4/0Ab_code"), "a slash in a code arrives");
    assert_eq!(sent.field("redirect_uri").as_deref(), Some(CALLBACK));
    assert_eq!(sent.field("code_verifier").as_deref(), Some(turn(&upstream).code_verifier.expose()));
    assert!(sent.header("authorization").starts_with("Basic "), "basic is the default when nothing is announced");
    assert!(upstream.seen("/login.example.org/userinfo").is_empty(), "nothing is missing");
}

#[tokio::test]
async fn the_secret_goes_where_the_provider_wants_it() {
    let upstream = provider(&right()).await;
    let mut described = description();
    described["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    described["code_challenge_methods_supported"] = json!(["plain"]);
    upstream.on(DISCOVERY, Reply::json(&described));
    sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.unwrap();
    let sent = &upstream.seen("/login.example.org/token")[0];
    assert_eq!((sent.field("client_secret").as_deref(), sent.header("authorization")), (Some("s"), ""));
    assert_eq!(sent.field("code_verifier"), None, "no S256 over there");
    sign_in(&*open("oidc", &set(&json!({ "client_auth": "none", "pkce": "always" }))), &turn(&upstream)).await.unwrap();
    let sent = &upstream.seen("/login.example.org/token")[1];
    assert_eq!((sent.field("client_secret"), sent.header("authorization")), (None, ""));
    assert_eq!(sent.field("client_id").as_deref(), Some("me"));
}

#[tokio::test]
async fn s174_userinfo_about_somebody_else_is_refused() {
    let upstream = provider(&right()).await;
    let connector = open("oidc", &set(&json!({ "userinfo": "required" })));
    for (about, why) in [(json!({ "sub": "other" }), "not the id_token's"), (json!({ "email": "a@b.cn" }), "no sub")] {
        upstream.on("/login.example.org/userinfo", Reply::json(&about));
        assert!(reason(sign_in(&*connector, &turn(&upstream)).await).contains(why));
    }
}

#[tokio::test]
async fn userinfo_adds_and_never_replaces_nor_proves_another_address() {
    let mut signed = claims(ISSUER, "me");
    signed["email_verified"] = json!(false);
    let upstream = provider(&token(&signed)).await;
    let connector = open("oidc", &set(&json!({ "userinfo": "required" })));
    let more = json!({ "sub": "248289761001", "name": "Mallory", "email": "ceo@example.com", "email_verified": true,
        "auth_time": NOW, "picture": "https://example.com/a.png", "groups": ["a", { "name": "b" }, 7] });
    upstream.on("/login.example.org/userinfo", Reply::json(&more));
    let identity = sign_in(&*connector, &turn(&upstream)).await.unwrap();
    assert_eq!(identity.name.as_deref(), Some("Li Lei"));
    assert_eq!(identity.email, Some(("lilei@example.com".to_owned(), false)));
    assert_eq!(identity.avatar.as_deref(), Some("https://example.com/a.png"));
    assert_eq!(identity.groups, ["a", "b", "7"]);
    assert_eq!(identity.auth_time, None, "only the signed token says when");
}

#[tokio::test]
async fn the_flag_of_an_address_is_read_strictly_and_trust_is_the_administrators() {
    for (flag, trust, proven) in [
        (json!(true), "claim", true),
        (json!("true"), "claim", true),
        (json!("false"), "claim", false),
        (json!("yes"), "claim", false),
        (json!({}), "claim", false),
        (Value::Null, "claim", false),
        (json!(false), "always", true),
        (json!(true), "never", false),
    ] {
        let mut signed = claims(ISSUER, "me");
        signed["email_verified"] = flag.clone();
        let upstream = provider(&token(&signed)).await;
        let connector = open("oidc", &set(&json!({ "email_trust": trust })));
        let identity = sign_in(&*connector, &turn(&upstream)).await.unwrap();
        assert_eq!(identity.email.unwrap().1, proven, "{flag} {trust}");
    }
}

#[tokio::test]
async fn claims_are_mapped_by_paths_and_auth_time_is_passed_on() {
    let mut signed = claims(ISSUER, "me");
    signed["realm_access"] = json!({ "roles": ["admin"] });
    signed["https://example.com/login"] = json!("lilei");
    signed["auth_time"] = json!(NOW - 30);
    signed["amr"] = json!(["pwd", "otp"]);
    let map = "groups=realm_access.roles\nusername=https://example.com/login\nname=/realm_access/roles/0";
    let upstream = provider(&token(&signed)).await;
    let identity = sign_in(&*open("oidc", &set(&json!({ "claim_map": map }))), &turn(&upstream)).await.unwrap();
    assert_eq!(identity.groups, ["admin"]);
    assert_eq!((identity.username.as_deref(), identity.name.as_deref()), (Some("lilei"), Some("admin")));
    assert_eq!((identity.auth_time, identity.amr), (Some(NOW - 30), vec!["pwd".to_owned(), "otp".to_owned()]));
}

#[tokio::test]
async fn an_old_sign_in_over_there_is_refused_when_a_limit_is_set() {
    let connector = || open("oidc", &set(&json!({ "max_auth_age": "60" })));
    for (time, passes) in [(json!(NOW - 100), true), (json!(NOW - 121), false), (Value::Null, false)] {
        let mut signed = claims(ISSUER, "me");
        signed["auth_time"] = time.clone();
        let upstream = provider(&token(&signed)).await;
        assert_eq!(sign_in(&*connector(), &turn(&upstream)).await.is_ok(), passes, "{time}");
    }
}

#[tokio::test]
async fn a_callback_of_another_provider_sends_no_code_anywhere() {
    let upstream = provider(&right()).await;
    let connector = open("oidc", &settings());
    let other = callback(&[("code", "c"), ("iss", "https://evil.example")]);
    assert!(matches!(connector.answer(&turn(&upstream), other).await, Err(Trouble::BadReply(_))));
    let mut described = description();
    described["authorization_response_iss_parameter_supported"] = json!(true);
    upstream.on(DISCOVERY, Reply::json(&described));
    let connector = open("oidc", &settings());
    assert!(connector.answer(&turn(&upstream), callback(&[("code", "c")])).await.is_err());
    assert!(upstream.seen("/login.example.org/token").is_empty());
    let ours = callback(&[("code", "c"), ("iss", ISSUER)]);
    assert!(matches!(connector.answer(&turn(&upstream), ours).await, Ok(Step::Known(_))));
}

#[tokio::test]
async fn discovery_that_is_down_or_another_providers_is_told_at_the_first_use() {
    let upstream = Upstream::start().await;
    let connector = open("oidc", &settings());
    let begin = async || connector.begin(&turn(&upstream)).await;
    assert!(matches!(begin().await, Err(Trouble::Misconfigured(_))), "404");
    upstream.on(DISCOVERY, Reply::new(500, "<html>"));
    assert!(matches!(begin().await, Err(Trouble::Unreachable(_))));
    upstream.on(DISCOVERY, Reply::text("<html>"));
    assert!(matches!(begin().await, Err(Trouble::BadReply(_))));
    upstream.on(DISCOVERY, Reply::text("").hanging());
    assert!(matches!(begin().await, Err(Trouble::Unreachable(_))));
    let mut described = description();
    described["issuer"] = json!("https://login.example.org/");
    upstream.on(DISCOVERY, Reply::json(&described));
    assert!(matches!(begin().await, Err(Trouble::Misconfigured(_))), "a slash makes another issuer");
    described["issuer"] = json!(ISSUER);
    described["authorization_endpoint"] = json!("javascript:alert(1)");
    upstream.on(DISCOVERY, Reply::json(&described));
    assert!(begin().await.is_err());
    upstream.on(DISCOVERY, Reply::json(&description()).with("content-type", "text/plain"));
    assert!(begin().await.is_ok(), "it recovers by itself");
}

#[tokio::test]
async fn every_wrong_setting_is_named_at_once() {
    let all = json!({ "issuer": "ftp://x", "client_secret": 5, "pkce": "sometimes", "scopes": [], "what": "x",
        "authorize_parameters": "state=1", "claim_map": "sub=x", "algorithms": ["HS256"], "max_auth_age": "soon" });
    let mut fields = wrong("oidc", &all);
    fields.sort();
    fields.dedup();
    let expected = [
        "algorithms",
        "authorize_parameters",
        "claim_map",
        "client_id",
        "client_secret",
        "issuer",
        "max_auth_age",
        "pkce",
        "scopes",
        "what",
    ];
    assert_eq!(fields, expected);
    assert_eq!(wrong("oidc", &set(&json!({ "client_auth": "none", "pkce": "never" }))), ["pkce"]);
    assert_eq!(wrong("oidc", &set(&json!({ "require_nonce": false, "pkce": "never" }))), ["require_nonce"]);
    assert_eq!(wrong("oidc", &set(&json!({ "client_secret": "" }))), ["client_secret"]);
}
