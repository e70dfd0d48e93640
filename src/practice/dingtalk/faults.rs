//! Trouble that a test plans: the n-th call of an interface fails in a certain way.

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::answer;

/// Planned at most at one time.
pub(super) const FAULT_LIMIT: usize = 100;

/// A failure to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    /// Only paths that contain this (without the host).
    #[serde(default)]
    pub(super) path: String,
    /// The how-manieth such call from now fails first; 1 is the next one.
    #[serde(default = "first")]
    pub(super) at: u32,
    /// How many fail from there on.
    #[serde(default = "first")]
    pub(super) times: u32,
    pub(super) answer: Failure,
}

const fn first() -> u32 {
    1
}

/// What is answered instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Failure {
    /// The old interface's business error; -1 is "busy".
    Errcode { code: i64, message: String },
    /// The old interface's gateway error 88 with this `sub_code`.
    Gateway { sub_code: String, message: String },
    /// The new interface's error.
    Problem { status: u16, code: String, message: String },
    /// An HTML page with this status.
    Html { status: u16 },
    /// The text that stands in for a banned address (§9).
    Punish,
    /// Nothing at all, with status 200.
    Empty,
}

impl Planned {
    /// Counts a call; the failure when it is its turn.
    fn meets(&mut self, path: &str) -> Option<Failure> {
        if !path.contains(&self.path) || self.times == 0 {
            return None;
        }
        if self.at > 1 {
            self.at -= 1;
            return None;
        }
        self.times -= 1;
        Some(self.answer.clone())
    }
}

/// The failure planned for this call, if there is one; those that are over go.
pub(super) fn take(planned: &mut Vec<Planned>, path: &str) -> Option<Failure> {
    let found = planned.iter_mut().filter_map(|one| one.meets(path)).last();
    planned.retain(|one| one.times > 0);
    found
}

impl Failure {
    pub(super) fn response(&self) -> Response {
        match self {
            Self::Errcode { code, message } => {
                answer::json(StatusCode::OK, &json!({"errcode": code, "errmsg": message, "request_id": "planned"}))
            }
            Self::Gateway { sub_code, message } => {
                let errmsg = format!("ding talk error[subcode={sub_code},submsg={message}]");
                answer::json(
                    StatusCode::OK,
                    &json!({"errcode": 88, "sub_code": sub_code, "sub_msg": message, "errmsg": errmsg, "request_id": "planned"}),
                )
            }
            Self::Problem { status, code, message } => answer::json(
                StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                &json!({"code": code, "requestid": "planned", "message": message}),
            ),
            Self::Html { status } => answer::page(
                StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY),
                "<!doctype html><title>DingTalk</title><h1>Service unavailable</h1>".to_owned(),
            ),
            Self::Punish => punished(),
            Self::Empty => answer::empty(StatusCode::OK),
        }
    }
}

/// What a banned address gets instead of JSON of the interface (§9).
pub(super) fn punished() -> Response {
    let words = json!({"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "practice"});
    answer::json(StatusCode::OK, &words)
}

/// The page that a banned address gets at other times (§9).
pub(super) fn banned() -> Response {
    let page = "<!doctype html><title>访问被拒绝</title><h1>您的访问过于频繁，请五分钟后再试</h1>";
    answer::page(StatusCode::OK, page.to_owned())
}
