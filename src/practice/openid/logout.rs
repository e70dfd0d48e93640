//! Signing out of login.example.org (RP-Initiated Logout 1.0).

use axum::extract::State;
use axum::response::Response;
use http::{Method, StatusCode};

use super::super::consent;
use super::super::fields::Asked;
use super::super::pages::FaultPage;
use super::super::platform::Platform;
use super::super::texts::Texts;
use super::super::{Practice, answer};

pub(super) async fn end_session(State(practice): State<Practice>, asked: Asked) -> Response {
    consent::sign_out(&practice, &asked, Platform::Oidc);
    let fields = if asked.method == Method::POST { &asked.form } else { &asked.query };
    let client_id = fields.get("client_id").unwrap_or(Platform::Oidc.client_id());
    let client = practice.world().client(Platform::Oidc, client_id).cloned();
    let wanted = fields.get("post_logout_redirect_uri");
    let to = client.zip(wanted).and_then(|(client, wanted)| client.redirect(Some(wanted)));
    if let Some(to) = to {
        let state = fields.get("state").map(|state| answer::pairs(&[("state", state)])).unwrap_or_default();
        return answer::found(&answer::with_query(&to, &state));
    }
    let texts = Texts::of(&asked);
    let (title, words) = (texts.signed_out, texts.signed_out_words);
    FaultPage { texts, platform: Platform::Oidc.name(), title, words, code: "" }.answer(StatusCode::OK)
}
