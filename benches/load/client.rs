//! A small keep-alive HTTP client that remembers cookies like a browser.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

pub struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    /// What the server calls itself, which several nodes share.
    issuer: String,
    /// Where each node listens; they are asked in turn.
    nodes: Vec<String>,
    asked: AtomicUsize,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub body: Bytes,
}

#[derive(Default)]
pub struct Cookies(Mutex<BTreeMap<String, String>>);

impl Http {
    pub fn new(issuer: &str, ports: &[u16]) -> Self {
        let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        let nodes = ports.iter().map(|port| format!("http://localhost:{port}")).collect();
        Self { client, issuer: issuer.to_owned(), nodes, asked: AtomicUsize::new(0) }
    }

    pub async fn get(&self, path: &str, bearer: Option<&str>, cookies: Option<&Cookies>) -> Answer {
        self.send(Method::GET, path, bearer, cookies, String::new()).await
    }

    pub async fn post(&self, path: &str, cookies: Option<&Cookies>, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(Method::POST, path, None, cookies, body).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        cookies: Option<&Cookies>,
        body: String,
    ) -> Answer {
        let path = path.strip_prefix(&self.issuer).unwrap_or(path);
        let node = &self.nodes[self.asked.fetch_add(1, Ordering::Relaxed) % self.nodes.len()];
        let mut request = Request::builder().method(&method).uri(format!("{node}{path}"));
        request = request.header("host", self.issuer.strip_prefix("http://").unwrap());
        if method == Method::POST {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(cookies) = cookies {
            let held = cookies.0.lock().unwrap();
            let line = held.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            if !line.is_empty() {
                request = request.header("cookie", line);
            }
        }
        let response = self.client.request(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap();
        if let Some(cookies) = cookies {
            let mut held = cookies.0.lock().unwrap();
            for set in response.headers().get_all("set-cookie") {
                let pair = set.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                held.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, location, body }
    }
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// The value of a hidden field of a page.
    pub fn hidden(&self, name: &str) -> String {
        let page = String::from_utf8_lossy(&self.body);
        let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} on {page}"));
        let rest = &page[at..];
        rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}
