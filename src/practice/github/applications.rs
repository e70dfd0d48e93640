//! Checking and revoking a token with the application's own credentials (§1.9).

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::tickets::Access;
use super::super::{Practice, answer};
use super::headers::{gate, message};
use crate::base::secret::same;

/// The token that the body names, once the application has proved itself.
#[expect(clippy::result_large_err, reason = "the refusal is the answer")]
fn named(practice: &Practice, asked: &Asked, client_id: &str) -> Result<(String, Access), Response> {
    let platform = Platform::of_host(asked.host()).unwrap_or(Platform::Github);
    gate(practice, asked, platform)?;
    let now = practice.now();
    let world = practice.world();
    let (basic_id, secret) = asked.client();
    let proved = asked.header("authorization").is_some()
        && basic_id.as_deref() == Some(client_id)
        && world
            .client(platform, client_id)
            .is_some_and(|client| same(&client.client_secret, &secret.unwrap_or_default()));
    if !proved {
        return Err(message(StatusCode::NOT_FOUND, "Not Found"));
    }
    let Some(token) = asked.form.get("access_token") else {
        return Err(message(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed"));
    };
    match world.alive(platform, token, now) {
        Some(access) if access.client_id == client_id => Ok((token.to_owned(), access.clone())),
        _ => Err(message(StatusCode::NOT_FOUND, "Not Found")),
    }
}

pub(super) async fn check(State(practice): State<Practice>, Path(client_id): Path<String>, asked: Asked) -> Response {
    let (token, access) = match named(&practice, &asked, &client_id) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    let world = practice.world();
    let user = world.person(&access.person).map(|person| json!({"login": person.login, "id": person.number}));
    answer::json(
        StatusCode::OK,
        &json!({
            "id": 1, "token": token, "scopes": access.scopes, "user": user,
            "app": {"name": "Hufu", "client_id": client_id}, "expires_at": null,
        }),
    )
}

pub(super) async fn revoke(State(practice): State<Practice>, Path(client_id): Path<String>, asked: Asked) -> Response {
    match named(&practice, &asked, &client_id) {
        Ok((token, _)) => {
            practice.world().access.remove(&token);
            answer::empty(StatusCode::NO_CONTENT)
        }
        Err(refusal) => refusal,
    }
}

/// Ends the whole grant: every token of the person for the application, and the remembered consent.
pub(super) async fn revoke_grant(
    State(practice): State<Practice>,
    Path(client_id): Path<String>,
    asked: Asked,
) -> Response {
    match named(&practice, &asked, &client_id) {
        Ok((_, access)) => {
            let mut world = practice.world();
            world.access.retain(|other| {
                other.platform != access.platform || other.client_id != client_id || other.person != access.person
            });
            world.refresh.retain(|other| {
                other.platform != access.platform || other.client_id != client_id || other.person != access.person
            });
            world.forget_grant(access.platform, &client_id, &access.person);
            answer::empty(StatusCode::NO_CONTENT)
        }
        Err(refusal) => refusal,
    }
}
