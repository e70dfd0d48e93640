//! Counts, limits and planned failures.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::super::super::Practice;
use super::super::faults::{FAULT_LIMIT, Planned};
use super::super::limits::Limits;
use super::{done, full, ok};

pub(super) async fn limit(State(practice): State<Practice>, Json(limits): Json<Limits>) -> Response {
    practice.world().dingtalk.meter.limits = limits;
    done()
}

pub(super) async fn read(State(practice): State<Practice>) -> Response {
    ok(&practice.world().dingtalk.meter.report())
}

pub(super) async fn forget(State(practice): State<Practice>) -> Response {
    practice.world().dingtalk.meter.forget();
    done()
}

pub(super) async fn faults(State(practice): State<Practice>) -> Response {
    ok(&json!(practice.world().dingtalk.faults))
}

pub(super) async fn plan(State(practice): State<Practice>, Json(planned): Json<Planned>) -> Response {
    let faults = &mut practice.world().dingtalk.faults;
    if faults.len() >= FAULT_LIMIT {
        return full();
    }
    faults.push(planned);
    done()
}

pub(super) async fn unplan(State(practice): State<Practice>) -> Response {
    practice.world().dingtalk.faults.clear();
    done()
}
