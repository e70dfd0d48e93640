//! The new interface's errors: a status of their own, `code`, `requestid` and `message` (§8).

use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::super::answer;
use super::super::limits::TooMany;

/// An error.
#[derive(Clone, Debug)]
pub(in crate::practice::dingtalk) struct Problem {
    status: u16,
    code: &'static str,
    words: String,
    missing: Option<&'static str>,
}

impl Problem {
    pub(in crate::practice::dingtalk) fn new(status: u16, code: &'static str, words: &str) -> Self {
        Self { status, code, words: words.to_owned(), missing: None }
    }

    pub(in crate::practice::dingtalk) fn no_body() -> Self {
        Self::new(400, "Missingbody", "body is mandatory for this action")
    }

    pub(in crate::practice::dingtalk) fn bad_client() -> Self {
        Self::new(400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret")
    }

    pub(in crate::practice::dingtalk) fn bad_code() -> Self {
        Self::new(400, "invalidParameter.authCode.notFound", "不合法的临时授权码")
    }

    pub(super) fn no_token() -> Self {
        Self::new(400, "AuthenticationFailed.MissingParameter", "缺少参数 x-acs-dingtalk-access-token")
    }

    pub(super) fn bad_token() -> Self {
        Self::new(400, "InvalidAuthentication", "不合法的access_token")
    }

    /// 403 with the missing permission point beside the words.
    pub(super) fn no_permission(point: &'static str) -> Self {
        let words = format!("应用尚未开通所需的权限：[{point}]");
        Self { missing: Some(point), ..Self::new(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", &words) }
    }

    pub(super) fn too_many(why: TooMany) -> Self {
        match why {
            TooMany::ThisMonth => Self::new(403, "Forbidden.AccessDenied.ApiCountLimitForOrg", "本月调用次数已达上限"),
            _ => Self::new(403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "应用对该接口的调用过于频繁"),
        }
    }

    pub(super) fn response(&self, request_id: &str) -> Response {
        let mut body = json!({"code": self.code, "requestid": request_id, "message": self.words});
        if let (Some(point), Value::Object(fields)) = (self.missing, &mut body) {
            fields.insert("accessdenieddetail".to_owned(), json!({"requiredScopes": [point]}));
        }
        answer::json(StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST), &body)
    }
}
