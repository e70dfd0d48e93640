//! Calls that need the application's own token: fetched by one caller for all
//! nodes, and dropped once when the platform refuses it (upstreams/wechat.md §7).

use futures::future::BoxFuture;
use http::Response;
use serde_json::{Value, json};

use super::error::{STALE_TOKEN, object, read, told};
use super::{App, TOKEN_LIFE, get, missing, post};
use crate::base::outbound::Outbound;
use crate::base::secret::Secret;
use crate::connectors::answer::{Object, number_of, text_of};
use crate::connectors::app_token::{Fetched, name_of, with_token};
use crate::connectors::{AppTokens, Trouble};

/// How the token is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenMode {
    /// `stable_token`: does not disturb other systems of the same account.
    #[default]
    Stable,
    /// `cgi-bin/token`: each call ends the one before.
    Legacy,
}

/// What is asked.
pub enum Ask<'a> {
    /// A GET with this query besides the token.
    Get(&'a [(&'a str, &'a str)]),
    /// A POST of this.
    Post(&'a Value),
}

/// The way to the platform with the application's token.
pub struct AppCall<'a> {
    /// The application.
    pub app: &'a App,
    /// How its token is asked for.
    pub mode: TokenMode,
    /// The way out.
    pub outbound: &'a Outbound,
    /// Who keeps the token.
    pub tokens: &'a dyn AppTokens,
}

impl AppCall<'_> {
    /// Asks and reads an object.
    ///
    /// # Errors
    /// By `errcode`, else what the connection says.
    pub async fn object(&self, path: &str, ask: &Ask<'_>) -> Result<Object, Trouble> {
        object(&self.send(path, ask).await?, path)
    }

    /// Asks; an answer that refuses the token is asked for once more with a new one.
    ///
    /// # Errors
    /// What the connection says, and what fetching a token comes to.
    pub async fn send(&self, path: &str, ask: &Ask<'_>) -> Result<Response<Vec<u8>>, Trouble> {
        let call = |token: Secret| -> BoxFuture<'_, _> {
            Box::pin(async move {
                let answer = self.once(path, ask, &token).await?;
                let refused = refuses_token(&answer, path);
                Ok((answer, refused))
            })
        };
        with_token(self.tokens, &self.name(), || Box::pin(self.fetch()), call).await
    }

    async fn once(&self, path: &str, ask: &Ask<'_>, token: &Secret) -> Result<Response<Vec<u8>>, Trouble> {
        let with_token = ("access_token", token.expose());
        match ask {
            Ask::Get(query) => {
                let query: Vec<_> = std::iter::once(with_token).chain(query.iter().copied()).collect();
                let request = http::Request::get(super::address(path, &query)?).body(Vec::new());
                let request = request.map_err(|_| Trouble::Misconfigured("an address".to_owned()))?;
                Ok(self.outbound.send(request).await?)
            }
            Ask::Post(body) => post(self.outbound, path, &[with_token], body).await,
        }
    }

    /// The application's token.
    ///
    /// # Errors
    /// By `errcode`: a wrong secret, an address that is not on the list, a used-up quota.
    pub async fn token(&self) -> Result<Secret, Trouble> {
        let name = self.name();
        self.tokens.get(&name, Box::new(|| Box::pin(self.fetch()))).await
    }

    fn name(&self) -> String {
        let mode = if self.mode == TokenMode::Stable { "stable" } else { "legacy" };
        name_of(&format!("wechat:{}:{mode}", self.app.appid), &self.app.secret)
    }

    async fn fetch(&self) -> Result<Fetched, Trouble> {
        let (appid, secret) = (self.app.appid.as_str(), self.app.secret.expose());
        let answer = match self.mode {
            TokenMode::Stable => {
                let body = json!({ "grant_type": "client_credential", "appid": appid, "secret": secret });
                let path = "/cgi-bin/stable_token";
                object(&post(self.outbound, path, &[], &body).await?, path)?
            }
            TokenMode::Legacy => {
                let query = [("grant_type", "client_credential"), ("appid", appid), ("secret", secret)];
                get(self.outbound, "/cgi-bin/token", &query).await?
            }
        };
        let token = answer.get("access_token").and_then(text_of).ok_or_else(|| missing("access_token"))?;
        let lifetime = answer.get("expires_in").and_then(number_of).filter(|s| *s > 0).unwrap_or(TOKEN_LIFE);
        Ok(Fetched { token: Secret::new(token), lifetime })
    }
}

fn refuses_token(answer: &Response<Vec<u8>>, path: &str) -> bool {
    // A picture is no refusal.
    answer.body().first() == Some(&b'{') && read(answer, path).is_ok_and(|(code, _)| STALE_TOKEN.contains(&code))
}

/// A picture out of an answer, or the error that came in its place (upstreams/wechat.md §6.3: told by the content).
///
/// # Errors
/// By `errcode`; `BadReply` for what is no picture.
pub fn picture(answer: Response<Vec<u8>>, path: &str) -> Result<(&'static str, Vec<u8>), Trouble> {
    let (code, object) = match answer.body().as_slice() {
        [0xFF, 0xD8, 0xFF, ..] => return Ok(("image/jpeg", answer.into_body())),
        [0x89, b'P', b'N', b'G', ..] => return Ok(("image/png", answer.into_body())),
        _ => read(&answer, path)?,
    };
    if code == 0 { Err(Trouble::BadReply(format!("{path}: no picture"))) } else { Err(told(code, &object, path)) }
}
