//! The token endpoint and revocation (§2.3).

use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, header};

use super::super::clients::Client;
use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::tickets::Code;
use super::super::{Practice, answer};
use super::issue::{Holder, tokens};
use crate::base::secret::same;

pub(super) async fn google(State(practice): State<Practice>, asked: Asked) -> Response {
    token(&practice, &asked, Platform::Google)
}

pub(super) async fn plain(State(practice): State<Practice>, asked: Asked) -> Response {
    token(&practice, &asked, Platform::Oidc)
}

/// Status, error code and words.
type Refused = (StatusCode, &'static str, &'static str);

const fn bad(error: &'static str, words: &'static str) -> Refused {
    (StatusCode::BAD_REQUEST, error, words)
}

fn token(practice: &Practice, asked: &Asked, platform: Platform) -> Response {
    let holder = client(practice, asked, platform).and_then(|client| match asked.form.get("grant_type") {
        _ if asked.form.repeats() => Err(bad("invalid_request", "A parameter comes twice")),
        Some("authorization_code") => by_code(practice, asked, &client),
        Some("refresh_token") => by_refresh_token(practice, asked, &client),
        None => Err(bad("invalid_request", "grant_type is missing")),
        Some(_) => Err(bad("unsupported_grant_type", "Use authorization_code or refresh_token")),
    });
    let result = holder.and_then(|holder| {
        tokens(practice, holder).map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "No token was made"))
    });
    match result {
        Ok(body) => answer::json(StatusCode::OK, &body),
        Err((status, error, words)) => {
            let mut response = answer::oauth_error(status, error, words);
            if status == StatusCode::UNAUTHORIZED && asked.header("authorization").is_some() {
                answer::set(&mut response, header::WWW_AUTHENTICATE, "Basic realm=\"practice\"");
            }
            response
        }
    }
}

fn client(practice: &Practice, asked: &Asked, platform: Platform) -> Result<Client, Refused> {
    let (id, secret) = asked.client();
    let google = platform == Platform::Google;
    let unknown = if google { "The OAuth client was not found." } else { "The client is not known" };
    let wrong = if google { "The provided client secret is invalid." } else { "The client secret is wrong" };
    let client = practice.world().client(platform, &id.unwrap_or_default()).cloned();
    let client = client.ok_or((StatusCode::UNAUTHORIZED, "invalid_client", unknown))?;
    if same(&client.client_secret, &secret.unwrap_or_default()) {
        Ok(client)
    } else {
        Err((StatusCode::UNAUTHORIZED, "invalid_client", wrong))
    }
}

fn by_code(practice: &Practice, asked: &Asked, client: &Client) -> Result<Holder, Refused> {
    let google = client.platform == Platform::Google;
    let text = asked.form.get("code").ok_or(bad("invalid_request", "code is missing"))?;
    let malformed = if google { "Malformed auth code." } else { "The code is not known" };
    let code = practice.world().codes.get(text).cloned().ok_or(bad("invalid_grant", malformed))?;
    check(practice, asked, client, &code)?;
    let grant = practice.random().token();
    let mut world = practice.world();
    if let Some(code) = world.codes.get_mut(text) {
        code.used = Some(grant.clone());
    }
    Ok(Holder {
        platform: code.platform,
        client_id: code.client_id,
        person: code.person,
        scopes: code.scopes,
        nonce: code.nonce,
        auth_time: code.auth_time,
        grant,
        offline: code.offline,
    })
}

fn check(practice: &Practice, asked: &Asked, client: &Client, code: &Code) -> Result<(), Refused> {
    let google = client.platform == Platform::Google;
    let stale = if google { "Bad Request" } else { "The code was used, has expired or is not yours" };
    let own = code.platform == client.platform && code.client_id == client.client_id;
    if let (true, Some(grant)) = (own, &code.used) {
        let mut world = practice.world();
        if world.is_on(client.platform, Switch::ReuseRevokes) {
            world.end_grant(grant);
        }
    }
    if !own || code.used.is_some() || practice.now() >= code.expires_at {
        return Err(bad("invalid_grant", stale));
    }
    if code.redirect_named && asked.form.get("redirect_uri") != Some(code.redirect_uri.as_str()) {
        let error = if google { "redirect_uri_mismatch" } else { "invalid_grant" };
        return Err(bad(error, "redirect_uri differs from the one of the authorization request"));
    }
    let verifier = asked.form.get("code_verifier");
    match &code.challenge {
        Some(challenge) if !challenge.answered_by(verifier) => Err(bad(
            "invalid_grant",
            if verifier.is_some() { "Invalid code verifier." } else { "Missing code verifier." },
        )),
        // A verifier where no challenge was sent is a sign of a downgrade (RFC 9700 §2.1.1).
        None if verifier.is_some() => Err(bad("invalid_grant", "code_verifier without a code_challenge")),
        _ => Ok(()),
    }
}

fn by_refresh_token(practice: &Practice, asked: &Asked, client: &Client) -> Result<Holder, Refused> {
    let refused = bad("invalid_grant", "The refresh token is not known, has expired or was revoked");
    let text = asked.form.get("refresh_token").ok_or(bad("invalid_request", "refresh_token is missing"))?;
    let mut world = practice.world();
    let old = world.refresh.get(text).cloned().ok_or(refused)?;
    if old.platform != client.platform || old.client_id != client.client_id || practice.now() >= old.expires_at {
        return Err(refused);
    }
    // Google keeps its refresh tokens; login.example.org rotates them.
    let rotates = client.platform == Platform::Oidc;
    if rotates {
        world.refresh.remove(text);
    }
    Ok(Holder {
        platform: old.platform,
        client_id: old.client_id,
        person: old.person,
        scopes: old.scopes,
        nonce: None,
        auth_time: old.auth_time,
        grant: old.grant,
        offline: rotates,
    })
}

/// Google takes any token without client authentication.
pub(super) async fn google_revoke(State(practice): State<Practice>, asked: Asked) -> Response {
    let token = asked.form.get("token").or_else(|| asked.query.get("token")).unwrap_or_default();
    if end(&practice, Platform::Google, token) {
        answer::json(StatusCode::OK, &serde_json::json!({}))
    } else {
        answer::oauth_error(StatusCode::BAD_REQUEST, "invalid_token", "Token expired or revoked")
    }
}

/// RFC 7009: 200 whether or not the token was known.
pub(super) async fn plain_revoke(State(practice): State<Practice>, asked: Asked) -> Response {
    if let Err((status, error, words)) = client(&practice, &asked, Platform::Oidc) {
        return answer::oauth_error(status, error, words);
    }
    end(&practice, Platform::Oidc, asked.form.get("token").unwrap_or_default());
    answer::empty(StatusCode::OK)
}

fn end(practice: &Practice, platform: Platform, token: &str) -> bool {
    let mut world = practice.world();
    let of_access = world.access.get(token).filter(|access| access.platform == platform).map(|a| a.grant.clone());
    let of_refresh = world.refresh.get(token).filter(|refresh| refresh.platform == platform).map(|r| r.grant.clone());
    let grant = of_access.or(of_refresh);
    if let Some(grant) = &grant {
        world.end_grant(grant);
    }
    grant.is_some()
}
