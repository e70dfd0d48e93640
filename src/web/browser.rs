//! Whose browser this is: two cookies in, a [`Visitor`] out, and the cookies a sign-in or sign-out sets.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header::{COOKIE, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use tower_sessions::session::Id;
use tower_sessions::{Expiry, Session};

use super::browser_store::BrowserStore;
use super::fault::PageFault;
use super::guard::csrf;
use super::guard::proxies::ClientAddress;
use super::guard::trace::RequestId;
use super::page::ErrorPage;
use crate::app::App;
use crate::base::clock::Seconds;
use crate::base::id::SessionId;
use crate::base::secret::same;
use crate::login::{Progress, SignedIn, Stepped, Visitor};

const YEAR: Seconds = 365 * 86_400;
/// As long as a remembered session may live (design.md §7).
const REMEMBERED: Seconds = 30 * 86_400;
/// As long as any other may.
const HALF_DAY: Seconds = 12 * 3600;
/// The record's only field.
const FIELD: &str = "session";

/// The browser of a request; an extractor on every route of pages.
#[derive(Clone, Debug)]
pub struct Browser {
    /// For the layers below.
    pub visitor: Visitor,
    /// What forms on our pages carry in the field `csrf`.
    pub csrf: String,
    /// Whether its `browser` cookie came along.
    pub known: bool,
    record: Option<Id>,
}

impl Browser {
    /// Ties this browser to a new sign-on session: a new record, the old one is gone (security.md row 70).
    ///
    /// # Errors
    /// 503 when the store is away.
    pub async fn sign_in(&self, app: &App, signed_in: &SignedIn) -> Result<HeaderValue, PageFault> {
        let cookie = tie(app, signed_in).await?;
        self.forget(app).await?;
        Ok(cookie)
    }

    /// Unties it: the record is deleted, the cookie expires.
    ///
    /// # Errors
    /// 503 when the store is away.
    pub async fn sign_out(&self, app: &App) -> Result<HeaderValue, PageFault> {
        self.forget(app).await?;
        Ok(set_cookie(app, "session", "", Some(0)))
    }

    /// The `browser` cookie with the name of the method that this sign-in came by: the next visit on this device
    /// finds it first (experience.md §2). It says nothing of who signed in.
    async fn came_by(&self, app: &App, signed_in: &SignedIn) -> Result<Option<HeaderValue>, PageFault> {
        let Some(session) = app.store.live_session(&signed_in.session, app.clock.now()).await? else { return Ok(None) };
        let method = app.login.connectors().by_id(&session.connector_id).await?;
        let name = method.map(|method| method.row.name.clone()).filter(|name| is_method(name));
        let Some(name) = name.filter(|name| self.visitor.last_way.as_ref() != Some(name)) else { return Ok(None) };
        Ok(Some(set_cookie(app, "browser", &format!("{}.{name}", self.visitor.browser), Some(YEAR))))
    }

    async fn forget(&self, app: &App) -> Result<(), PageFault> {
        match self.record {
            Some(id) => Session::new(Some(id), Arc::new(records(app)), None).delete().await.map_err(unavailable),
            None => Ok(()),
        }
    }

    /// The answer to a step of a sign-in: 303 to the interaction or the platform, with the new session's cookie if there is one.
    ///
    /// # Errors
    /// 503 when the store is away.
    pub async fn stepped(&self, app: &App, stepped: Stepped) -> Result<Response, PageFault> {
        match stepped {
            Stepped::Go(url) => see_other(&url),
            Stepped::Confirm(token) => see_other(&format!("/confirm/{token}")),
            Stepped::Interaction(id, Progress { signed_in }) => {
                let mut response = see_other(&format!("/i/{id}"))?;
                if let Some(signed_in) = signed_in {
                    let headers = response.headers_mut();
                    headers.append(SET_COOKIE, self.sign_in(app, &signed_in).await?);
                    headers.extend(self.came_by(app, &signed_in).await?.map(|cookie| (SET_COOKIE, cookie)));
                }
                Ok(response)
            }
        }
    }
}

/// Writes the record of a new sign-on session: the `session` cookie that names it.
///
/// # Errors
/// 503 when the store is away.
pub async fn tie(app: &App, signed_in: &SignedIn) -> Result<HeaderValue, PageFault> {
    let life = if signed_in.remembered { REMEMBERED } else { HALF_DAY };
    let end = time::OffsetDateTime::from_unix_timestamp(app.clock.now() + life).map_err(|_| ErrorPage::Internal)?;
    let session = Session::new(None, Arc::new(records(app)), Some(Expiry::AtDateTime(end)));
    session.insert(FIELD, signed_in.session.as_str()).await.map_err(unavailable)?;
    session.save().await.map_err(unavailable)?;
    let id = session.id().ok_or(ErrorPage::Internal)?.to_string();
    let value = format!("{id}.{}", proof(app, &id));
    Ok(set_cookie(app, "session", &value, signed_in.remembered.then_some(REMEMBERED)))
}

/// 303, so that what was posted is not posted again (security.md row 79).
///
/// # Errors
/// 500 for an address that no header can hold.
pub fn see_other(address: &str) -> Result<Response, PageFault> {
    if HeaderValue::from_str(address).is_err() {
        return Err(PageFault::internal("an address that is no header value"));
    }
    Ok(Redirect::to(address).into_response())
}

impl FromRequestParts<App> for Browser {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, PageFault> {
        let browser = parts.extensions.get::<Self>().cloned();
        browser.ok_or_else(|| PageFault::internal("a page on a route without browser::recognise"))
    }
}

/// Reads the cookies and notes the [`Browser`]; a browser that has none gets its own.
///
/// A request that another site made this browser send carries no Lax cookie; answering it with a
/// new one would cut off the sign-ins under way, so only what a person opened is answered so.
pub async fn recognise(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let browser = match Browser::read(&app, &parts).await {
        Ok(browser) => browser,
        Err(fault) => return fault.into_response(),
    };
    let framed = parts.headers.get("sec-fetch-dest").is_some_and(|kind| kind != "document");
    let opened = matches!(parts.method, Method::GET | Method::HEAD) && !framed;
    let cookie = (!browser.known && opened).then(|| set_cookie(&app, "browser", &browser.visitor.browser, Some(YEAR)));
    parts.extensions.insert(browser.visitor.clone());
    parts.extensions.insert(browser);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl Browser {
    async fn read(app: &App, parts: &Parts) -> Result<Self, PageFault> {
        let headers = &parts.headers;
        let (known, last_way) = parts_of(cookie(app, headers, "browser")?.as_deref().unwrap_or_default());
        let browser = known.clone().unwrap_or_else(|| app.random.token());
        let record = cookie(app, headers, "session")?.and_then(|value| genuine(app, &value));
        let session = match record {
            Some(id) => session_of(app, id).await?,
            None => None,
        };
        let extensions = &parts.extensions;
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        let visitor = Visitor {
            session,
            agent: agent.chars().take(300).collect(),
            wish: super::page::wish(headers, &parts.uri),
            address: ClientAddress::of(extensions),
            request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            browser,
            last_way,
        };
        let csrf = csrf::token(&app.sealer, &visitor.browser);
        Ok(Self { csrf, known: known.is_some(), record, visitor })
    }
}

/// What the record of a genuine cookie says; one that is gone says nothing.
async fn session_of(app: &App, id: Id) -> Result<Option<SessionId>, PageFault> {
    let session = Session::new(Some(id), Arc::new(records(app)), None);
    let found = session.get::<String>(FIELD).await.map_err(unavailable)?;
    Ok(found.map(SessionId::new))
}

/// The record's id, if the cookie is one we set: its 128 random bits come with a proof of 256.
fn genuine(app: &App, value: &str) -> Option<Id> {
    let (id, given) = value.split_once('.')?;
    if same(&proof(app, id), given) { id.parse().ok() } else { None }
}

fn proof(app: &App, id: &str) -> String {
    app.sealer.derive("session cookie", id)
}

fn records(app: &App) -> BrowserStore {
    BrowserStore::new(app.store.clone(), app.clock.clone(), app.random.clone())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unavailable(error: tower_sessions::session::Error) -> PageFault {
    crate::store::Error::Down(error.to_string()).into()
}

/// What makes this browser known, and the method that was used in it last.
fn parts_of(value: &str) -> (Option<String>, Option<String>) {
    let (known, last_way) = value.split_once('.').unwrap_or((value, ""));
    if known.len() != 43 || !is_base64url(known) {
        return (None, None);
    }
    (Some(known.to_owned()), Some(last_way.to_owned()).filter(|name| is_method(name)))
}

/// Whether this may be a method's name, as they stand in paths.
fn is_method(name: &str) -> bool {
    (1..=64).contains(&name.len()) && is_base64url(name)
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The cookie's value; `BadRequest` when it comes twice, since somebody else set one of them (security.md row 71).
fn cookie(app: &App, headers: &HeaderMap, name: &str) -> Result<Option<String>, PageFault> {
    let name = cookie_name(app, name);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(given, _)| *given == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(ErrorPage::BadRequest.into()),
        (first, None) => Ok(first.map(str::to_owned)),
    }
}

fn is_https(app: &App) -> bool {
    app.oidc.issuer().starts_with("https://")
}

fn cookie_name(app: &App, name: &str) -> String {
    if is_https(app) { format!("__Host-{name}") } else { name.to_owned() }
}

/// A cookie as security.md row 4 wants it; without `life` it ends with the browser's window.
fn set_cookie(app: &App, name: &str, value: &str, life: Option<Seconds>) -> HeaderValue {
    let mut text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", cookie_name(app, name));
    if is_https(app) {
        text.push_str("; Secure");
    }
    if let Some(life) = life {
        text.push_str("; Max-Age=");
        text.push_str(&life.to_string());
    }
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}
