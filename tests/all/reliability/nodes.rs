//! Two nodes of one installation: one issuer, one PostgreSQL database, two listeners.

use std::net::SocketAddr;
use std::time::Duration;

use hufu::app::App;
use hufu::base::random::Random;
use hufu::web;
use hufu::web::serve::{Bounds, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::http::{Answer, TestBrowser, VERIFIER, basic};
use crate::support::server::{Application, TestServer};
use crate::support::stores;

/// The first is an ordinary test server; the second stands behind another port under the same name, as behind
/// a balancer.
pub struct Nodes {
    pub a: TestServer,
    pub b: Node,
}

/// The second.
pub struct Node {
    pub app: App,
    address: SocketAddr,
    authority: String,
    stopping: CancellationToken,
}

impl Nodes {
    pub async fn start() -> Self {
        let a = TestServer::start(stores::postgres().await).await;
        let b = Node::beside(&a).await;
        Self { a, b }
    }
}

impl Node {
    /// A second node of the installation that the first one serves.
    pub async fn beside(first: &TestServer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let config = (*first.app.config).clone();
        let app = App::build(config, first.clock.clone(), Random::System).await.expect("the second node starts");
        let stopping = CancellationToken::new();
        let bounds = Bounds { linger: Duration::ZERO, ..Bounds::default() };
        tokio::spawn(serve(listener, web::router(app.clone(), &stopping), None, stopping.clone(), bounds));
        let authority = first.issuer.strip_prefix("http://").expect("a loopback issuer").to_owned();
        Self { app, address, authority, stopping }
    }

    /// The address of a path on this node.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `GET` by a browser that the balancer sends here.
    pub async fn get(&self, browser: &TestBrowser, path: &str) -> Answer {
        browser.get_with(&self.url(path), &[("host", &self.authority)]).await
    }

    /// `GET` with an access token.
    pub async fn userinfo(&self, browser: &TestBrowser, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("host", self.authority.as_str()), ("authorization", bearer.as_str()), ("cookie", "")];
        browser.get_with(&self.url("/userinfo"), &headers).await
    }

    /// `POST` of a form.
    pub async fn post(&self, browser: &TestBrowser, path: &str, fields: &[(&str, &str)]) -> Answer {
        browser.post_with(&self.url(path), &[("host", &self.authority)], fields).await
    }

    /// `POST /token` by an application that the balancer sends here.
    pub async fn token(&self, browser: &TestBrowser, application: &Application, fields: &[(&str, &str)]) -> Answer {
        let headers = [("host", self.authority.as_str()), ("authorization", &basic(application))];
        browser.post_with(&self.url("/token"), &headers, fields).await
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

/// The fields that redeem a code.
pub fn redeeming<'a>(application: &'a Application, code: &'a str) -> [(&'a str, &'a str); 4] {
    let uri = application.redirect_uri.as_str();
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri), ("code_verifier", VERIFIER)]
}

/// The fields that rotate a refresh token.
pub fn refreshing(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

/// A member of a token response.
pub fn text(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned()
}
