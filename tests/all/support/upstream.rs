//! A scripted platform on loopback: each path answers what a test wrote down, and every request is kept.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use futures::StreamExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: http::HeaderMap,
    pub body: String,
}

impl Seen {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A field of the form that was posted.
    pub fn field(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.body.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// What a path answers.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    manner: Manner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Whole,
    Hang,
    Stall,
    Endless,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), manner: Manner::Whole }
    }

    pub fn text(body: &str) -> Self {
        Self::new(200, body)
    }

    pub fn json(body: &serde_json::Value) -> Self {
        Self::new(200, body.to_string()).with("content-type", "application/json; charset=utf-8")
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Never answers.
    pub fn hanging(mut self) -> Self {
        self.manner = Manner::Hang;
        self
    }

    /// Sends the body and never ends it.
    pub fn stalling(mut self) -> Self {
        self.manner = Manner::Stall;
        self
    }

    /// Sends the body again and again.
    pub fn endless(mut self) -> Self {
        self.manner = Manner::Endless;
        self
    }
}

#[derive(Default)]
struct Script {
    replies: HashMap<String, Reply>,
    seen: Vec<Seen>,
}

/// The platform; it stops when it is dropped.
pub struct Upstream {
    origin: String,
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    task: JoinHandle<()>,
}

impl Upstream {
    pub async fn start() -> Self {
        let script = Arc::<Mutex<Script>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { origin: format!("http://{address}"), address, script, task }
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What this path (with or without its query) answers from now on.
    pub fn on(&self, path: &str, reply: Reply) {
        self.script.lock().unwrap().replies.insert(path.to_owned(), reply);
    }

    /// The requests to a path.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.script.lock().unwrap().seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// All requests.
    pub fn all(&self) -> Vec<Seen> {
        self.script.lock().unwrap().seen.clone()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned());
    let reply = {
        let mut script = script.lock().unwrap();
        let reply = script.replies.get(&format!("{path}?{query}")).or_else(|| script.replies.get(&path)).cloned();
        script.seen.push(Seen {
            method: parts.method.to_string(),
            path,
            query,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        });
        reply.unwrap_or_else(|| Reply::json(&serde_json::json!({ "message": "Not Found" })).status(404))
    };
    if reply.manner == Manner::Hang {
        std::future::pending::<()>().await;
    }
    let first = futures::stream::iter([Ok::<_, Infallible>(Bytes::from(reply.body.clone()))]);
    let body = match reply.manner {
        Manner::Stall => Body::from_stream(first.chain(futures::stream::pending())),
        Manner::Endless => {
            let again = Bytes::from(vec![b'x'; 16 * 1024]);
            Body::from_stream(first.chain(futures::stream::repeat_with(move || Ok(again.clone()))))
        }
        Manner::Whole | Manner::Hang => Body::from(reply.body),
    };
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(body).unwrap()
}
