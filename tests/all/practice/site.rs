//! A practice world of one's own, asked without a network.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use hufu::base::clock::Clock;
use hufu::base::random::Random;
use serde_json::Value;
use tower::ServiceExt as _;

pub const NOW: i64 = 1_750_000_000;
pub const ISSUER: &str = "http://localhost:8080";
pub const CALLBACK: &str = "http://localhost:8080/callback/somewhere";
pub const ORIGIN: &str = "http://127.0.0.1:8081";

pub struct Site {
    router: Router,
    pub clock: Clock,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Site {
    pub fn new() -> Self {
        Self::at(NOW)
    }

    /// A world whose clock stands at `now`.
    pub fn at(now: i64) -> Self {
        let clock = Clock::fixed(now);
        Self { router: hufu::practice::router(clock.clone(), Random::seeded(7), ORIGIN, ISSUER), clock }
    }

    /// The same world, to be served on a port.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// The body as it came, for what is no text.
    pub async fn bytes(&self, request: Request<Body>) -> Vec<u8> {
        let response = self.router.clone().oneshot(request).await.unwrap();
        to_bytes(response.into_body(), 64 * 1024 * 1024).await.unwrap().to_vec()
    }

    /// Whether the answer breaks off within its body.
    pub async fn broken(&self, request: Request<Body>) -> bool {
        let response = self.router.clone().oneshot(request).await.unwrap();
        to_bytes(response.into_body(), 64 * 1024 * 1024).await.is_err()
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(request("GET", path, headers, Body::empty())).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let mut request = request("POST", path, headers, Body::from(encode(fields)));
        request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
        self.send(request).await
    }

    pub async fn json(&self, method: &str, path: &str, value: Value) -> Reply {
        let headers = [("content-type", "application/json")];
        self.send(request(method, path, &headers, Body::from(value.to_string()))).await
    }

    pub async fn json_with(&self, method: &str, path: &str, headers: &[(&str, String)], value: Value) -> Reply {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
        self.send(request(method, path, &all, Body::from(value.to_string()))).await
    }

    /// Turns switches on.
    pub async fn switch(&self, platform: &str, on: &[&str]) {
        let reply = self.json("PUT", &format!("/_control/switches/{platform}"), serde_json::json!({"on": on})).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.body);
    }

    /// Picks a person on an authorization page and allows; gives the answer to the application.
    pub async fn allow(&self, path: &str, query: &[(&str, &str)], person: &str) -> Reply {
        let path = format!("{path}?{}", encode(query));
        self.post(&path, &[("choice", "allow"), ("person", person)], &[]).await
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body).unwrap()
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// A parameter of the address the browser is sent to.
    pub fn sent(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.header("location")).unwrap();
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}
