//! Client assertions, good and broken (security.md §2.6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use hufu::base::secret::Secret;
use hufu::oidc::Oidc;
use hufu::oidc::error::Code;
use hufu::oidc::jose::{Algorithm, NewKey, SigningKey, make};
use hufu::store::clients::AuthMethod;
use serde_json::{Map, Value, json};

use super::redeeming::{code_of, params};
use super::world::{HERE, ISSUER, World, worlds};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ID: &str = "service";

/// A registered client with an ES256 key of its own.
struct Signer {
    key: NewKey,
    signing: SigningKey,
}

impl Signer {
    fn new(algorithm: Algorithm, kid: &str) -> Self {
        let key = make(algorithm, kid).unwrap();
        let signing = SigningKey::open(kid, algorithm, &Secret::new(key.private.expose())).unwrap();
        Self { key, signing }
    }

    fn public(&self) -> Value {
        serde_json::from_str(&self.key.public).unwrap()
    }

    async fn register(&self, world: &World) {
        let jwks = json!({"keys": [self.public()]});
        world
            .confidential(ID, |metadata| {
                metadata.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                metadata.jwks = Some(jwks);
            })
            .await;
    }

    fn sign(&self, claims: &Value) -> String {
        self.signing.sign("JWT", claims.to_string().as_bytes()).unwrap()
    }
}

fn good(world: &World) -> Value {
    let now = world.clock.now();
    json!({"iss": ID, "sub": ID, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": world.random.token()})
}

fn changed(world: &World, change: impl FnOnce(&mut Map<String, Value>)) -> Value {
    let mut claims = good(world);
    change(claims.as_object_mut().unwrap());
    claims
}

async fn ask_at(oidc: &Oidc, assertion: &str, more: &[(&str, &str)]) -> Option<Code> {
    let mut pairs = vec![("grant_type", "client_credentials"), ("client_assertion", assertion)];
    pairs.extend(more);
    if !more.iter().any(|(name, _)| *name == "client_assertion_type") {
        pairs.push(("client_assertion_type", TYPE));
    }
    code_of(oidc.token(&params(&pairs), None, HERE).await)
}

async fn ask(world: &World, assertion: &str) -> Option<Code> {
    ask_at(&world.oidc, assertion, &[]).await
}

#[tokio::test]
async fn p_ensure_client_assertion_with_iss_aud_succeeds_and_the_token_endpoint_too() {
    for world in worlds().await {
        let signer = Signer::new(Algorithm::Es256, "k1");
        signer.register(&world).await;
        for aud in [ISSUER.to_owned(), format!("{ISSUER}/token")] {
            let claims = changed(&world, |claims| {
                claims.insert("aud".to_owned(), json!(aud));
            });
            assert_eq!(ask(&world, &signer.sign(&claims)).await, None, "{} {aud}", world.name);
        }
        assert_eq!(ask_at(&world.oidc, &signer.sign(&good(&world)), &[("client_id", ID)]).await, None);
    }
}

#[tokio::test]
async fn every_algorithm_of_the_list_proves_a_client() {
    for world in worlds().await {
        for algorithm in Algorithm::ALL {
            let signer = Signer::new(algorithm, "k1");
            let id = algorithm.as_str();
            let jwks = json!({"keys": [signer.public()]});
            let register = world.confidential(id, |metadata| {
                metadata.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                metadata.jwks = Some(jwks);
            });
            register.await;
            let claims = changed(&world, |claims| {
                claims.insert("iss".to_owned(), json!(id));
                claims.insert("sub".to_owned(), json!(id));
            });
            assert_eq!(ask(&world, &signer.sign(&claims)).await, None, "{} {id}", world.name);
        }
    }
}

#[tokio::test]
async fn s113_s117_broken_claims_are_refused() {
    for world in worlds().await {
        let signer = Signer::new(Algorithm::Es256, "k1");
        signer.register(&world).await;
        let now = world.clock.now();
        let broken: Vec<(&str, Option<Value>)> = vec![
            ("exp", None),
            ("exp", Some(json!(now))),
            ("exp", Some(json!(now - 300))),
            ("exp", Some(json!(now + 3601))),
            ("exp", Some(json!("soon"))),
            ("exp", Some(json!(1e300))),
            ("nbf", Some(json!(now + 61))),
            ("nbf", Some(json!("x"))),
            ("iat", Some(json!(now + 61))),
            ("iat", Some(json!(null))),
            ("jti", None),
            ("jti", Some(json!(""))),
            ("jti", Some(json!(7))),
            ("jti", Some(json!("x".repeat(600)))),
            ("iss", None),
            ("iss", Some(json!("other"))),
            ("sub", None),
            ("sub", Some(json!("other"))),
            ("sub", Some(json!("a\u{0}b"))),
            ("aud", None),
            ("aud", Some(json!([ISSUER]))),
            ("aud", Some(json!(format!("{ISSUER}/")))),
            ("aud", Some(json!(format!("{ISSUER}/authorize")))),
            ("aud", Some(json!("https://evil.example/token"))),
        ];
        for (name, value) in broken {
            let claims = changed(&world, |claims| {
                match value.clone() {
                    Some(value) => claims.insert(name.to_owned(), value),
                    None => claims.remove(name),
                };
            });
            let answer = ask(&world, &signer.sign(&claims)).await;
            assert_eq!(answer, Some(Code::InvalidClient), "{} {name} {value:?}", world.name);
        }
        for (name, ahead) in [("nbf", 10), ("iat", 10), ("iat", -300)] {
            let claims = changed(&world, |claims| {
                claims.insert(name.to_owned(), json!(now + ahead));
            });
            assert_eq!(ask(&world, &signer.sign(&claims)).await, None, "{name} {ahead}");
        }
    }
}

/// A token under our key with another header.
fn with_header(signer: &Signer, header: &str, claims: &str) -> String {
    // SigningKey always writes a good header, so a bad one is only ever badly signed; crit and the like are refused before.
    let signed = signer.signing.sign("JWT", claims.as_bytes()).unwrap();
    let signature = signed.rsplit('.').next().unwrap();
    format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

#[tokio::test]
async fn s113_s115_broken_tokens_are_refused() {
    for world in worlds().await {
        let signer = Signer::new(Algorithm::Es256, "k1");
        signer.register(&world).await;
        let claims = good(&world).to_string();
        let token = signer.sign(&good(&world));
        let parts: Vec<&str> = token.split('.').collect();
        let stranger = Signer::new(Algorithm::Es256, "k1");
        let unknown = Signer::new(Algorithm::Es256, "k2");
        let jwk = stranger.key.public.clone();
        let zeros = URL_SAFE_NO_PAD.encode([0_u8; 64]);
        let hs = r#"{"alg":"HS256","kid":"k1"}"#;
        let broken = [
            stranger.sign(&good(&world)),
            unknown.sign(&good(&world)),
            with_header(&signer, r#"{"alg":"none"}"#, &claims),
            format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), parts[1]),
            with_header(&signer, hs, &claims),
            with_header(&signer, r#"{"alg":"ES384","kid":"k1"}"#, &claims),
            with_header(&signer, r#"{"alg":"RS256","kid":"k1"}"#, &claims),
            with_header(&signer, r#"{"alg":"es256","kid":"k1"}"#, &claims),
            with_header(&signer, &format!(r#"{{"alg":"ES256","kid":"k2","jwk":{jwk}}}"#), &claims),
            with_header(&signer, r#"{"alg":"ES256","kid":"k1","crit":["exp"]}"#, &claims),
            with_header(&signer, r#"{"alg":"ES256","kid":"k1","crit":[]}"#, &claims),
            with_header(&signer, r#"{"alg":"ES256","kid":"k1","b64":false,"crit":["b64"]}"#, &claims),
            with_header(&signer, r#"{"alg":"ES256","kid":"k1","zip":"DEF"}"#, &claims),
            with_header(&signer, r#"{"alg":"ES256","alg":"ES256","kid":"k1"}"#, &claims),
            with_header(&signer, r#"{"alg":"ES256","kid":["k1"]}"#, &claims),
            with_header(&signer, "[]", &claims),
            format!("{}.{}.{zeros}", parts[0], parts[1]),
            format!("{}.{}.{}=", parts[0], parts[1], parts[2]),
            format!("{token}.{}.{}", parts[1], parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            signer.signing.sign("JWT", claims.replace('{', r#"{"iss":"service","#).as_bytes()).unwrap(),
            signer.signing.sign("at+jwt", claims.as_bytes()).unwrap(),
            signer.signing.sign("logout+jwt", claims.as_bytes()).unwrap(),
            signer.sign(&changed(&world, |claims| {
                claims.insert("x".to_owned(), json!("y".repeat(8192)));
            })),
            String::from("x"),
        ];
        for (number, text) in broken.iter().enumerate() {
            assert_eq!(ask(&world, text).await, Some(Code::InvalidClient), "{} case {number}", world.name);
        }
        assert_eq!(ask(&world, &token).await, None);
    }
}

#[tokio::test]
async fn s114_an_assertion_works_once_on_all_nodes() {
    for world in worlds().await {
        let signer = Signer::new(Algorithm::EdDsa, "k1");
        signer.register(&world).await;
        let other = world.second_node().await;
        let token = signer.sign(&good(&world));
        let nodes = [&world.oidc, &other];
        let answers = join_all((0..20).map(|n| ask_at(nodes[n % 2], &token, &[]))).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_none()).count(), 1, "{}", world.name);
        world.clock.advance(30);
        assert_eq!(ask_at(&other, &token, &[]).await, Some(Code::InvalidClient));
    }
}

#[tokio::test]
async fn s116_the_assertion_type_and_the_client_are_said_right() {
    for world in worlds().await {
        let signer = Signer::new(Algorithm::Es256, "k1");
        signer.register(&world).await;
        world.public("app").await;
        let wrong = ask_at(&world.oidc, &signer.sign(&good(&world)), &[("client_assertion_type", "urn:x")]).await;
        assert_eq!(wrong, Some(Code::InvalidClient), "{}", world.name);
        let other = ask_at(&world.oidc, &signer.sign(&good(&world)), &[("client_id", "app")]).await;
        assert_eq!(other, Some(Code::InvalidRequest));
        let claims = changed(&world, |claims| {
            claims.insert("iss".to_owned(), json!("app"));
            claims.insert("sub".to_owned(), json!("app"));
        });
        assert_eq!(ask(&world, &signer.sign(&claims)).await, Some(Code::InvalidClient));
    }
}

#[tokio::test]
async fn s118_our_own_tokens_are_no_assertions() {
    for world in worlds().await {
        let signer = Signer::new(Algorithm::Es256, "k1");
        signer.register(&world).await;
        let app = world.public("app").await;
        let tokens = world.tokens(&app, "openid offline_access").await;
        for text in [tokens.id_token.unwrap(), tokens.access_token, tokens.refresh_token.unwrap()] {
            assert_eq!(ask(&world, &text).await, Some(Code::InvalidClient), "{}", world.name);
        }
    }
}

fn hmac(secret: &str, algorithm: &str, claims: &Value) -> String {
    let header = json!({"alg": algorithm}).to_string();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let digest = match algorithm {
        "HS256" => aws_lc_rs::hmac::HMAC_SHA256,
        "HS384" => aws_lc_rs::hmac::HMAC_SHA384,
        _ => aws_lc_rs::hmac::HMAC_SHA512,
    };
    let tag = aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(digest, secret.as_bytes()), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

#[tokio::test]
async fn client_secret_jwt_is_signed_with_the_secret() {
    for world in worlds().await {
        let service = world.confidential(ID, |it| it.token_endpoint_auth_method = AuthMethod::ClientSecretJwt).await;
        for algorithm in ["HS256", "HS384", "HS512"] {
            let token = hmac(&service.secret, algorithm, &good(&world));
            assert_eq!(ask(&world, &token).await, None, "{} {algorithm}", world.name);
            assert_eq!(ask(&world, &token).await, Some(Code::InvalidClient), "once");
        }
        let wrong = hmac("another secret", "HS256", &good(&world));
        assert_eq!(ask(&world, &wrong).await, Some(Code::InvalidClient));
        // The digest at rest is public to whoever reads the store; it is no secret.
        let digest = &service.client.secrets[0].digest;
        assert_eq!(ask(&world, &hmac(digest, "HS256", &good(&world))).await, Some(Code::InvalidClient));
    }
}
