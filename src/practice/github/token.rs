//! `POST /login/oauth/access_token` (§1.3, §1.4): errors come with status 200.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::super::clients::Client;
use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::tickets::Code;
use super::super::{Practice, answer};
use super::refresh;
use super::token_answer::{Grant, TokenError, granted, refused};
use crate::base::secret::same;

pub(super) async fn token(State(practice): State<Practice>, asked: Asked) -> Response {
    let platform = Platform::of_host(asked.host()).unwrap_or(Platform::Github);
    let (client_id, secret) = asked.client();
    let client = practice.world().client(platform, &client_id.unwrap_or_default()).cloned();
    let Some(client) = client else {
        return answer::json(StatusCode::NOT_FOUND, &json!({"error": "Not Found"}));
    };
    let result = if same(&client.client_secret, &secret.unwrap_or_default()) {
        match asked.form.get("grant_type") {
            None | Some("authorization_code") => by_code(&practice, &asked, &client),
            Some("refresh_token") => refresh::by_refresh_token(&practice, &asked, &client),
            Some(_) => Err(TokenError::UnsupportedGrantType),
        }
    } else {
        Err(TokenError::IncorrectClientCredentials)
    };
    match result {
        Ok(grant) => granted(&asked, &grant),
        Err(error) => refused(&asked, error),
    }
}

fn by_code(practice: &Practice, asked: &Asked, client: &Client) -> Result<Grant, TokenError> {
    let text = asked.form.get("code").ok_or(TokenError::BadVerificationCode)?;
    let code = practice.world().codes.get(text).cloned().ok_or(TokenError::BadVerificationCode)?;
    check(practice, asked, client, &code)?;
    let grant_id = practice.random().token();
    if let Some(code) = practice.world().codes.get_mut(text) {
        code.used = Some(grant_id.clone());
    }
    let expiring = code.offline || practice.world().is_on(client.platform, Switch::ExpiringTokens);
    Ok(refresh::issue(practice, client, refresh::Basis::of_code(&code, grant_id), expiring))
}

fn check(practice: &Practice, asked: &Asked, client: &Client, code: &Code) -> Result<(), TokenError> {
    if code.platform != client.platform || code.client_id != client.client_id || practice.now() >= code.expires_at {
        return Err(TokenError::BadVerificationCode);
    }
    if let Some(grant) = &code.used {
        let mut world = practice.world();
        if world.is_on(client.platform, Switch::ReuseRevokes) {
            world.end_grant(grant);
        }
        return Err(TokenError::BadVerificationCode);
    }
    if asked.form.get("redirect_uri").is_some_and(|uri| uri != code.redirect_uri) {
        return Err(TokenError::RedirectUriMismatch);
    }
    // The text of a PKCE failure is not documented; this is the nearest one.
    if code.challenge.as_ref().is_some_and(|challenge| !challenge.answered_by(asked.form.get("code_verifier"))) {
        return Err(TokenError::BadVerificationCode);
    }
    let world = practice.world();
    let person = world.person(&code.person).ok_or(TokenError::BadVerificationCode)?;
    // GitHub Enterprise Server verifies no addresses unless told to (§1.7).
    let unproven = person.email.is_some() && !person.email_verified;
    if client.platform == Platform::Github && unproven { Err(TokenError::UnverifiedUserEmail) } else { Ok(()) }
}
