//! The old interface's two error shapes, and its habit of writing everything as text (§8, §14).

use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::super::platform::Platform;
use super::super::super::switches::Switch;
use super::super::super::{Practice, answer};
use super::super::limits::TooMany;
use super::Answer;

/// An error with its code; the gateway's are wrapped in 88.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    code: i64,
    words: String,
    gateway: bool,
}

impl Fault {
    pub(super) fn new(code: i64, words: &str) -> Self {
        Self { code, words: words.to_owned(), gateway: false }
    }

    pub(super) fn gateway(code: i64, words: &str) -> Self {
        Self { code, words: words.to_owned(), gateway: true }
    }

    pub(super) fn bad_parameter(name: &str) -> Self {
        Self::new(400_002, &format!("请求参数不正确：{name}"))
    }

    pub(super) fn no_user() -> Self {
        Self::new(60_121, "找不到该用户")
    }

    pub(super) fn no_department() -> Self {
        Self::new(60_003, "部门不存在")
    }

    pub(super) fn no_permission(point: &str) -> Self {
        let help =
            "没有调用该接口的权限，接口权限申请参考：https://open.dingtalk.com/document/orgapp/add-api-permission";
        Self::new(60_011, &format!("{help} requiredScopes=[{point}]"))
    }

    pub(super) fn bad_code() -> Self {
        Self::new(40_078, "不存在的临时授权码")
    }

    pub(super) fn too_many(why: TooMany) -> Self {
        match why {
            TooMany::ThisMonth => Self::new(90_020, "当前组织调用该接口的次数已达到本月上限"),
            _ => Self::new(90_018, "您的服务器调用钉钉开放平台当前接口的请求过于频繁，当前应用对该接口的调用被限流"),
        }
    }
}

/// The whole answer; the status is always 200.
pub(super) fn response(practice: &Practice, outcome: Answer) -> Response {
    let request_id = practice.random().alphanumeric(16).to_ascii_lowercase();
    let (stringly, wrap, bare) = {
        let world = practice.world();
        let is_on = |switch| world.is_on(Platform::Dingtalk, switch);
        (is_on(Switch::Stringly), is_on(Switch::WrapErrors), is_on(Switch::BareErrors))
    };
    let mut body = match outcome {
        Ok(members) => {
            let mut whole: Map<String, Value> =
                [("errcode".to_owned(), json!(0)), ("errmsg".to_owned(), json!("ok"))].into_iter().collect();
            if let Value::Object(members) = members {
                whole.extend(members);
            }
            whole.insert("request_id".to_owned(), json!(request_id));
            Value::Object(whole)
        }
        Err(fault) if (fault.gateway || wrap) && !bare => json!({
            "errcode": 88, "sub_code": fault.code.to_string(), "sub_msg": fault.words,
            "errmsg": format!("ding talk error[subcode={},submsg={}]", fault.code, fault.words),
            "request_id": request_id,
        }),
        Err(fault) => json!({"errcode": fault.code, "errmsg": fault.words, "request_id": request_id}),
    };
    if stringly {
        as_texts(&mut body);
    }
    answer::json(StatusCode::OK, &body)
}

/// Numbers and truths as texts, and `dept_id_list` as the text of a list, as the documents' samples have them (§7).
fn as_texts(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Bool(truth) => *value = Value::String(truth.to_string()),
        Value::Array(items) => items.iter_mut().for_each(as_texts),
        Value::Object(members) => {
            for (name, member) in members {
                if name == "dept_id_list" && member.is_array() {
                    *member = Value::String(member.to_string());
                } else {
                    as_texts(member);
                }
            }
        }
        _ => {}
    }
}
