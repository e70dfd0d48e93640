//! An application's address on this machine, to hear what platforms push.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::mpsc;

pub struct Heard {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A parameter of the query, decoded once.
    pub fn parameter(&self, name: &str) -> String {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}

type Answer = dyn Fn(&Heard) -> (u16, String) + Send;

pub struct Listener {
    pub origin: String,
    heard: mpsc::UnboundedReceiver<Heard>,
    answer: Arc<Mutex<Box<Answer>>>,
}

impl Listener {
    /// Answers everything with 200 and `text`.
    pub async fn start(text: &str) -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", socket.local_addr().unwrap());
        let (tell, heard) = mpsc::unbounded_channel();
        let text = text.to_owned();
        let answer: Arc<Mutex<Box<Answer>>> = Arc::new(Mutex::new(Box::new(move |_| (200, text.clone()))));
        let shared = Arc::clone(&answer);
        let router = Router::new().fallback(move |request: Request| {
            let (tell, answer) = (tell.clone(), Arc::clone(&shared));
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let heard = Heard {
                    method: parts.method,
                    path: parts.uri.path().to_owned(),
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    headers: parts.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                };
                // An answer may take its time, and holds up nothing else of this runtime by it.
                let answered = tokio::task::spawn_blocking(move || {
                    let answer = answer.lock().unwrap()(&heard);
                    let _ = tell.send(heard);
                    answer
                });
                let (status, text) = answered.await.unwrap();
                (StatusCode::from_u16(status).unwrap(), text).into_response()
            }
        });
        tokio::spawn(async move { axum::serve(socket, router).await });
        Self { origin, heard, answer }
    }

    pub fn answer_with(&self, answer: impl Fn(&Heard) -> (u16, String) + Send + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// The next request; fails when none comes.
    pub async fn next(&mut self) -> Heard {
        let waiting = tokio::time::timeout(std::time::Duration::from_secs(10), self.heard.recv());
        waiting.await.expect("something was to be heard").unwrap()
    }

    /// Whether nothing comes for a while.
    pub async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(std::time::Duration::from_millis(300), self.heard.recv()).await.is_err()
    }
}
