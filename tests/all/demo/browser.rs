//! A browser between the sample application and a practice provider on a loopback port.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use hufu::base::clock::Clock;
use hufu::base::outbound::{Limits, Outbound};
use hufu::base::random::Random;
use hufu::demo::{DemoConfig, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const ISSUER: &str = "https://login.example.org";

pub struct Browser {
    demo: Router,
    practice: Router,
    pub clock: Clock,
    cookie: Option<String>,
    provider_cookie: Option<String>,
    _server: Arc<Server>,
}

struct Server(tokio::task::JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }
}

impl Browser {
    pub async fn new() -> Self {
        let clock = Clock::fixed(1_750_000_000);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let practice = hufu::practice::router(clock.clone(), Random::seeded(3), &origin, ISSUER);
        let service = practice.clone();
        let server = Server(tokio::spawn(async move {
            axum::serve(listener, service).await.unwrap();
        }));
        let outbound = Outbound::practice(&origin, Limits::default());
        let config = DemoConfig {
            issuer: ISSUER.to_owned(),
            client_id: "demo".to_owned(),
            outbound,
            clock: clock.clone(),
            random: Random::seeded(4),
        };
        let browser = Self {
            demo: router(config),
            practice,
            clock,
            cookie: None,
            provider_cookie: None,
            _server: Arc::new(server),
        };
        // A public client: its secret is empty.
        let client = json!({
            "platform": "oidc", "client_id": "demo", "client_secret": "", "name": "Demo",
            "redirect_uris": [format!("{ISSUER}/demo/callback"), format!("{ISSUER}/demo")],
        });
        assert_eq!(browser.control("POST", "/_control/clients", client).await, StatusCode::CREATED);
        browser
    }

    pub async fn control(&self, method: &str, path: &str, body: Value) -> StatusCode {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let response =
            self.practice.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        response.status()
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.ask("GET", path, "", &[]).await
    }

    pub async fn ask(&mut self, method: &str, path: &str, form: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in self.cookie.iter().map(|cookie| ("cookie", cookie.as_str())).chain(headers.iter().copied())
        {
            request = request.header(name, value);
        }
        let response = self.demo.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap();
        let reply = read(response).await;
        if let Some(cookie) = reply.headers.get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        reply
    }

    /// Another browser: no cookies.
    pub fn forget(&mut self) {
        self.cookie = None;
    }

    /// At the provider: the person allows (or, with prompt=none, nothing is shown).
    pub async fn at_provider(&mut self, url: &str, person: &str) -> Reply {
        let path = format!("/{}", url.strip_prefix("https://").unwrap());
        let silent = url.contains("prompt=none");
        let request = Request::builder()
            .method(if silent { "GET" } else { "POST" })
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", self.provider_cookie.as_deref().unwrap_or("none=1"));
        let form = if silent { String::new() } else { format!("choice=allow&person={person}") };
        let reply = read(self.practice.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap()).await;
        if let Some(cookie) = reply.headers.get("set-cookie") {
            self.provider_cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        reply
    }

    /// The whole way from the button to the page.
    pub async fn sign_in(&mut self, how: &str, person: &str) -> Reply {
        let start = self.get(&format!("/demo/sign-in{how}")).await;
        assert_eq!(start.status, StatusCode::SEE_OTHER, "{}", start.body);
        let back = self.at_provider(start.location(), person).await;
        let callback = back.location().strip_prefix(ISSUER).unwrap_or_else(|| panic!("{}", back.body)).to_owned();
        let answer = self.get(&callback).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "https://login.example.org/demo"));
        self.get("/demo").await
    }
}

async fn read(response: axum::response::Response) -> Reply {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// The hidden field of the page's forms.
pub fn csrf(page: &str) -> String {
    let from = page.find("name=\"csrf\" value=\"").unwrap() + 19;
    format!("csrf={}", &page[from..from + 43])
}
