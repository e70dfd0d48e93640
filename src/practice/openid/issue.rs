//! Codes and tokens as they are made.

use aws_lc_rs::error::Unspecified;
use serde_json::{Map, Value, json};

use super::super::Practice;
use super::super::consent::Agreed;
use super::super::fields::Fields;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::tickets::{Access, Code, Refresh};
use super::authorize::{Wish, has_prompt};
use super::claims::{Basis, id_token, long_scopes};
use super::{ACCESS_LIFE, CODE_LIFE, REFRESH_LIFE};

/// A code for what the person allowed. Google's contain a slash (§2.2).
pub(super) fn code(practice: &Practice, fields: &Fields, wish: &Wish, agreed: &Agreed) -> String {
    let platform = wish.client.platform;
    let text = match platform {
        Platform::Google => format!("4/0Ab{}", practice.random().alphanumeric(60)),
        _ => practice.random().token(),
    };
    let expires_at = practice.now() + CODE_LIFE;
    let mut world = practice.world();
    let first = world.grant(platform, &wish.client.client_id, &agreed.person, &agreed.scopes);
    let offline = if platform == Platform::Google {
        // Only at the first consent, or when consent is asked for again (§2.2).
        fields.get("access_type") == Some("offline") && (first || has_prompt(fields, "consent"))
    } else {
        agreed.scopes.iter().any(|scope| scope == "offline_access")
    };
    let ticket = Code {
        platform,
        client_id: wish.client.client_id.clone(),
        redirect_uri: wish.redirect_uri.clone(),
        redirect_named: true,
        challenge: wish.challenge.clone(),
        scopes: agreed.scopes.clone(),
        person: agreed.person.clone(),
        nonce: fields.get("nonce").map(str::to_owned),
        auth_time: agreed.auth_time,
        offline,
        expires_at,
        used: None,
    };
    world.codes.put(text.clone(), ticket);
    text
}

/// Whom the tokens are for.
pub(super) struct Holder {
    pub(super) platform: Platform,
    pub(super) client_id: String,
    pub(super) person: String,
    pub(super) scopes: Vec<String>,
    pub(super) nonce: Option<String>,
    pub(super) auth_time: i64,
    pub(super) grant: String,
    /// Whether a new refresh token goes with it.
    pub(super) offline: bool,
}

/// The token endpoint's answer.
pub(super) fn tokens(practice: &Practice, holder: Holder) -> Result<Value, Unspecified> {
    let platform = holder.platform;
    let google = platform == Platform::Google;
    let switches = practice.world().switches(platform);
    let front = if google { "ya29." } else { "at_" };
    let access_token = format!("{front}{}", practice.random().alphanumeric(64));
    let now = practice.now();
    let mut body = Map::new();
    body.insert("access_token".to_owned(), json!(access_token));
    let life = if google { ACCESS_LIFE - 1 } else { ACCESS_LIFE };
    let life = if switches.is_on(Switch::ExpiresAsText) { json!(life.to_string()) } else { json!(life) };
    body.insert("expires_in".to_owned(), life);
    if holder.offline {
        let text = format!("{}{}", if google { "1//0g" } else { "rt_" }, practice.random().alphanumeric(64));
        body.insert("refresh_token".to_owned(), json!(text));
        let refresh = Refresh {
            platform,
            grant: holder.grant.clone(),
            client_id: holder.client_id.clone(),
            person: holder.person.clone(),
            scopes: holder.scopes.clone(),
            auth_time: holder.auth_time,
            expires_at: now + REFRESH_LIFE,
        };
        practice.world().refresh.put(text, refresh);
    }
    // Google answers with the long names, so a strict compare with what was asked fails (§2.3).
    let scope = if google { long_scopes(&holder.scopes) } else { holder.scopes.join(" ") };
    body.insert("scope".to_owned(), json!(scope));
    if !switches.is_on(Switch::NoTokenType) {
        body.insert("token_type".to_owned(), json!("Bearer"));
    }
    if !switches.is_on(Switch::NoIdToken) && holder.scopes.iter().any(|scope| scope == "openid") {
        let basis = Basis { holder: &holder, access_token: &access_token };
        body.insert("id_token".to_owned(), json!(id_token(practice, &basis)?));
    }
    let access = Access {
        platform,
        grant: holder.grant,
        client_id: holder.client_id,
        person: holder.person,
        scopes: holder.scopes,
        expires_at: Some(now + ACCESS_LIFE),
    };
    practice.world().access.put(access_token, access);
    Ok(Value::Object(body))
}
