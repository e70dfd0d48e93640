//! GitHub's REST interface: headers it demands, failures it hides in statuses
//! and headers (upstreams §1.5), and its pages.

use http::header::HeaderMap;
use http::{Response, StatusCode};
use serde_json::Value;

use crate::base::clock::Seconds;
use crate::base::secret::Secret;
use crate::connectors::answer::{self, Object, text_of};
use crate::connectors::wire::{get, quoted, retry_after};
use crate::connectors::{Trouble, Turn};

/// The version of the interface we were written against.
const VERSION: &str = "2022-11-28";

/// Pages of a list that are read; 100 entries each.
const PAGES: usize = 10;

/// The interface with one person's token.
pub struct Api<'a> {
    /// The turn it is used in.
    pub turn: &'a Turn,
    /// `https://api.github.com` or `https://HOST/api/v3`.
    pub base: &'a str,
    /// The person's token.
    pub token: &'a Secret,
}

/// A failure, and whether it was for want of permission.
#[derive(Debug)]
pub enum Refusal {
    /// 403 or 404 without a limit behind it: the token may not see this.
    Hidden {
        /// `X-GitHub-SSO` was sent: the organisation wants its own sign-on first.
        sso: bool,
        /// For the audit.
        detail: String,
    },
    /// Anything else.
    Trouble(Trouble),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Trouble(trouble) => trouble,
            Refusal::Hidden { sso: true, .. } => Self::NotAllowed(SSO.to_owned()),
            Refusal::Hidden { sso: false, detail } => Self::BadReply(detail),
        }
    }
}

/// What to do when an organisation hides itself behind its own sign-on.
pub const SSO: &str = "the organisation wants its single sign-on to be used or this application to be approved first";

impl Api<'_> {
    /// One object.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn object(&self, path: &str) -> Result<Object, Refusal> {
        let answer = self.ask(path).await?;
        answer::object(answer.body()).map_err(|error| bad(path, &error.to_string()))
    }

    /// A whole list, page after page, and whether a part of it is hidden behind an organisation's sign-on.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn list(&self, path: &str) -> Result<(Vec<Value>, bool), Refusal> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let (mut all, mut hidden) = (Vec::new(), false);
        for page in 1..=PAGES {
            let answer = self.ask(&format!("{path}{mark}per_page=100&page={page}")).await?;
            let Value::Array(items) = answer::json(answer.body()).map_err(|e| bad(path, &e.to_string()))? else {
                return Err(bad(path, "not a list"));
            };
            all.extend(items);
            hidden |= answer.headers().contains_key("x-github-sso");
            // Only whether there is more is believed: the token goes to no address that an answer names.
            if !has_next(answer.headers()) {
                break;
            }
        }
        Ok((all, hidden))
    }

    async fn ask(&self, path: &str) -> Result<Response<Vec<u8>>, Refusal> {
        let bearer = format!("Bearer {}", self.token.expose());
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", "application/vnd.github+json"),
            ("x-github-api-version", VERSION),
        ];
        let url = format!("{}{path}", self.base);
        let answer = get(&self.turn.outbound, &url, &headers).await.map_err(Refusal::Trouble)?;
        match failure(&answer, path, self.turn.now) {
            Some(refusal) => Err(refusal),
            None => Ok(answer),
        }
    }
}

fn failure(answer: &Response<Vec<u8>>, path: &str, now: Seconds) -> Option<Refusal> {
    let status = answer.status();
    let message = answer::object(answer.body()).ok().and_then(|body| body.get("message").and_then(text_of));
    let detail = quoted(&format!("{path}: {} {}", status.as_u16(), message.unwrap_or_default()));
    let limited = matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
    match status {
        StatusCode::OK => None,
        _ if limited && is_limit(answer.headers(), status) => {
            Some(Refusal::Trouble(Trouble::TryLater { until: limit_ends(answer.headers(), now) }))
        }
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            Some(Refusal::Hidden { sso: answer.headers().contains_key("x-github-sso"), detail })
        }
        // The version of the interface was retired: this program is too old.
        StatusCode::GONE => Some(Refusal::Trouble(Trouble::Misconfigured(detail))),
        StatusCode::SERVICE_UNAVAILABLE => Some(Refusal::Trouble(Trouble::TryLater {
            until: retry_after(answer.headers()).map(|wait| now.saturating_add(wait)),
        })),
        _ => Some(Refusal::Trouble(Trouble::BadReply(detail))),
    }
}

fn is_limit(headers: &HeaderMap, status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || headers.contains_key(http::header::RETRY_AFTER)
        || number(headers, "x-ratelimit-remaining") == Some(0)
}

fn limit_ends(headers: &HeaderMap, now: Seconds) -> Option<Seconds> {
    let reset = number(headers, "x-ratelimit-reset").filter(|reset| *reset > now && *reset - now <= 86_400);
    retry_after(headers).map(|wait| now.saturating_add(wait)).or(reset)
}

fn number(headers: &HeaderMap, name: &str) -> Option<Seconds> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn has_next(headers: &HeaderMap) -> bool {
    let link = headers.get(http::header::LINK).and_then(|link| link.to_str().ok()).unwrap_or_default();
    link.split(',').any(|part| part.contains("rel=\"next\""))
}

fn bad(path: &str, what: &str) -> Refusal {
    Refusal::Trouble(Trouble::BadReply(format!("{path}: {what}")))
}
