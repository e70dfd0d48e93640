//! The way back to the application: query or `form_post`, with the extras each platform adds.

use axum::response::Response;

use super::super::consent::Agreed;
use super::super::fields::{Asked, Fields};
use super::super::pages::FormPostPage;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::texts::Texts;
use super::super::{Practice, answer};
use super::authorize::Wish;
use super::claims::long_scopes;
use super::issuer;

/// `response_mode`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Query,
    FormPost,
}

impl Mode {
    pub(super) fn of(fields: &Fields) -> Self {
        if fields.get("response_mode") == Some("form_post") { Self::FormPost } else { Self::Query }
    }
}

pub(super) fn send(asked: &Asked, mode: Mode, redirect_uri: &str, pairs: &[(String, String)]) -> Response {
    match mode {
        Mode::Query => answer::found(&answer::with_query(redirect_uri, pairs)),
        Mode::FormPost => FormPostPage { texts: Texts::of(asked), action: redirect_uri, fields: pairs }.answer(),
    }
}

pub(super) fn success(
    practice: &Practice,
    asked: &Asked,
    (wish, agreed): (&Wish, &Agreed),
    code: &str,
) -> Vec<(String, String)> {
    let platform = wish.client.platform;
    let mut pairs = answer::pairs(&[("code", code)]);
    if practice.world().is_on(platform, Switch::CodeAndError) {
        pairs.extend(answer::pairs(&[("error", "access_denied")]));
    }
    pairs.extend(common(practice, asked, platform));
    if platform == Platform::Google {
        pairs.extend(answer::pairs(&[
            ("scope", &long_scopes(&agreed.scopes)),
            ("authuser", "0"),
            ("prompt", "consent"),
        ]));
        let world = practice.world();
        if let Some(hd) = world.person(&agreed.person).and_then(|person| person.hd.as_deref()) {
            pairs.extend(answer::pairs(&[("hd", hd)]));
        }
    }
    pairs
}

pub(super) fn error(
    practice: &Practice,
    asked: &Asked,
    platform: Platform,
    (error, words): (&str, &str),
) -> Vec<(String, String)> {
    let mut pairs = answer::pairs(&[("error", error)]);
    // Google names the error alone.
    if platform != Platform::Google {
        pairs.extend(answer::pairs(&[("error_description", words)]));
    }
    pairs.extend(common(practice, asked, platform));
    pairs
}

/// `state`, and `iss` (RFC 9207) where the platform sends it.
fn common(practice: &Practice, asked: &Asked, platform: Platform) -> Vec<(String, String)> {
    let switches = practice.world().switches(platform);
    let mut pairs = Vec::new();
    if let Some(state) = asked.authorization().get("state") {
        let state = if switches.is_on(Switch::WrongState) { "another-state" } else { state };
        pairs.extend(answer::pairs(&[("state", state)]));
    }
    if switches.is_on(Switch::WrongIssParameter) {
        pairs.extend(answer::pairs(&[("iss", "https://stranger.example")]));
    } else if !switches.is_on(Switch::NoIssParameter) {
        pairs.extend(answer::pairs(&[("iss", issuer(platform))]));
    }
    pairs
}
