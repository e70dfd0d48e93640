//! Alibaba Cloud Dysmsapi `SendSms` and `QuerySendDetails` (§1): the gateway's answers have HTTP
//! statuses of their own, the product's are 200 with a `Code`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::{Practice, answer};
use super::aliyun_details;
use super::aliyun_gate::{self, Gateway, Passed};
use super::aliyun_rules::{self, Refused};
use super::raw::Raw;
use super::settings::House;
use crate::base::random::Random;

pub(super) async fn call(State(practice): State<Practice>, raw: Raw) -> Response {
    let (json, result) = aliyun_gate::pass(&practice, &raw);
    let result = result.and_then(|Passed { action, parameters }| {
        if let Some(code) = practice.world().sms.settings(House::Aliyun).take_fail() {
            return Err(told(&code));
        }
        if action == "QuerySendDetails" {
            return aliyun_details::details(&practice, &parameters).map(|more| ("QuerySendDetailsResponse", more));
        }
        aliyun_rules::required(&parameters)?;
        let id = aliyun_rules::send(&practice, &parameters).map_err(Fault::Product)?;
        Ok(("SendSmsResponse", Map::from_iter([("BizId".to_owned(), json!(id))])))
    });
    let request_id = request_id(practice.random());
    match result {
        Ok((root, more)) => business((json, root), ("OK", "OK"), &request_id, more),
        Err(Fault::Product(Refused { code, message })) => {
            business((json, "SendSmsResponse"), (&code, &message), &request_id, Map::new())
        }
        Err(Fault::Gateway(fault)) => gateway(json, &fault, &request_id),
    }
}

/// Why nothing was sent.
pub(super) enum Fault {
    Gateway(Gateway),
    Product(Refused),
}

/// The refusal that a test asked for.
fn told(code: &str) -> Fault {
    if code.starts_with("isv.") || code.starts_with("isp.") {
        return Fault::Product(Refused { code: code.to_owned(), message: aliyun_rules::words(code).to_owned() });
    }
    let (status, message) = match code {
        "ServiceUnavailable" => (503, "The request has failed due to a temporary failure of the server."),
        "InternalError" => (500, "The request processing has failed due to some unknown error."),
        "NoPermission" | "Forbidden.RAM" | "InvalidAccessKeyId.Inactive" => {
            (403, "You are not authorized to do this action.")
        }
        "InvalidAccessKeyId.NotFound" => (404, "Specified access key is not found."),
        "Throttling" | "Throttling.User" | "Throttling.Api" => (400, "Request was denied due to user flow control."),
        _ => (400, "The request was refused."),
    };
    Fault::Gateway(Gateway { status, code: code.to_owned(), message: message.to_owned() })
}

fn request_id(random: &Random) -> String {
    let hex = super::super::jws::hex(&random.bytes::<16>()).to_ascii_uppercase();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn business(
    (json, root): (bool, &str),
    (code, message): (&str, &str),
    request_id: &str,
    more: Map<String, Value>,
) -> Response {
    let mut body = Map::new();
    body.insert("Message".to_owned(), json!(message));
    body.insert("RequestId".to_owned(), json!(request_id));
    body.insert("Code".to_owned(), json!(code));
    body.extend(more);
    written(json, (StatusCode::OK, request_id), root, &body)
}

fn gateway(json: bool, fault: &Gateway, request_id: &str) -> Response {
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut body = Map::new();
    body.insert("RequestId".to_owned(), json!(request_id));
    body.insert("HostId".to_owned(), json!("dysmsapi.aliyuncs.com"));
    body.insert("Code".to_owned(), json!(fault.code));
    body.insert("Message".to_owned(), json!(fault.message));
    if json {
        let help = format!("https://error-center.aliyun.com/status/search?Keyword={}&source=PopGw", fault.code);
        body.insert("Recommend".to_owned(), json!(help));
    }
    let mut response = written(json, (status, request_id), "Error", &body);
    if fault.code.starts_with("Throttling") {
        // Milliseconds; the newer clients read it.
        answer::set_named(&mut response, "x-acs-retry-after", "2000");
    }
    response
}

fn written(json: bool, (status, request_id): (StatusCode, &str), root: &str, body: &Map<String, Value>) -> Response {
    let mut response = if json {
        answer::text(status, "application/json;charset=utf-8", Value::Object(body.clone()).to_string())
    } else {
        let field = |(name, value): (&String, &Value)| {
            let text = value.as_str().unwrap_or_default();
            format!("<{name}>{}</{name}>", quick_xml::escape::escape(text))
        };
        let fields = body.iter().map(field).collect::<Vec<_>>().concat();
        let xml = format!("<?xml version='1.0' encoding='UTF-8'?><{root}>{fields}</{root}>");
        answer::text(status, "text/xml;charset=utf-8", xml)
    };
    answer::set_named(&mut response, "x-acs-request-id", request_id);
    response
}
