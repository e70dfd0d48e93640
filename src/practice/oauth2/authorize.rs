//! The authorization endpoint (RFC 6749 §4.1.1).

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::super::consent::{self, Decision, Question};
use super::super::fields::Asked;
use super::super::pages::FaultPage;
use super::super::pkce::Challenge;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::texts::Texts;
use super::super::tickets::Code;
use super::super::{Practice, answer};
use super::CODE_LIFE;

const KNOWN: [&str; 5] = ["client_id", "redirect_uri", "response_type", "scope", "state"];

pub(super) async fn authorize(State(practice): State<Practice>, asked: Asked) -> Response {
    let fields = asked.authorization();
    let texts = Texts::of(&asked);
    let client = practice.world().client(Platform::Oauth2, fields.get("client_id").unwrap_or_default()).cloned();
    let Some(client) = client else { return fault(texts, texts.unknown_client, "invalid_client") };
    let Some(redirect_uri) = client.redirect(fields.get("redirect_uri")) else {
        return fault(texts, texts.wrong_redirect, "redirect_uri_mismatch");
    };
    let switches = practice.world().switches(Platform::Oauth2);
    if switches.is_on(Switch::RefuseUnknown) && fields.names().any(|name| !KNOWN.contains(&name)) {
        return fault(texts, texts.bad_parameters, "invalid_request");
    }
    let back = |mut pairs: Vec<(String, String)>| {
        if let Some(state) = fields.get("state") {
            let state = if switches.is_on(Switch::WrongState) { "another-state" } else { state };
            pairs.extend(answer::pairs(&[("state", state)]));
        }
        answer::found(&answer::with_query(&redirect_uri, &pairs))
    };
    if fields.get("response_type") != Some("code") {
        return back(answer::pairs(&[("error", "unsupported_response_type")]));
    }
    let challenge = Challenge::read(fields.get("code_challenge"), fields.get("code_challenge_method"), true);
    let Ok(challenge) = challenge else { return back(answer::pairs(&[("error", "invalid_request")])) };
    let scopes = fields.words("scope", true);
    let question = Question {
        platform: Platform::Oauth2,
        client_name: &client.name,
        redirect_uri: &redirect_uri,
        scopes: &scopes,
        hint: fields.get("login_hint"),
        fresh: false,
    };
    let agreed = match consent::decide(&practice, &asked, &question) {
        Decision::Ask => return consent::ask(&practice, &asked, &question),
        Decision::Deny => return back(answer::pairs(&[("error", "access_denied")])),
        Decision::Allow(agreed) => agreed,
    };
    let text = practice.random().alphanumeric(40);
    let code = Code {
        platform: Platform::Oauth2,
        client_id: client.client_id.clone(),
        redirect_uri: redirect_uri.clone(),
        redirect_named: fields.get("redirect_uri").is_some(),
        challenge,
        scopes: agreed.scopes.clone(),
        person: agreed.person.clone(),
        nonce: None,
        auth_time: agreed.auth_time,
        offline: true,
        expires_at: practice.now() + CODE_LIFE,
        used: None,
    };
    practice.world().codes.put(text.clone(), code);
    agreed.leave(back(answer::pairs(&[("code", &text)])))
}

fn fault(texts: &'static Texts, words: &'static str, code: &'static str) -> Response {
    FaultPage { texts, platform: Platform::Oauth2.name(), title: texts.bad_request, words, code }
        .answer(StatusCode::BAD_REQUEST)
}
