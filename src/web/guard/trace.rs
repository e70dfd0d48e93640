//! Each request has an id, a span, a figure, and a net under it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use http::{HeaderValue, Method};
use tracing::{Instrument as _, Span};

use crate::app::App;
use crate::telemetry::requests::Requests;
use crate::web::fault::{Detail, PageFault};

/// The request's name in our log, shown to the person as a reference.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A request under way.
pub(super) struct Traced {
    id: String,
    method: Method,
    /// `None` where no route fits.
    path: Option<MatchedPath>,
    span: Span,
    begun: Instant,
}

/// Names the request. No query, no header and no body is logged: they hold codes and tokens (security.md row 15).
pub(super) fn begin(app: &App, request: &mut Request) -> Traced {
    let id = app.random.alphanumeric(16);
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", %id, %method, path = named(path.as_ref()));
    request.extensions_mut().insert(RequestId(id.clone()));
    Traced { id, method, path, span, begun: Instant::now() }
}

impl Traced {
    /// Measures the answer, and logs what became of it.
    pub(super) async fn around(self, requests: &Requests, answered: impl Future<Output = Response>) -> Response {
        let Self { id, method, path, span, begun } = self;
        let mut response = answered.instrument(span.clone()).await;
        if let Ok(value) = HeaderValue::try_from(id) {
            response.headers_mut().insert("x-request-id", value);
        }
        let took = begun.elapsed();
        requests.answered(&method, named(path.as_ref()), response.status(), took);
        span.in_scope(|| record(&response, took));
        response
    }
}

/// Paths that are no route do not become labels without end.
fn named(path: Option<&MatchedPath>) -> &str {
    path.map_or("unmatched", MatchedPath::as_str)
}

fn record(response: &Response, took: Duration) {
    let (status, seconds) = (response.status().as_u16(), took.as_secs_f64());
    match response.extensions().get::<Detail>() {
        Some(Detail(detail)) if status >= 500 => tracing::error!(status, seconds, detail, "failed"),
        None if status >= 500 => tracing::error!(status, seconds, "failed"),
        _ => tracing::info!(status, seconds, "answered"),
    }
}

/// A panic in a handler is a 500 to that request and to nobody else (security.md R52).
pub(super) async fn catch_panic(answered: impl Future<Output = Response>) -> Response {
    match AssertUnwindSafe(answered).catch_unwind().await {
        Ok(response) => response,
        Err(payload) => {
            metrics::counter!("hufu_panics_total").increment(1);
            PageFault::internal(format!("panicked: {}", words(payload.as_ref()))).into_response()
        }
    }
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
