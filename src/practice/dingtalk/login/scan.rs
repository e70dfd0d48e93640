//! The code on the page that a phone scans (§3.5); the page asks how far it got.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::json;

use super::super::super::phone::{Scan, ScanKind, ScanState};
use super::super::super::platform::Platform;
use super::super::super::{Practice, answer};
use super::wish::Wish;

/// How long a code can be scanned; DingTalk does not say.
const SCAN_LIFE: i64 = 300;

/// What the picture of that id says.
pub(super) fn content(id: &str) -> String {
    format!("https://login.dingtalk.com/qrcode/{id}")
}

/// Shows a new code to the phones; gives its id.
pub(super) fn offer(practice: &Practice, wish: &Wish) -> String {
    let id = practice.random().alphanumeric(24);
    practice.world().phone.offer(Scan {
        id: id.clone(),
        platform: Platform::Dingtalk,
        kind: ScanKind::SignIn,
        content: content(&id),
        client_id: wish.client.client_id.clone(),
        client_name: wish.client.name.clone(),
        state: ScanState::Waiting,
        expires_at: practice.now() + SCAN_LIFE,
    });
    id
}

/// The picture; empty where none can be drawn.
pub(super) fn picture(id: &str) -> String {
    let code = QrCode::new(content(id));
    code.map(|code| code.render::<svg::Color<'_>>().min_dimensions(180, 180).build()).unwrap_or_default()
}

/// `{"is": "waiting"}`; the page's own script asks.
pub(super) async fn state(State(practice): State<Practice>, Path(id): Path<String>) -> Response {
    let world = practice.world();
    let scan = world.phone.scan(&id).filter(|scan| scan.platform == Platform::Dingtalk);
    let is = match scan {
        Some(scan) if practice.now() >= scan.expires_at => "expired",
        Some(scan) => match scan.state {
            ScanState::Waiting => "waiting",
            ScanState::Scanned { .. } => "scanned",
            ScanState::Confirmed { .. } => "confirmed",
            ScanState::Refused { .. } => "refused",
        },
        None => "unknown",
    };
    answer::json(StatusCode::OK, &json!({"is": is}))
}
