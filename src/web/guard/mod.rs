//! What every request passes before a handler sees it, and every answer on its way out.
//!
//! It knows bytes, headers and addresses. It must not know a protocol, a person
//! or a page: it refuses by a status, and `fault` finds the words.

pub mod body;
pub mod cors;
pub mod csrf;
pub mod framing;
pub mod headers;
pub mod host;
pub mod limits;
pub mod proxies;
pub mod trace;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::telemetry::requests::Requests;
use crate::web::page::ErrorPage;

/// Guards of everything but the health checks.
pub(super) fn around(router: Router<App>, app: &App) -> Router<App> {
    router.layer(from_fn_with_state(app.clone(), admit))
}

/// Whose name, how large a head, and the whole body: in this order.
async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    match host::ours(&request, app.oidc.issuer()) {
        Ok(()) => {}
        Err(what @ ErrorPage::WrongHost { .. }) => return what.into_response(),
        Err(what) => return limits::closing(what.into()),
    }
    if let Err(fault) = limits::sizes(&request) {
        return limits::closing(fault);
    }
    match body::whole(request).await {
        Ok(request) => next.run(request).await,
        Err(fault) => limits::closing(fault),
    }
}

/// Guards of everything, and the first to see a request: one layer, since each costs every request a copy of all below.
pub(super) fn outermost(router: Router<App>, app: &App) -> Router<App> {
    let requests = Arc::new(Requests::default());
    router.layer(from_fn_with_state((app.clone(), requests), watch))
}

async fn watch(State((app, requests)): State<(App, Arc<Requests>)>, mut request: Request, next: Next) -> Response {
    let traced = trace::begin(&app, &mut request);
    proxies::note_address(&app, &mut request);
    let asked = super::fault::Asked::of(&request);
    let answered = async {
        let mut response = trace::catch_panic(next.run(request)).await;
        super::fault::dress(&app, &asked, &mut response).await;
        headers::secure(&app, asked.uri.path(), &mut response);
        response
    };
    traced.around(&requests, answered).await
}
