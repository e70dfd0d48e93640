//! Tencent Cloud SMS `SendSms` (§4): HTTP 200 whatever happens, and two places for a fault.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::jws::hex;
use super::super::{Practice, answer};
use super::raw::Raw;
use super::settings::House;
use super::{tencent_gate, tencent_rules};

/// A fault of the whole request.
pub(super) struct Whole(pub(super) String, pub(super) &'static str);

pub(super) fn whole(code: &str, message: &'static str) -> Whole {
    Whole(code.to_owned(), message)
}

pub(super) async fn call(State(practice): State<Practice>, raw: Raw) -> Response {
    let result = tencent_gate::pass(&practice, &raw).and_then(|()| {
        let fail = practice.world().sms.settings(House::Tencent).take_fail();
        match &fail {
            Some(code) if !per_number(code) => Err(whole(code, "The request was refused.")),
            _ => tencent_rules::send(&practice, &raw, fail.as_deref()),
        }
    });
    let hex = hex(&practice.random().bytes::<16>());
    let id = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    let mut inner = match result {
        Ok(set) => json!({"SendStatusSet": set}),
        Err(Whole(code, message)) => json!({"Error": {"Code": code, "Message": message}}),
    };
    if let Value::Object(inner) = &mut inner {
        inner.insert("RequestId".to_owned(), json!(id));
    }
    answer::text(StatusCode::OK, "application/json", json!({"Response": inner}).to_string())
}

/// Codes that stand beside a number, not over the request.
fn per_number(code: &str) -> bool {
    code.starts_with("FailedOperation.")
        || code.starts_with("LimitExceeded.")
        || code.starts_with("InvalidParameterValue.")
}
