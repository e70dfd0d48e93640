//! Stands before every platform: keeps each request for the control API to read back, and makes trouble on demand.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Serialize;

use super::Practice;
use super::answer;
use super::dingtalk;
use super::fields::BODY_LIMIT;
use super::platform::Platform;
use super::switches::{Trouble, TroubleKind};
use crate::base::clock::Seconds;

const HUGE: usize = 10 * 1024 * 1024;

/// A request that reached a platform.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Seen {
    pub(super) platform: Platform,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// The status it was answered with; 0 while the answer is under way or never came.
    pub(super) status: u16,
    /// Counts up, to tell two apart.
    pub(super) number: u64,
    /// When it came.
    pub(super) at: Seconds,
}

/// The layer.
pub(super) async fn watch(State(practice): State<Practice>, request: Request, next: Next) -> Response {
    let host = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let Some(platform) = Platform::of_host(host) else {
        let response = next.run(request).await;
        // A phone or the control API may have taken somebody out of the company.
        dingtalk::notice(&practice);
        return response;
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let number = note(&practice, platform, &parts, &body);
    let trouble = take_trouble(&practice, platform, parts.uri.path());
    let request = Request::from_parts(parts, Body::from(body));
    let response = match trouble {
        None => next.run(request).await,
        Some(TroubleKind::Latency { milliseconds }) => {
            tokio::time::sleep(Duration::from_millis(milliseconds.min(60_000))).await;
            next.run(request).await
        }
        Some(TroubleKind::ResetAfter) => {
            next.run(request).await;
            instead(TroubleKind::Reset).await
        }
        Some(TroubleKind::Truncated) => truncated(next.run(request).await).await,
        Some(kind) => instead(kind).await,
    };
    let status = response.status().as_u16();
    if let Some(seen) = practice.world().seen.iter_mut().find(|seen| seen.number == number) {
        seen.status = status;
    }
    response
}

fn note(practice: &Practice, platform: Platform, parts: &http::request::Parts, body: &Bytes) -> u64 {
    let mut world = practice.world();
    let number = world.seen.back().map_or(1, |last| last.number + 1);
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    world.note(Seen {
        platform,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8_lossy(body).into_owned(),
        status: 0,
        number,
        at: practice.now(),
    });
    number
}

fn take_trouble(practice: &Practice, platform: Platform, path: &str) -> Option<TroubleKind> {
    let mut world = practice.world();
    let trouble: &mut Trouble = world.switches_mut(platform)?.trouble.as_mut()?;
    if !path.contains(&trouble.path) {
        return None;
    }
    match &mut trouble.times {
        Some(0) => None,
        Some(left) => {
            *left -= 1;
            Some(trouble.kind.clone())
        }
        None => Some(trouble.kind.clone()),
    }
}

async fn instead(kind: TroubleKind) -> Response {
    match kind {
        TroubleKind::Hang => {
            tokio::time::sleep(Duration::from_mins(10)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        TroubleKind::HangBody => {
            let never = futures::stream::pending::<Result<Bytes, std::io::Error>>();
            json_stream(Body::from_stream(never))
        }
        TroubleKind::Reset => {
            // A body that fails makes the server drop the connection in the middle of the answer.
            let broken = futures::stream::iter([
                Ok(Bytes::from_static(b"{\"access")),
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
            ]);
            json_stream(Body::from_stream(broken))
        }
        TroubleKind::Busy => {
            let mut response = answer::page(StatusCode::SERVICE_UNAVAILABLE, "<h1>Service Unavailable</h1>".to_owned());
            answer::set(&mut response, http::header::RETRY_AFTER, "30");
            response
        }
        TroubleKind::Huge => answer::text(StatusCode::OK, "application/json; charset=utf-8", " ".repeat(HUGE)),
        TroubleKind::Redirect { to } => answer::found(&to),
        TroubleKind::Html502 => {
            answer::page(StatusCode::BAD_GATEWAY, "<html><h1>502 Bad Gateway</h1></html>".to_owned())
        }
        TroubleKind::Empty => StatusCode::OK.into_response(),
        TroubleKind::Errcode { errcode, errmsg } => {
            answer::json(StatusCode::OK, &serde_json::json!({"errcode": errcode, "errmsg": errmsg}))
        }
        _ => answer::page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "<!doctype html><title>500</title><h1>Whoops, something went wrong</h1>".to_owned(),
        ),
    }
}

fn json_stream(body: Body) -> Response {
    let mut response = Response::new(body);
    answer::set(&mut response, http::header::CONTENT_TYPE, "application/json; charset=utf-8");
    response
}

async fn truncated(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, HUGE).await.unwrap_or_default();
    parts.headers.remove(http::header::CONTENT_LENGTH);
    let half = body.slice(..body.len() / 2);
    Response::from_parts(parts, Body::from(half))
}
