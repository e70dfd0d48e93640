//! `GET /login/oauth/authorize` (§1.2).

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::super::clients::Client;
use super::super::consent::{self, Agreed, Decision, Question};
use super::super::fields::Asked;
use super::super::jws::hex;
use super::super::pages::FaultPage;
use super::super::pkce::Challenge;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::texts::Texts;
use super::super::tickets::Code;
use super::super::{Practice, answer};
use super::{CODE_LIFE, scopes};

const HELP: &str = "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors";

pub(super) async fn authorize(State(practice): State<Practice>, asked: Asked) -> Response {
    let platform = Platform::of_host(asked.host()).unwrap_or(Platform::Github);
    let fields = asked.authorization();
    let client = practice.world().client(platform, fields.get("client_id").unwrap_or_default()).cloned();
    let Some(client) = client else { return unknown_client(&asked, platform) };
    let Some(redirect_uri) = client.redirect(fields.get("redirect_uri")) else {
        // The error goes to the registered address, which may be elsewhere than expected.
        let registered = client.redirect(None).unwrap_or_default();
        let words = "The redirect_uri MUST match the registered callback URL for this application.";
        return back(&asked, &registered, "redirect_uri_mismatch", words);
    };
    if practice.world().is_on(platform, Switch::Suspended) {
        let words = "Your application has been suspended. Contact support@github.com.";
        return back(&asked, &redirect_uri, "application_suspended", words);
    }
    // Only S256 is taken; what GitHub says to `plain` is not documented.
    let challenge = Challenge::read(fields.get("code_challenge"), fields.get("code_challenge_method"), false);
    let Ok(challenge) = challenge else {
        let words = "code_challenge_method must be S256 and code_challenge 43 characters.";
        return back(&asked, &redirect_uri, "invalid_request", words);
    };
    let wanted = if client.github_app { Vec::new() } else { scopes::normalised(&fields.words("scope", true)) };
    let question = Question {
        platform,
        client_name: &client.name,
        redirect_uri: &redirect_uri,
        scopes: &wanted,
        hint: fields.get("login"),
        fresh: false,
    };
    match consent::decide(&practice, &asked, &question) {
        Decision::Ask => consent::ask(&practice, &asked, &question),
        Decision::Deny => back(&asked, &redirect_uri, "access_denied", "The user has denied your application access."),
        Decision::Allow(agreed) => {
            let code = issue(&practice, &asked, &client, (&redirect_uri, challenge), &agreed);
            agreed.leave(answer::found(&answer::with_query(&redirect_uri, &callback(&practice, &asked, &code))))
        }
    }
}

fn issue(
    practice: &Practice,
    asked: &Asked,
    client: &Client,
    (redirect_uri, challenge): (&str, Option<Challenge>),
    agreed: &Agreed,
) -> String {
    let code = hex(&practice.random().bytes::<10>());
    let expires_at = practice.now() + CODE_LIFE;
    let mut world = practice.world();
    // Without a scope, somebody who authorized before grants the earlier scopes again.
    let earlier = world.granted(client.platform, &client.client_id, &agreed.person);
    let scopes = match earlier {
        Some(earlier) if asked.authorization().get("scope").is_none() => earlier.iter().cloned().collect(),
        _ => agreed.scopes.clone(),
    };
    world.grant(client.platform, &client.client_id, &agreed.person, &scopes);
    let ticket = Code {
        platform: client.platform,
        client_id: client.client_id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        redirect_named: asked.authorization().get("redirect_uri").is_some(),
        challenge,
        offline: scopes.iter().any(|scope| scope == "offline_access"),
        scopes,
        person: agreed.person.clone(),
        nonce: None,
        auth_time: agreed.auth_time,
        expires_at,
        used: None,
    };
    world.codes.put(code.clone(), ticket);
    code
}

fn callback(practice: &Practice, asked: &Asked, code: &str) -> Vec<(String, String)> {
    let platform = Platform::of_host(asked.host()).unwrap_or(Platform::Github);
    let world = practice.world();
    let mut pairs = answer::pairs(&[("code", code)]);
    if world.is_on(platform, Switch::CodeAndError) {
        pairs.extend(answer::pairs(&[("error", "access_denied")]));
    }
    if let Some(state) = asked.authorization().get("state") {
        let state = if world.is_on(platform, Switch::WrongState) { "another-state" } else { state };
        pairs.extend(answer::pairs(&[("state", state)]));
    }
    pairs
}

fn back(asked: &Asked, redirect_uri: &str, error: &str, description: &str) -> Response {
    let uri = format!("{HELP}/#{}", error.replace('_', "-"));
    let mut pairs = answer::pairs(&[("error", error), ("error_description", description), ("error_uri", &uri)]);
    if let Some(state) = asked.authorization().get("state") {
        pairs.extend(answer::pairs(&[("state", state)]));
    }
    answer::found(&answer::with_query(redirect_uri, &pairs))
}

fn unknown_client(asked: &Asked, platform: Platform) -> Response {
    let texts = Texts::of(asked);
    FaultPage {
        texts,
        platform: texts.called(platform),
        title: texts.no_page,
        words: texts.unknown_client,
        code: "404",
    }
    .answer(StatusCode::NOT_FOUND)
}
