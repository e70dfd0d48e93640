//! GitHub's tokens: how they are made, how they expire, and the refresh that kills both old ones (§1.3).

use super::super::Practice;
use super::super::clients::Client;
use super::super::fields::Asked;
use super::super::tickets::{Access, Code, Refresh};
use super::token_answer::{ACCESS_LIFE, Grant, REFRESH_LIFE, TokenError};
use crate::base::clock::Seconds;

/// Live tokens for one person, application and set of scopes; the next one revokes the oldest.
const LIVE_TOKENS: usize = 10;

/// Whom and what the new tokens are for.
pub(super) struct Basis {
    grant: String,
    person: String,
    scopes: Vec<String>,
    auth_time: Seconds,
}

impl Basis {
    pub(super) fn of_code(code: &Code, grant: String) -> Self {
        Self { grant, person: code.person.clone(), scopes: code.scopes.clone(), auth_time: code.auth_time }
    }
}

pub(super) fn by_refresh_token(practice: &Practice, asked: &Asked, client: &Client) -> Result<Grant, TokenError> {
    let text = asked.form.get("refresh_token").ok_or(TokenError::BadRefreshToken)?;
    let now = practice.now();
    let old = practice.world().refresh.get(text).cloned().ok_or(TokenError::BadRefreshToken)?;
    if old.platform != client.platform || old.client_id != client.client_id || now >= old.expires_at {
        return Err(TokenError::BadRefreshToken);
    }
    practice.world().end_grant(&old.grant);
    let basis =
        Basis { grant: practice.random().token(), person: old.person, scopes: old.scopes, auth_time: old.auth_time };
    Ok(issue(practice, client, basis, true))
}

/// New tokens; `expiring` ones come with a refresh token.
pub(super) fn issue(practice: &Practice, client: &Client, basis: Basis, expiring: bool) -> Grant {
    let now = practice.now();
    let prefix = if client.github_app { "ghu_" } else { "gho_" };
    let access_token = format!("{prefix}{}", practice.random().alphanumeric(36));
    let access = Access {
        platform: client.platform,
        grant: basis.grant.clone(),
        client_id: client.client_id.clone(),
        person: basis.person.clone(),
        scopes: basis.scopes.clone(),
        expires_at: expiring.then_some(now + ACCESS_LIFE),
    };
    revoke_surplus(practice, &access);
    practice.world().access.put(access_token.clone(), access);
    let scopes = basis.scopes.clone();
    let refresh_token = expiring.then(|| {
        let text = format!("ghr_{}", practice.random().alphanumeric(76));
        let refresh = Refresh {
            platform: client.platform,
            grant: basis.grant,
            client_id: client.client_id.clone(),
            person: basis.person,
            scopes: basis.scopes,
            auth_time: basis.auth_time,
            expires_at: now + REFRESH_LIFE,
        };
        practice.world().refresh.put(text.clone(), refresh);
        text
    });
    Grant { access_token, scopes, refresh_token }
}

fn revoke_surplus(practice: &Practice, new: &Access) {
    let mut world = practice.world();
    let alike = |old: &Access| {
        old.platform == new.platform
            && old.client_id == new.client_id
            && old.person == new.person
            && old.scopes == new.scopes
    };
    let live: Vec<String> =
        world.access.iter().filter(|(_, old)| alike(old)).map(|(token, _)| token.to_owned()).collect();
    let surplus = (live.len() + 1).saturating_sub(LIVE_TOKENS);
    for token in live.iter().take(surplus) {
        world.access.remove(token);
    }
}
