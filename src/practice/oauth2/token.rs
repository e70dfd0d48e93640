//! The token endpoint, by POST or (as some platforms document it) by GET.

use axum::extract::State;
use axum::response::Response;
use http::{Method, StatusCode};
use serde_json::{Map, json};

use super::super::Practice;
use super::super::clients::Client;
use super::super::fields::{Asked, Fields};
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::tickets::{Access, Code};
use super::{ACCESS_LIFE, answer};
use crate::base::secret::same;

type Refused = (StatusCode, (u32, &'static str, &'static str));

const INVALID_CLIENT: Refused =
    (StatusCode::UNAUTHORIZED, (20002, "invalid_client", "The client id or secret is wrong"));
const INVALID_GRANT: Refused =
    (StatusCode::BAD_REQUEST, (20065, "invalid_grant", "The code is wrong, was used or has expired"));
const REDIRECT_MISMATCH: Refused =
    (StatusCode::BAD_REQUEST, (20071, "invalid_grant", "The redirect_uri differs from the first one"));
const UNSUPPORTED: Refused = (StatusCode::BAD_REQUEST, (20036, "unsupported_grant_type", "Use authorization_code"));

pub(super) async fn token(State(practice): State<Practice>, asked: Asked) -> Response {
    let switches = practice.world().switches(Platform::Oauth2);
    let fields = if asked.method == Method::GET { &asked.query } else { &asked.form };
    let access = client(&practice, &asked, fields).and_then(|client| by_code(&practice, fields, &client));
    let (text, access) = match access {
        Ok(access) => access,
        Err((status, words)) => return answer::refused(&switches, status, words),
    };
    let mut body = Map::new();
    let mut put = |name: &str, value| body.insert(name.to_owned(), value);
    put("access_token", json!(text));
    if !switches.is_on(Switch::NoTokenType) {
        put("token_type", json!("bearer"));
    }
    let as_text = switches.is_on(Switch::ExpiresAsText);
    put("expires_in", if as_text { json!(ACCESS_LIFE.to_string()) } else { json!(ACCESS_LIFE) });
    let joint = if switches.is_on(Switch::CommaScopes) { "," } else { " " };
    put("scope", json!(access.scopes.join(joint)));
    // Weibo's way: the token answer already says who it is.
    if let Some(person) = practice.world().person(&access.person) {
        put("uid", json!(person.number.to_string()));
    }
    practice.world().access.put(text, access);
    if switches.is_on(Switch::FormAnswer) { answer::form(&body) } else { answer::good(&switches, body) }
}

fn client(practice: &Practice, asked: &Asked, fields: &Fields) -> Result<Client, Refused> {
    let (id, secret) = asked.client();
    let id = id.or_else(|| fields.get("client_id").map(str::to_owned)).unwrap_or_default();
    let secret = secret.or_else(|| fields.get("client_secret").map(str::to_owned)).unwrap_or_default();
    let client = practice.world().client(Platform::Oauth2, &id).cloned().ok_or(INVALID_CLIENT)?;
    if same(&client.client_secret, &secret) { Ok(client) } else { Err(INVALID_CLIENT) }
}

fn by_code(practice: &Practice, fields: &Fields, client: &Client) -> Result<(String, Access), Refused> {
    if fields.get("grant_type") != Some("authorization_code") {
        return Err(UNSUPPORTED);
    }
    let text = fields.get("code").ok_or(INVALID_GRANT)?;
    let now = practice.now();
    let mut world = practice.world();
    let code: Code = world.codes.get(text).cloned().ok_or(INVALID_GRANT)?;
    let own = code.platform == Platform::Oauth2 && code.client_id == client.client_id;
    if let (true, Some(grant)) = (own && world.is_on(Platform::Oauth2, Switch::ReuseRevokes), &code.used) {
        world.end_grant(grant);
    }
    let proven = code.challenge.as_ref().is_none_or(|challenge| challenge.answered_by(fields.get("code_verifier")));
    if !own || code.used.is_some() || now >= code.expires_at || !proven {
        return Err(INVALID_GRANT);
    }
    if code.redirect_named && fields.get("redirect_uri") != Some(code.redirect_uri.as_str()) {
        return Err(REDIRECT_MISMATCH);
    }
    let grant = practice.random().token();
    if let Some(code) = world.codes.get_mut(text) {
        code.used = Some(grant.clone());
    }
    let access = Access {
        platform: Platform::Oauth2,
        grant,
        client_id: code.client_id,
        person: code.person,
        scopes: code.scopes,
        expires_at: Some(now + ACCESS_LIFE),
    };
    Ok((practice.random().alphanumeric(48), access))
}
