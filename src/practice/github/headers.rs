//! What every API request is held against before its path is looked at (§1.5), and the headers every answer has.

use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::super::fields::Asked;
use super::super::people::Person;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::tickets::Access;
use super::super::{Practice, answer};

const REST: &str = "https://docs.github.com/rest";
const NO_AGENT: &str = "Request forbidden by administrative rules. Please make sure your request has a User-Agent \
     header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). \
     Check https://developer.github.com for other possible causes.\n";

/// The reader: a live token and its owner.
pub(super) struct Reader {
    pub(super) platform: Platform,
    pub(super) access: Access,
    pub(super) person: Person,
}

/// Checks User-Agent, API version, limits and token, in this order.
#[expect(clippy::result_large_err, reason = "the refusal is the answer")]
pub(super) fn reader(practice: &Practice, asked: &Asked) -> Result<Reader, Response> {
    let platform = Platform::of_host(asked.host()).unwrap_or(Platform::Github);
    gate(practice, asked, platform)?;
    let Some(token) = asked.bearer() else {
        return Err(message(StatusCode::UNAUTHORIZED, "Requires authentication"));
    };
    let now = practice.now();
    let world = practice.world();
    let access = world.alive(platform, token, now).cloned();
    let person = access.as_ref().and_then(|access| world.person(&access.person)).cloned();
    match (access, person) {
        (Some(access), Some(person)) => Ok(Reader { platform, access, person }),
        _ => Err(message(StatusCode::UNAUTHORIZED, "Bad credentials")),
    }
}

/// What holds for every request, with a token or without.
#[expect(clippy::result_large_err, reason = "the refusal is the answer")]
pub(super) fn gate(practice: &Practice, asked: &Asked, platform: Platform) -> Result<(), Response> {
    if asked.header("user-agent").is_none_or(str::is_empty) {
        return Err(answer::text(StatusCode::FORBIDDEN, "text/html; charset=utf-8", NO_AGENT.to_owned()));
    }
    let switches = practice.world().switches(platform);
    let version = asked.header("x-github-api-version");
    if switches.is_on(Switch::RetiredVersion) && version.unwrap_or("2022-11-28") == "2022-11-28" {
        return Err(message(StatusCode::GONE, "This API version is no longer supported."));
    }
    if !matches!(version, None | Some("2022-11-28" | "2026-03-10")) {
        return Err(message(StatusCode::BAD_REQUEST, "The API version requested is not supported."));
    }
    if switches.is_on(Switch::RateLimited) {
        let mut response = message(StatusCode::FORBIDDEN, "API rate limit exceeded for user ID 1.");
        limits(&mut response, 0, practice.now());
        return Err(response);
    }
    if switches.is_on(Switch::SecondaryLimit) {
        let words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
        let mut response = message(StatusCode::TOO_MANY_REQUESTS, words);
        answer::set(&mut response, header::RETRY_AFTER, "60");
        return Err(response);
    }
    Ok(())
}

impl Reader {
    /// An answer with the headers that tell about token and limits; `needs` is what the path accepts.
    pub(super) fn answer(&self, practice: &Practice, asked: &Asked, needs: &str, value: &Value) -> Response {
        let mut response = answer::json(StatusCode::OK, value);
        self.mark(practice, asked, needs, &mut response);
        response
    }

    /// Adds those headers.
    pub(super) fn mark(&self, practice: &Practice, asked: &Asked, needs: &str, response: &mut Response) {
        answer::set_named(response, "x-oauth-scopes", &self.access.scopes.join(", "));
        answer::set_named(response, "x-accepted-oauth-scopes", needs);
        answer::set_named(response, "x-github-media-type", "github.v3; format=json");
        let version = asked.header("x-github-api-version").unwrap_or("2022-11-28");
        answer::set_named(response, "x-github-api-version-selected", version);
        let id = practice.random().alphanumeric(16).to_ascii_uppercase();
        answer::set_named(response, "x-github-request-id", &id);
        // GitHub Enterprise Server has its limits off by default (§1.5).
        if self.platform == Platform::Github {
            limits(response, 4999, practice.now());
        }
    }

    /// A refusal with those headers.
    pub(super) fn refuse(&self, practice: &Practice, asked: &Asked, status: StatusCode, words: &str) -> Response {
        let mut response = message(status, words);
        self.mark(practice, asked, "", &mut response);
        response
    }
}

/// `{"message": …}` in GitHub's shape.
pub(super) fn message(status: StatusCode, words: &str) -> Response {
    let value = json!({"message": words, "documentation_url": REST, "status": status.as_str()});
    answer::json(status, &value)
}

fn limits(response: &mut Response, remaining: u32, now: i64) {
    answer::set_named(response, "x-ratelimit-limit", "5000");
    answer::set_named(response, "x-ratelimit-remaining", &remaining.to_string());
    answer::set_named(response, "x-ratelimit-used", &(5000 - remaining).to_string());
    answer::set_named(response, "x-ratelimit-reset", &(now + 3600).to_string());
    answer::set_named(response, "x-ratelimit-resource", "core");
}
