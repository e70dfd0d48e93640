//! OpenID providers that want more than a secret, have many tenants, or describe themselves wrongly.

use hufu::connectors::Trouble;
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jws::{ES256, HS256, JwsVerifier, RS256};
use serde_json::{Value, json};

use super::signer::{claims, description, keys, provider, public, settings, token};
use super::turns::{NOW, open, sent_to, sign_in, turn, wrong};
use crate::support::upstream::{Reply, Upstream};

const DISCOVERY: &str = "/login.example.org/.well-known/openid-configuration";
const TEMPLATE: &str = "https://login.example.org/{tenantid}/v2.0";
const TENANT: &str = "11111111-2222-3333-4444-55555555aaaa";

fn set(changes: &Value) -> Value {
    let mut settings = settings();
    for (key, value) in changes.as_object().unwrap() {
        settings[key] = value.clone();
    }
    settings
}

fn right() -> String {
    token(&claims("https://login.example.org", "me"))
}

/// Signs in and gives the statement that went in the secret's place.
async fn statement(settings: &Value, verifier: &dyn JwsVerifier) -> (Value, Value) {
    let upstream = provider(&right()).await;
    sign_in(&*open("oidc", settings), &turn(&upstream)).await.unwrap();
    let sent = &upstream.seen("/login.example.org/token")[0];
    assert_eq!((sent.field("client_secret"), sent.header("authorization")), (None, ""), "the secret stays here");
    assert_eq!(sent.field("client_id").as_deref(), Some("me"));
    let kind = sent.field("client_assertion_type");
    assert_eq!(kind.as_deref(), Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
    let text = sent.field("client_assertion").unwrap();
    let (payload, header) = josekit::jws::deserialize_compact(&text, verifier).expect("a right signature");
    (serde_json::from_slice(&payload).unwrap(), Value::Object(header.claims_set().clone()))
}

fn check_claims(claims: &Value) {
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("me"), &json!("me")));
    assert_eq!(claims["aud"], "https://login.example.org/token");
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(NOW), &json!(NOW + 60)));
    assert!(claims["jti"].as_str().unwrap().len() > 20);
}

#[tokio::test]
async fn a_statement_signed_with_the_secret_goes_in_its_place() {
    let secret = "a-secret-of-at-least-thirty-two-bytes";
    let settings = set(&json!({ "client_auth": "secret_jwt", "client_secret": secret }));
    let (claims, header) = statement(&settings, &HS256.verifier_from_bytes(secret).unwrap()).await;
    check_claims(&claims);
    assert_eq!(header["alg"], "HS256");
}

#[tokio::test]
async fn a_statement_signed_with_a_private_key_needs_no_secret() {
    let rsa = String::from_utf8(keys()[0].to_pem_private_key()).unwrap();
    let pair = EcKeyPair::generate(EcCurve::P256).unwrap();
    let p256 = String::from_utf8(pair.to_pem_private_key()).unwrap();
    let verifiers: [Box<dyn JwsVerifier>; 2] = [
        Box::new(RS256.verifier_from_jwk(&keys()[0].to_jwk_public_key()).unwrap()),
        Box::new(ES256.verifier_from_jwk(&pair.to_jwk_public_key()).unwrap()),
    ];
    for ((pem, algorithm), verifier) in [(&rsa, "RS256"), (&p256, "ES256")].into_iter().zip(&verifiers) {
        // A field of one line loses the line ends of what is pasted.
        for text in [pem.clone(), pem.replace('\n', ""), pem.replace('\n', " ")] {
            let with = json!({ "client_auth": "private_key_jwt", "client_secret": "", "client_key": text,
                "client_key_id": "k7" });
            let (claims, header) = statement(&set(&with), &**verifier).await;
            check_claims(&claims);
            assert_eq!((&header["alg"], &header["kid"]), (&json!(algorithm), &json!("k7")));
        }
    }
}

#[tokio::test]
async fn keys_that_are_none_and_tenants_nobody_named_are_told_at_once() {
    let pkcs1 = String::from_utf8(keys()[0].to_traditional_pem_private_key()).unwrap();
    for key in ["", "x", "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----", &pkcs1] {
        let with = json!({ "client_auth": "private_key_jwt", "client_key": key });
        assert_eq!(wrong("oidc", &set(&with)), ["client_key"], "{key}");
    }
    for (template, tenants, field) in [
        (TEMPLATE, json!([]), "tenants"),
        (TEMPLATE, json!(["contoso.com"]), "tenants"),
        (TEMPLATE, json!(["*", TENANT]), "tenants"),
        ("https://login.example.org/v2.0", json!([TENANT]), "issuer_template"),
        ("{tenantid}", json!([TENANT]), "issuer_template"),
        ("", json!([TENANT]), "issuer_template"),
    ] {
        let with = json!({ "issuer_template": template, "tenants": tenants });
        assert_eq!(wrong("oidc", &set(&with)), [field], "{template} {tenants}");
    }
}

/// A provider of many tenants, whose token is `claims`.
async fn many(claims: &Value) -> Upstream {
    let upstream = provider(&token(claims)).await;
    let mut described = description();
    described["issuer"] = json!(TEMPLATE);
    upstream.on(DISCOVERY, Reply::json(&described));
    upstream
}

fn of_tenant(tenant: &str) -> Value {
    let mut claims = claims(&TEMPLATE.replace("{tenantid}", tenant), "me");
    claims["tid"] = json!(tenant);
    claims
}

#[tokio::test]
async fn a_tenant_that_was_named_comes_in_and_its_people_are_its_own() {
    let other = "99999999-2222-3333-4444-55555555aaaa";
    let named = set(&json!({ "issuer_template": TEMPLATE, "tenants": [TENANT.to_uppercase()] }));
    let every = set(&json!({ "issuer_template": TEMPLATE, "tenants": ["*"] }));
    let upstream = many(&of_tenant(TENANT)).await;
    let identity = sign_in(&*open("oidc", &named), &turn(&upstream)).await.unwrap();
    assert_eq!(identity.keys[0].value, format!("{TENANT}:248289761001"));
    let upstream = many(&of_tenant(other)).await;
    let identity = sign_in(&*open("oidc", &every), &turn(&upstream)).await.unwrap();
    assert_eq!(identity.keys[0].value, format!("{other}:248289761001"), "the same sub is somebody else's");
    let refused = sign_in(&*open("oidc", &named), &turn(&upstream)).await;
    assert!(matches!(refused, Err(Trouble::BadReply(why)) if why.contains("iss is")));
}

#[tokio::test]
async fn a_token_that_names_one_tenant_and_comes_from_another_is_refused() {
    let every = set(&json!({ "issuer_template": TEMPLATE, "tenants": ["*"] }));
    let mut crossed = of_tenant(TENANT);
    crossed["tid"] = json!("99999999-2222-3333-4444-55555555aaaa");
    let mut untold = of_tenant(TENANT);
    untold.as_object_mut().unwrap().remove("tid");
    let mut gap = of_tenant("{tenantid}");
    gap["tid"] = json!("{tenantid}");
    let plain = claims("https://login.example.org", "me");
    for claims in [crossed, untold, gap, plain] {
        let upstream = many(&claims).await;
        let refused = sign_in(&*open("oidc", &every), &turn(&upstream)).await;
        assert!(matches!(refused, Err(Trouble::BadReply(_))), "{claims}");
    }
    let upstream = many(&of_tenant(TENANT)).await;
    let without = sign_in(&*open("oidc", &settings()), &turn(&upstream)).await;
    assert!(matches!(without, Err(Trouble::Misconfigured(_))), "the gap is an issuer to nobody else");
}

#[tokio::test]
async fn a_key_that_is_one_issuer_s_signs_for_that_one_only() {
    let other = "99999999-2222-3333-4444-55555555aaaa";
    let every = set(&json!({ "issuer_template": TEMPLATE, "tenants": ["*"] }));
    let of = |tenant: &str| json!(TEMPLATE.replace("{tenantid}", tenant));
    for (issuers, comes_in) in [
        (vec![json!(TEMPLATE)], true),
        (vec![of(TENANT)], true),
        (vec![of(other)], false),
        (vec![json!("https://login.example.org")], false),
        (vec![json!(7)], false),
        // Two keys of one name: the one that may is enough, and the other does not become one that may.
        (vec![of(other), json!(TEMPLATE)], true),
        (vec![of(other), of(other)], false),
    ] {
        let upstream = many(&of_tenant(TENANT)).await;
        let keys = issuers.iter().map(|issuer| {
            let mut key = public(0, "k1");
            key["issuer"] = issuer.clone();
            key
        });
        upstream.on("/login.example.org/keys", Reply::json(&json!({ "keys": keys.collect::<Vec<_>>() })));
        let signed_in = sign_in(&*open("oidc", &every), &turn(&upstream)).await;
        match signed_in {
            Ok(_) => assert!(comes_in, "{issuers:?}"),
            Err(Trouble::BadReply(why)) => assert!(!comes_in && why.contains("key"), "{issuers:?} {why}"),
            Err(other) => panic!("{issuers:?} {other}"),
        }
    }
}

#[tokio::test]
async fn a_key_of_another_issuer_signs_nothing_for_a_provider_of_one_either() {
    for (issuer, comes_in) in [("https://login.example.org", true), ("https://elsewhere.example", false)] {
        let upstream = provider(&right()).await;
        let mut key = public(0, "k1");
        key["issuer"] = json!(issuer);
        upstream.on("/login.example.org/keys", Reply::json(&json!({ "keys": [key] })));
        assert_eq!(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.is_ok(), comes_in, "{issuer}");
    }
}

#[tokio::test]
async fn addresses_that_were_typed_beat_the_description_and_can_stand_alone() {
    let upstream = provider(&right()).await;
    upstream.on("/login.example.org/other/keys", Reply::json(&json!({ "keys": [public(0, "k1")] })));
    let some = set(&json!({ "authorization_endpoint": "https://login.example.org/other/authorize",
        "jwks_uri": "https://login.example.org/other/keys" }));
    let connector = open("oidc", &some);
    assert_eq!(sent_to(&*connector, &turn(&upstream)).await.0, "https://login.example.org/other/authorize");
    sign_in(&*connector, &turn(&upstream)).await.unwrap();
    assert!(upstream.seen("/login.example.org/keys").is_empty(), "the described keys are not read");
    assert_eq!(upstream.seen(DISCOVERY).len(), 1);

    let alone = provider(&right()).await;
    alone.on(DISCOVERY, Reply::json(&json!({ "error": "not found" })));
    let all = set(&json!({ "authorization_endpoint": "https://login.example.org/authorize",
        "token_endpoint": "https://login.example.org/token", "jwks_uri": "https://login.example.org/keys" }));
    let identity = sign_in(&*open("oidc", &all), &turn(&alone)).await.unwrap();
    assert_eq!(identity.keys[0].value, "248289761001");
    assert!(alone.seen(DISCOVERY).is_empty(), "nothing is described, so nothing is asked");
}
