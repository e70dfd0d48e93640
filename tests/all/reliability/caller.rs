//! An application and a signed-in browser that expect the server to vanish at any moment.

use std::time::Duration;

use serde_json::Value;

use crate::support::http::{VERIFIER, authorize_path, basic};
use crate::support::server::Application;

/// Who asks.
pub struct Caller {
    client: reqwest::Client,
    base: String,
    cookies: String,
    application: Application,
}

/// A pair of tokens as answered.
#[derive(Clone, Debug)]
pub struct Pair {
    pub access: String,
    pub refresh: String,
}

/// What became of a request: `Lost` when the whole answer did not arrive.
#[derive(Debug)]
pub enum Heard<T> {
    Yes(T),
    /// Refused, with the status and the `error`.
    No(u16, String),
    Lost,
}

impl<T: std::fmt::Debug> Heard<T> {
    /// What was answered; anything else fails the test.
    pub fn yes(self, what: &str) -> T {
        match self {
            Self::Yes(answer) => answer,
            other => panic!("{what}: {other:?}"),
        }
    }

    /// Whether it was refused as a grant that is none.
    pub fn is_invalid_grant(&self) -> bool {
        matches!(self, Self::No(400, error) if error == "invalid_grant")
    }
}

impl Caller {
    /// With the cookies of a browser that is signed in, and connections of its own.
    pub fn new(base: &str, cookies: &str, application: Application) -> Self {
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = builder.timeout(Duration::from_secs(10)).build().unwrap();
        Self { client, base: base.to_owned(), cookies: cookies.to_owned(), application }
    }

    /// A code for the person who is signed in.
    pub async fn code(&self) -> Heard<String> {
        let path = authorize_path(&self.application, &[("scope", "openid offline_access")]);
        let request = self.client.get(format!("{}{path}", self.base)).header("cookie", &self.cookies);
        let Ok(answer) = request.send().await else { return Heard::Lost };
        let location = answer.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        let status = answer.status().as_u16();
        let query = location.split_once('?').map_or("", |(_, query)| query);
        match form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code") {
            Some((_, code)) => Heard::Yes(code.into_owned()),
            None => Heard::No(status, location),
        }
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> Heard<Pair> {
        let uri = self.application.redirect_uri.as_str();
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri)];
        pair(self.post("/token", &[&form[..], &[("code_verifier", VERIFIER)]].concat()).await)
    }

    /// Rotates a refresh token.
    pub async fn refresh(&self, token: &str) -> Heard<Pair> {
        pair(self.post("/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await)
    }

    /// Revokes a token.
    pub async fn revoke(&self, token: &str) -> Heard<()> {
        match self.post("/revoke", &[("token", token)]).await {
            Heard::Yes(_) => Heard::Yes(()),
            Heard::No(status, error) => Heard::No(status, error),
            Heard::Lost => Heard::Lost,
        }
    }

    /// Whether userinfo honours an access token; any answer but 200 and 401 fails the test.
    pub async fn works(&self, access: &str) -> bool {
        let request = self.client.get(format!("{}/userinfo", self.base)).bearer_auth(access);
        let answer = request.send().await.expect("the server answers");
        match answer.status().as_u16() {
            200 => true,
            401 => false,
            other => panic!("userinfo answers {other}"),
        }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Heard<Value> {
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header("authorization", basic(&self.application)).form(form);
        let Ok(answer) = request.send().await else { return Heard::Lost };
        let status = answer.status().as_u16();
        let Ok(body) = answer.text().await else { return Heard::Lost };
        let json: Value = serde_json::from_str(&body).unwrap_or_default();
        match status {
            200 => Heard::Yes(json),
            _ => Heard::No(status, json["error"].as_str().unwrap_or_default().to_owned()),
        }
    }
}

fn pair(heard: Heard<Value>) -> Heard<Pair> {
    match heard {
        Heard::Yes(json) => {
            let text = |name: &str| json[name].as_str().expect("a pair of tokens").to_owned();
            Heard::Yes(Pair { access: text("access_token"), refresh: text("refresh_token") })
        }
        Heard::No(status, error) => Heard::No(status, error),
        Heard::Lost => Heard::Lost,
    }
}
