//! The way back to the application (§3.2): a redirect, or in a frame a message to the page around it.

use axum::response::Response;

use super::super::super::fields::Asked;
use super::super::super::platform::Platform;
use super::super::super::switches::Switch;
use super::super::super::{Practice, answer};
use super::super::codes::CodeKind;
use super::pages;
use super::wish::Wish;

pub(super) fn success(practice: &Practice, asked: &Asked, wish: &Wish, code: &str) -> Response {
    let world = practice.world();
    let is_on = |switch| world.is_on(Platform::Dingtalk, switch);
    let other = format!("{code}0");
    let mut pairs = match wish.kind {
        CodeKind::Sns => answer::pairs(&[("code", code)]),
        _ if is_on(Switch::NoCode) => Vec::new(),
        _ if is_on(Switch::AuthCodeOnly) => answer::pairs(&[("authCode", code)]),
        _ if is_on(Switch::CodeOnly) => answer::pairs(&[("code", code)]),
        _ if is_on(Switch::CodesDiffer) => answer::pairs(&[("code", &other), ("authCode", code)]),
        _ => answer::pairs(&[("code", code), ("authCode", code)]),
    };
    if is_on(Switch::CodeAndError) {
        pairs.extend(answer::pairs(&[("error", "access_denied")]));
    }
    drop(world);
    send(practice, asked, wish, pairs)
}

/// The values of `error` are not documented; this is OAuth 2's own word.
pub(super) fn refusal(practice: &Practice, asked: &Asked, wish: &Wish) -> Response {
    send(practice, asked, wish, answer::pairs(&[("error", "access_denied")]))
}

fn send(practice: &Practice, asked: &Asked, wish: &Wish, mut pairs: Vec<(String, String)>) -> Response {
    if let Some(state) = &wish.state {
        let wrong = practice.world().is_on(Platform::Dingtalk, Switch::WrongState);
        pairs.push(("state".to_owned(), if wrong { "another-state".to_owned() } else { state.clone() }));
    }
    let to = if pairs.is_empty() { wish.redirect_uri.clone() } else { answer::with_query(&wish.redirect_uri, &pairs) };
    if wish.framed { pages::framed(asked, wish, &to) } else { answer::found(&to) }
}
