//! `/api/v1/me…` and `/api/v1/users/{id}/…`: a person's account and ways in, for their applications and for services.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::fault::ApiFault;
use super::visitor;
use crate::app::App;
use crate::base::secret::Secret;
use crate::login::Visitor;
use crate::login::identities::{Asker, Bound, PlatformCode, TypedNumber};
use crate::web::bearer::the_token;
use crate::web::fault::OAuthFault;

/// Whoever the token and the path speak of: the person themselves, or somebody whom a service names.
#[derive(Debug)]
pub struct Asked {
    asker: Asker,
    visitor: Visitor,
}

impl FromRequestParts<App> for Asked {
    type Rejection = ApiFault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiFault> {
        let refused = |error| OAuthFault::of_bearer(Some(error));
        let token = the_token(parts.uri.query(), &parts.headers, &[]).map_err(refused)?;
        let token = token.ok_or_else(ApiFault::no_token)?;
        let visitor = visitor(&parts.headers, &parts.extensions);
        let asker = if parts.uri.path().starts_with("/api/v1/users/") {
            let named = Named::from_request_parts(parts, app).await;
            let id = named.ok().and_then(|Path(of)| of.id).unwrap_or_default();
            app.login.asks_for(&token, &id, &visitor).await?
        } else {
            app.login.asks_for_self(&token, &visitor).await?
        };
        Ok(Self { asker, visitor })
    }
}

type Named = Path<Of>;

/// What the path names.
#[derive(Debug, Deserialize)]
struct Of {
    id: Option<String>,
    subject: Option<String>,
}

/// The way in that the path names.
#[derive(Debug)]
pub struct Subject(String);

impl FromRequestParts<App> for Subject {
    type Rejection = ApiFault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiFault> {
        match Named::from_request_parts(parts, app).await {
            Ok(Path(Of { subject: Some(subject), .. })) => Ok(Self(subject)),
            Ok(_) | Err(_) => Err(ApiFault::body()),
        }
    }
}

/// `GET /api/v1/me`, `GET /api/v1/users/{id}`.
///
/// # Errors
/// [`ApiFault`].
pub async fn account(State(app): State<App>, asked: Asked) -> Result<Response, ApiFault> {
    Ok(Json(app.login.account_of(&asked.asker).await?).into_response())
}

/// `GET …/identities`.
///
/// # Errors
/// [`ApiFault`].
pub async fn list(State(app): State<App>, asked: Asked) -> Result<Response, ApiFault> {
    let identities = app.login.ways_in_of(&asked.asker).await?;
    Ok(Json(json!({ "identities": identities })).into_response())
}

/// What is bound: a platform's account by its code, or a number by ours.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Platform(PlatformCode),
    Number(TypedNumber),
}

/// `POST …/identities`: 201 and the way in, 200 where it was theirs before, 202 when a code is on its way.
///
/// # Errors
/// [`ApiFault`].
pub async fn bind(State(app): State<App>, asked: Asked, body: Bytes) -> Result<Response, ApiFault> {
    let Asked { asker, visitor } = &asked;
    let bound = match read(&body)? {
        Wanted::Platform(code) => app.login.bind_by_code(asker, code, visitor).await?,
        Wanted::Number(typed) => {
            let Some(code) = &typed.code else {
                let sent = app.login.send_to_new_number(asker, &typed, visitor).await?;
                return Ok((StatusCode::ACCEPTED, Json(sent)).into_response());
            };
            app.login.bind_number(asker, (&typed, code), visitor).await?
        }
    };
    let Bound { subject, is_new } = bound;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({ "subject": subject }))).into_response())
}

/// `POST …/identities/{subject}/code`: a code to the number that is to be changed or taken away.
///
/// # Errors
/// [`ApiFault`].
pub async fn code(State(app): State<App>, Subject(subject): Subject, asked: Asked) -> Result<Response, ApiFault> {
    let sent = app.login.send_to_own_number(&asked.asker, &subject, &asked.visitor).await?;
    Ok((StatusCode::ACCEPTED, Json(sent)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnCode {
    code: Secret,
}

/// `POST …/identities/{subject}/ticket`: for the code to the number one has, the word that it was proven.
///
/// # Errors
/// [`ApiFault`].
pub async fn ticket(
    State(app): State<App>,
    Subject(subject): Subject,
    asked: Asked,
    body: Bytes,
) -> Result<Response, ApiFault> {
    let OwnCode { code } = read(&body)?;
    let ticket = app.login.prove_own_number(&asked.asker, (&subject, &code), &asked.visitor).await?;
    Ok(Json(ticket).into_response())
}

/// Another number, with the word that the one so far was proven.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NextNumber {
    ticket: Secret,
    phone: String,
    country: Option<String>,
    code: Option<Secret>,
    lang: Option<String>,
}

/// `PUT …/identities/{subject}`: 202 when a code is on its way to the new number, 200 when it is theirs.
///
/// # Errors
/// [`ApiFault`].
pub async fn change(
    State(app): State<App>,
    Subject(subject): Subject,
    asked: Asked,
    body: Bytes,
) -> Result<Response, ApiFault> {
    let Asked { asker, visitor } = &asked;
    let NextNumber { ticket, phone, country, code, lang } = read(&body)?;
    let typed = TypedNumber { phone, country, code: None, lang };
    let next = (subject.as_str(), &ticket, &typed);
    let Some(code) = &code else {
        let sent = app.login.send_to_next_number(asker, next, visitor).await?;
        return Ok((StatusCode::ACCEPTED, Json(sent)).into_response());
    };
    let Bound { subject, .. } = app.login.change_number(asker, next, code, visitor).await?;
    Ok(Json(json!({ "subject": subject })).into_response())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    code: Option<Secret>,
}

/// `DELETE …/identities/{subject}`; for a number, with the code in the body.
///
/// # Errors
/// [`ApiFault`].
pub async fn unbind(
    State(app): State<App>,
    Subject(subject): Subject,
    asked: Asked,
    body: Bytes,
) -> Result<Response, ApiFault> {
    let proof: Proof = if body.is_empty() { Proof::default() } else { read(&body)? };
    app.login.unbind_for(&asked.asker, &subject, proof.code.as_ref(), &asked.visitor).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiFault> {
    serde_json::from_slice(body).map_err(|_| ApiFault::body())
}
