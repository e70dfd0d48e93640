//! `/hook/sms/{sender}`: what a provider of short messages tells about one it
//! took. No cookie, no form, no language: the provider's signature is all.

use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::app::App;
use crate::connectors::senders::report::{Forged, Report};

/// 204 for everything that is signed, of messages that nobody knows too; else 403.
pub async fn post(
    State(app): State<App>,
    Path(sender): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    // `guard::body` has read it whole, within 64 kB and a deadline.
    let Ok(body) = axum::body::to_bytes(body, super::guard::body::SMALL).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let senders = app.login.senders();
    // Never from Host: what was signed is the address that we gave.
    let address = match query {
        Some(query) => format!("{}?{query}", senders.reports_to(&sender)),
        None => senders.reports_to(&sender),
    };
    let report = Report { address: &address, headers: &parts.headers, body: &body };
    match senders.reported(&sender, &report).await {
        Ok(Ok(())) => plain(StatusCode::NO_CONTENT),
        Ok(Err(Forged)) => plain(StatusCode::FORBIDDEN),
        Err(error) => {
            tracing::error!(%error, sender, "a delivery report could not be taken");
            plain(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn plain(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(super::fault::Dressed);
    response
}
