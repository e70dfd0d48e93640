//! `/hook/{connector}`: raw bytes from a platform's server in, what the connector
//! answers out. No cookie, no form, no language: who sent it is the connector's to prove.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};

use super::guard::proxies::ClientAddress;
use super::guard::trace::RequestId;
use crate::app::App;
use crate::base::lang::{Lang, Wish};
use crate::connectors::hook::{Answer, Push};
use crate::login::{LoginError, Visitor};
use crate::oidc::params::Params;

/// The address check of a platform, and everything it pushes.
pub async fn hook(
    State(app): State<App>,
    Path(connector): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let Some(query) = once(&query.unwrap_or_default()) else {
        return plain(Answer::refused(400, "a parameter came twice"));
    };
    let is_post = request.method() == Method::POST;
    let extensions = request.extensions();
    let visitor = Visitor {
        browser: String::new(),
        last_way: None,
        session: None,
        agent: String::new(),
        wish: Wish::unsaid(Lang::Zh),
        address: ClientAddress::of(extensions),
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    };
    // `guard::body` has read it whole, within 64 kB and a deadline.
    let Ok(body) = axum::body::to_bytes(request.into_body(), super::guard::body::SMALL).await else {
        return plain(Answer::refused(413, "too large"));
    };
    let push = Push { is_post, query, body: body.to_vec() };
    match app.login.hook(&connector, push, &visitor).await {
        Ok(answer) => plain(answer),
        Err(LoginError::Unknown) => plain(Answer::refused(404, "no such connector")),
        Err(error) => {
            tracing::error!(%error, connector, "a push could not be taken");
            plain(Answer::refused(503, "try again"))
        }
    }
}

/// Each name once: of two values nobody can say which one was signed.
fn once(query: &str) -> Option<BTreeMap<String, String>> {
    let params = Params::parse(query.as_bytes()).ok()?;
    let mut found = BTreeMap::new();
    for (name, value) in params.iter() {
        if found.insert(name.to_owned(), value.to_owned()).is_some() {
            return None;
        }
    }
    Some(found)
}

/// The answer as it is: `fault::dress` makes no page of a refusal.
fn plain(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).ok().filter(|status| status.as_u16() >= 200);
    let kind = if answer.media_type.is_empty() { "text/plain; charset=utf-8" } else { answer.media_type };
    let mut response = (status.unwrap_or(StatusCode::OK), Body::from(answer.body)).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.extensions_mut().insert(super::fault::Dressed);
    response
}
