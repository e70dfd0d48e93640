//! An application's address for logout tokens: a real listener on loopback that keeps what it hears, and checks it
//! as an application must (Back-Channel Logout §2.6).

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use http::StatusCode;
use hufu::config::Config;
use josekit::jwk::Jwk;
use josekit::jws::RS256;
use serde_json::{Value, json};

use super::support::payload;
use crate::support::server::TestServer;

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Thanks,
    Fails,
    Hangs,
    SendsElsewhere,
}

/// One request that came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub at: Instant,
    pub path: String,
    pub fields: Vec<(String, String)>,
}

#[derive(Clone)]
pub struct Ear {
    pub uri: String,
    pub manner: Arc<Mutex<Manner>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// Lets the server reach applications on this machine, as a developer would.
pub fn open_loopback(config: &mut Config) {
    config.outbound.allow = vec!["127.0.0.1/32".parse().unwrap()];
}

impl Ear {
    pub async fn listening() -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/logged-out", socket.local_addr().unwrap());
        let ear = Self { uri, manner: Arc::new(Mutex::new(Manner::Thanks)), heard: Arc::default() };
        let listening = ear.clone();
        let router = Router::new().fallback(move |request: Request| listening.clone().hears(request));
        tokio::spawn(async move { axum::serve(socket, router).await });
        ear
    }

    async fn hears(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!((parts.method.as_str(), kind), ("POST", "application/x-www-form-urlencoded"));
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let fields = form_urlencoded::parse(&body).into_owned().collect();
        let path = parts.uri.path().to_owned();
        self.heard.lock().unwrap().push(Heard { at: Instant::now(), path, fields });
        let manner = *self.manner.lock().unwrap();
        match manner {
            Manner::Thanks => StatusCode::OK.into_response(),
            Manner::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Manner::SendsElsewhere => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
            Manner::Hangs => {
                tokio::time::sleep(Duration::from_mins(1)).await;
                StatusCode::OK.into_response()
            }
        }
    }

    pub fn count(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    pub fn all(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until so many came, at most ten seconds; the last of them.
    pub async fn wait_for(&self, count: usize) -> Heard {
        for _ in 0..400 {
            if let Some(heard) = self.heard.lock().unwrap().get(count - 1) {
                return heard.clone();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} logout tokens came, {count} were expected", self.count());
    }
}

impl Heard {
    /// The logout token's claims, once everything about it is right for this application and this ID token.
    pub async fn verified(&self, server: &TestServer, client_id: &str, id_token: &str) -> Value {
        assert_eq!(self.path, "/logged-out");
        let [(name, token)] = self.fields.as_slice() else { panic!("only logout_token: {:?}", self.fields) };
        assert_eq!(name, "logout_token");
        let header: Value = {
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap());
            serde_json::from_slice(&bytes.unwrap()).unwrap()
        };
        assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("RS256")));
        let keys = server.browser().get("/jwks").await.json();
        let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).expect("published");
        let verifier = RS256.verifier_from_jwk(&Jwk::from_map(key.as_object().unwrap().clone()).unwrap()).unwrap();
        let (bytes, _) = josekit::jws::deserialize_compact(token, &verifier).expect("the signature is ours");
        let claims: Value = serde_json::from_slice(&bytes).unwrap();
        let told = payload(id_token);
        assert_eq!(claims["iss"], json!(server.issuer));
        assert_eq!(claims["aud"], json!(client_id));
        assert_eq!((&claims["sub"], &claims["sid"]), (&told["sub"], &told["sid"]), "{claims}");
        let (now, iat, exp) = (server.clock.now(), claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!(iat <= now && now < exp && exp - iat <= 120, "{claims}");
        assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() >= 20), "{claims}");
        assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        let mut names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"], "no nonce, nothing else");
        claims
    }
}
