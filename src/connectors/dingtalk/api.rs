//! DingTalk's two interfaces: the new one (status and `code`) and the old one
//! (200 and `errcode`), and the application's token for both (upstreams/dingtalk.md §6, §8).

use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::base::outbound::Outbound;
use crate::base::secret::Secret;
use crate::connectors::answer::{self, Object, number_of, text_of};
use crate::connectors::app_token::{Fetched, name_of, with_token};
use crate::connectors::wechat::missing;
use crate::connectors::wire::quoted;
use crate::connectors::{AppTokens, Trouble};

const NEW: &str = "https://api.dingtalk.com";
const OLD: &str = "https://oapi.dingtalk.com";

/// An application of a company.
pub struct App {
    /// `AppKey`, also called Client ID.
    pub key: String,
    /// `AppSecret`, also called Client Secret.
    pub secret: Secret,
}

/// The way there.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// The way out.
    pub outbound: &'a Outbound,
    /// Who keeps the token.
    pub tokens: &'a dyn AppTokens,
}

/// An answer of the old interface.
pub struct Answered {
    /// 0 for success; what the gateway wrapped in 88 is unwrapped.
    pub code: i64,
    /// What came.
    pub object: Object,
    place: &'static str,
}

impl Answered {
    /// `result` of a success.
    ///
    /// # Errors
    /// By the code; `BadReply` when there is no `result`.
    pub fn result(mut self) -> Result<Value, Trouble> {
        if self.code != 0 {
            return Err(self.trouble());
        }
        self.object.remove("result").ok_or_else(|| missing("result"))
    }

    /// What the code means for us.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        let word = |key: &str| self.object.get(key).and_then(text_of).unwrap_or_default();
        let detail = quoted(&format!("{}: {} {}", self.place, self.code, word("errmsg")));
        match self.code {
            -1 | 90001..=90004 | 90018 | 90020 => Trouble::TryLater { until: None },
            40078 | 40102 | 42008 | 41026 => Trouble::BadReply(detail),
            33012 | 60121 | 50002 | 70001 => Trouble::NotAllowed(detail),
            60019 => Trouble::Unreachable(detail),
            _ => Trouble::Misconfigured(detail),
        }
    }
}

impl App {
    /// A call of the old interface with the application's token.
    ///
    /// # Errors
    /// What the connection says, and what fetching a token comes to; a business error is in the answer.
    pub async fn old(&self, way: Way<'_>, path: &'static str, body: &Value) -> Result<Answered, Trouble> {
        let call = |token: Secret| -> BoxFuture<'_, _> {
            Box::pin(async move {
                let mut url = Url::parse(&format!("{OLD}{path}")).map_err(|_| bad())?;
                url.query_pairs_mut().append_pair("access_token", token.expose());
                let request = match body {
                    Value::Null => Request::get(url.as_str()).body(Vec::new()),
                    body => json_post(url.as_str(), body),
                };
                let answer = old_answer(&way.outbound.send(request.map_err(|_| bad())?).await?, path)?;
                let refused = matches!(answer.code, 40014 | 42001 | 41001 | 40000);
                Ok((answer, refused))
            })
        };
        with_token(way.tokens, &self.token_name(), || Box::pin(self.fetch(way.outbound)), call).await
    }

    /// The application's token.
    ///
    /// # Errors
    /// `Misconfigured` for a wrong key or secret.
    pub async fn token(&self, way: Way<'_>) -> Result<Secret, Trouble> {
        way.tokens.get(&self.token_name(), Box::new(|| Box::pin(self.fetch(way.outbound)))).await
    }

    fn token_name(&self) -> String {
        name_of(&format!("dingtalk:{}", self.key), &self.secret)
    }

    async fn fetch(&self, outbound: &Outbound) -> Result<Fetched, Trouble> {
        let body = json!({ "appKey": self.key, "appSecret": self.secret.expose() });
        let answer = new_post(outbound, "/v1.0/oauth2/accessToken", &body).await?;
        let token = answer.get("accessToken").and_then(text_of).ok_or_else(|| missing("accessToken"))?;
        let lifetime = answer.get("expireIn").and_then(number_of).filter(|s| *s > 0).unwrap_or(7200);
        Ok(Fetched { token: Secret::new(token), lifetime })
    }
}

/// A POST of the new interface, without a token.
///
/// # Errors
/// By status and `code`.
pub async fn new_post(outbound: &Outbound, path: &'static str, body: &Value) -> Result<Object, Trouble> {
    let request = json_post(&format!("{NEW}{path}"), body).map_err(|_| bad())?;
    new_answer(&outbound.send(request).await?, path)
}

/// A GET of the new interface with a token in its own header: `Authorization: Bearer` is not looked at (§3.4).
///
/// # Errors
/// By status and `code`.
pub async fn new_get(outbound: &Outbound, path: &'static str, token: &Secret) -> Result<Object, Trouble> {
    let request = Request::get(format!("{NEW}{path}"))
        .header("x-acs-dingtalk-access-token", token.expose())
        .body(Vec::new())
        .map_err(|_| bad())?;
    new_answer(&outbound.send(request).await?, path)
}

fn json_post(url: &str, body: &Value) -> Result<Request<Vec<u8>>, http::Error> {
    Request::post(url).header("content-type", "application/json").body(body.to_string().into_bytes())
}

fn bad() -> Trouble {
    Trouble::Misconfigured("an address".to_owned())
}

fn new_answer(answer: &Response<Vec<u8>>, place: &str) -> Result<Object, Trouble> {
    let status = answer.status();
    let object = answer::object(answer.body());
    let word = |key: &str| object.as_ref().ok().and_then(|o| o.get(key)).and_then(text_of).unwrap_or_default();
    if status == StatusCode::OK {
        // An address that does not exist answers 200 with the old envelope (§8).
        let old = object.as_ref().is_ok_and(|object| object.contains_key("errcode"));
        let object = object.map_err(|error| Trouble::BadReply(format!("{place}: {error}")))?;
        return if old { Err(Trouble::BadReply(format!("{place}: no such address"))) } else { Ok(object) };
    }
    let code = word("code");
    let detail = quoted(&format!("{place}: {} {code} {}", status.as_u16(), word("message")));
    Err(match (status.as_u16(), code.as_str()) {
        (429, _) => Trouble::TryLater { until: None },
        (_, code) if code.contains("QpsLimit") || code.contains("QpmLimit") => Trouble::TryLater { until: None },
        (500.., _) => Trouble::Unreachable(detail),
        // Which permission is missing stands in `accessdenieddetail`, for the administrator.
        (403, _) => Trouble::Misconfigured(quoted(&format!("{detail} {}", required(object.as_ref().ok())))),
        (_, "invalidClientIdOrSecret" | "unauthorized.client" | "invalid.client") => Trouble::Misconfigured(detail),
        _ => Trouble::BadReply(detail),
    })
}

fn required(object: Option<&Object>) -> String {
    let detail = object.and_then(|object| object.get("accessdenieddetail"));
    detail.map(Value::to_string).unwrap_or_default()
}

fn old_answer(answer: &Response<Vec<u8>>, place: &'static str) -> Result<Answered, Trouble> {
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::TOO_MANY_REQUESTS => return Err(Trouble::TryLater { until: None }),
        status if status.is_server_error() => {
            return Err(Trouble::Unreachable(format!("{place}: status {}", status.as_u16())));
        }
        status => return Err(Trouble::BadReply(format!("{place}: status {}", status.as_u16()))),
    }
    let object = answer::object(answer.body()).map_err(|error| Trouble::BadReply(format!("{place}: {error}")))?;
    // A banned address gets this in the place of an answer (§9).
    if object.get("status").and_then(number_of) == Some(1111) {
        return Err(Trouble::TryLater { until: None });
    }
    let number = |key: &str| object.get(key).and_then(number_of);
    let code = match number("errcode") {
        Some(88) => number("sub_code").unwrap_or(88),
        Some(code) => code,
        None => return Err(Trouble::BadReply(format!("{place}: no errcode"))),
    };
    Ok(Answered { code, object, place })
}
