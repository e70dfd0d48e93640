//! `{"errcode":…,"errmsg":…}`, with HTTP 200 whatever happens (§1, §6.4).

use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::jws::hex;
use super::super::{Practice, answer};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) errcode: i64,
    /// A list that stands empty beside the error.
    pub(super) list: Option<&'static str>,
}

pub(super) const fn fault(errcode: i64) -> Fault {
    Fault { errcode, list: None }
}

impl Fault {
    pub(super) fn with_list(mut self, name: &'static str) -> Self {
        self.list = Some(name);
        self
    }
}

/// The answer of an API: its members after `errcode` and `errmsg`, or the refusal.
pub(super) fn answered(practice: &Practice, caller_ip: &str, result: Result<Value, Fault>) -> Response {
    let mut body = Map::new();
    match result {
        Ok(value) => {
            body.insert("errcode".to_owned(), json!(0));
            body.insert("errmsg".to_owned(), json!("ok"));
            if let Value::Object(members) = value {
                body.extend(members);
            }
        }
        Err(Fault { errcode, list }) => {
            let hint = format!("{}_{}", practice.now(), hex(&practice.random().bytes::<8>()));
            let more = format!("https://open.work.weixin.qq.com/devtool/query?e={errcode}");
            let text = format!("{}, hint: [{hint}], from ip: {caller_ip}, more info at {more}", words(errcode));
            body.insert("errcode".to_owned(), json!(errcode));
            body.insert("errmsg".to_owned(), json!(text));
            if let Some(list) = list {
                body.insert(list.to_owned(), json!([]));
            }
        }
    }
    answer::text(StatusCode::OK, "application/json; charset=UTF-8", Value::Object(body).to_string())
}

/// The platform's words for a code.
fn words(errcode: i64) -> &'static str {
    match errcode {
        -1 => "system busy",
        40001 => "invalid credential",
        40003 => "invalid userid",
        40013 => "invalid corpid",
        40014 => "invalid access_token",
        40029 => "invalid code",
        40056 => "invalid agentid",
        40058 => "invalid request parameter",
        40091 => "secret is illegal",
        41001 => "access_token missing",
        41002 => "corpid missing",
        41004 => "corpsecret missing",
        41008 => "missing code",
        41009 => "userid missing",
        42001 => "access_token expired",
        45009 => "api freq out of limit",
        45033 => "api concurrent out of limit",
        46004 => "user not exist",
        47001 => "data format error",
        48002 => "api forbidden",
        48005 => "api retired",
        50001 => "redirect_url not within trusted domain",
        50002 => "user not in scope",
        50003 => "agent disabled",
        60003 | 60123 => "invalid department id",
        60005 => "department contains user",
        60006 => "department contains sub-department",
        60008 => "department existed",
        60011 => "no privilege to access/modify contact/party/agent",
        60020 => "not allow to access from your ip",
        60102 => "userid existed",
        60104 => "mobile existed",
        60110 => "user exceed the limit of departments",
        60111 => "userid not found",
        84014 => "user_ticket expired",
        84015 => "invalid user_ticket",
        84025 => "invalid state",
        85005 => "domain ownership not verified",
        301_002 => "no privilege to operate agent",
        301_036 => "userid can not be changed",
        _ => "request failed",
    }
}
