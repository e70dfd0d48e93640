//! Calls to `qyapi.weixin.qq.com`: 200 for everything, `errcode` says what it
//! was, and one kind of token for all (upstreams/wecom.md §1, §5, §6.4).

use futures::future::BoxFuture;
use http::Request;
use serde_json::Value;
use url::Url;

use crate::base::outbound::Outbound;
use crate::base::secret::Secret;
use crate::connectors::answer::{Object, number_of, text_of};
use crate::connectors::app_token::{Fetched, name_of, with_token};
use crate::connectors::wechat::{error, missing};
use crate::connectors::wire::quoted;
use crate::connectors::{AppTokens, Trouble};

const API: &str = "https://qyapi.weixin.qq.com";
/// "This token is not, or no longer, good."
const STALE: [i64; 3] = [40014, 42001, 41001];

/// An application of a company.
pub struct Corp {
    /// `ww` or `wx` and what follows.
    pub corpid: String,
    /// The application's number, as text.
    pub agentid: String,
    /// The application's secret.
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

/// An answer: its `errcode`, 0 for success, and the rest.
pub struct Answered {
    /// Decides; texts vary.
    pub code: i64,
    /// What came.
    pub object: Object,
    place: &'static str,
}

impl Answered {
    /// The object of a success.
    ///
    /// # Errors
    /// By `errcode`.
    pub fn success(self) -> Result<Object, Trouble> {
        if self.code == 0 { Ok(self.object) } else { Err(self.trouble()) }
    }

    /// What the `errcode` means for us.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        let message = self.object.get("errmsg").and_then(text_of).unwrap_or_default();
        let detail = quoted(&format!("{}: {} {message}", self.place, self.code));
        match self.code {
            -1 | 45009 | 45033 => Trouble::TryLater { until: None },
            40029 | 41008 | 84014 | 84015 => Trouble::BadReply(detail),
            40003 | 46004 | 50002 | 60011 | 60111 => Trouble::NotAllowed(detail),
            _ => Trouble::Misconfigured(detail),
        }
    }
}

impl Corp {
    /// Asks with the application's token: a GET, or a POST of `body`.
    ///
    /// # Errors
    /// What the connection says, and what fetching a token comes to; an `errcode` is in the answer.
    pub async fn ask(
        &self,
        way: Way<'_>,
        path: &'static str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answered, Trouble> {
        let call = |token: Secret| -> BoxFuture<'_, _> {
            Box::pin(async move {
                let with_token = std::iter::once(("access_token", token.expose())).chain(query.iter().copied());
                let answer = send(way.outbound, path, &with_token.collect::<Vec<_>>(), body).await?;
                let stale = STALE.contains(&answer.code);
                Ok((answer, stale))
            })
        };
        with_token(way.tokens, &self.token_name(), || Box::pin(self.fetch(way.outbound)), call).await
    }

    /// The application's token.
    ///
    /// # Errors
    /// By `errcode`: a wrong secret, an address that is not on the list.
    pub async fn token(&self, way: Way<'_>) -> Result<Secret, Trouble> {
        way.tokens.get(&self.token_name(), Box::new(|| Box::pin(self.fetch(way.outbound)))).await
    }

    /// Each secret of a company has a token of its own.
    fn token_name(&self) -> String {
        name_of(&format!("wecom:{}:{}", self.corpid, self.agentid), &self.secret)
    }

    async fn fetch(&self, outbound: &Outbound) -> Result<Fetched, Trouble> {
        let query = [("corpid", self.corpid.as_str()), ("corpsecret", self.secret.expose())];
        let answer = send(outbound, "/cgi-bin/gettoken", &query, None).await?.success()?;
        let token = answer.get("access_token").and_then(text_of).ok_or_else(|| missing("access_token"))?;
        let lifetime = answer.get("expires_in").and_then(number_of).filter(|s| *s > 0).unwrap_or(7200);
        Ok(Fetched { token: Secret::new(token), lifetime })
    }
}

async fn send(
    outbound: &Outbound,
    path: &'static str,
    query: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Answered, Trouble> {
    let bad = || Trouble::Misconfigured("an address".to_owned());
    let mut url = Url::parse(&format!("{API}{path}")).map_err(|_| bad())?;
    url.query_pairs_mut().extend_pairs(query);
    let request = match body {
        None => Request::get(url.as_str()).body(Vec::new()),
        Some(body) => {
            Request::post(url.as_str()).header("content-type", "application/json").body(body.to_string().into_bytes())
        }
    };
    let answer = outbound.send(request.map_err(|_| bad())?).await?;
    let (code, object) = error::read(&answer, path)?;
    Ok(Answered { code, object, place: path })
}
