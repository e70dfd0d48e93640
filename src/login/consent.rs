//! What a person agreed to, and what is new since.

use super::interaction::{End, Facts};
use super::writes::{Event, Write};
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::id::{InteractionId, UserId};
use crate::oidc::authorize::AuthorizeRequest;
use crate::store::clients::Client;
use crate::store::consents::Consent;

/// Claims every ID token has anyway: asking for one of them singly asks for nothing.
const ALWAYS: &[&str] = &["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid", "azp"];

/// What an application asks for, beside what it was granted before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub new_scopes: Vec<String>,
    pub known_scopes: Vec<String>,
    /// Single claims, old and new.
    pub claims: Vec<String>,
    /// A page has to be shown.
    pub is_missing: bool,
}

/// Compares a request with what was agreed to before. First-party applications need no page; any
/// other needs one the first time, even for `openid` alone: who one is, is told too.
pub(crate) fn asked(request: &AuthorizeRequest, client: &Client, before: Option<&Consent>) -> Asked {
    let known = |scope: &&String| before.is_some_and(|consent| consent.scopes.contains(scope));
    let claims = single_claims(request);
    let new_claims = claims.iter().any(|claim| !before.is_some_and(|consent| consent.claims.contains(claim)));
    let new_scopes: Vec<String> = request.scopes.iter().filter(|scope| !known(scope)).cloned().collect();
    let is_new = before.is_none() || !new_scopes.is_empty() || new_claims;
    Asked {
        known_scopes: request.scopes.iter().filter(known).cloned().collect(),
        new_scopes,
        claims,
        is_missing: is_new && !client.metadata.first_party,
    }
}

fn single_claims(request: &AuthorizeRequest) -> Vec<String> {
    let Some(claims) = &request.claims else { return Vec::new() };
    let mut names: Vec<String> = claims.userinfo.keys().chain(claims.id_token.keys()).cloned().collect();
    names.retain(|name| !ALWAYS.contains(&name.as_str()));
    names.sort();
    names.dedup();
    names
}

/// Old and new joined: a smaller request later takes nothing back.
fn joined(before: Option<&Consent>, request: &AuthorizeRequest, user: &UserId, now: i64) -> Consent {
    let mut consent = before.cloned().unwrap_or_else(|| Consent {
        user_id: user.clone(),
        client_id: request.client_id.clone(),
        scopes: Vec::new(),
        claims: Vec::new(),
        given_at: now,
    });
    for scope in &request.scopes {
        if !consent.scopes.contains(scope) {
            consent.scopes.push(scope.clone());
        }
    }
    for claim in single_claims(request) {
        if !consent.claims.contains(&claim) {
            consent.claims.push(claim);
        }
    }
    consent.given_at = now;
    consent
}

impl Login {
    /// `POST /i/{id}/consent`.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn consent(&self, id: &InteractionId, allow: bool, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let read = self.read(&held.facts, visitor).await?;
        let (Some(request), Some(user)) = (held.facts.request(), read.user) else {
            return Ok(Stepped::back(id));
        };
        let before = self.store.consent(&user.id, &request.client_id).await?;
        let now = self.clock.now();
        let consent = joined(before.as_ref(), request, &user.id, now);
        let client = request.client_id.clone();
        let entry = self.entry(
            visitor,
            &Event {
                actor: format!("user:{}", user.id),
                action: if allow { "consent.give" } else { "consent.deny" },
                target: format!("client:{client}"),
                outcome: "ok".to_owned(),
                detail: serde_json::json!({ "scopes": request.scopes }),
            },
        );
        // The answer belongs to the person and the page it was given on, or it is stale.
        let answered = super::interaction::next(&held.facts, &read.policy, now) == super::interaction::Next::Consent;
        self.change(id, visitor, |facts: &mut Facts| {
            if !answered || !facts.is_open(now) {
                return None;
            }
            if !allow {
                facts.end = Some(End::Denied);
                return Some((vec![Write::Audit(entry.clone())], ()));
            }
            facts.allowed_by = Some(user.id.clone());
            Some((vec![Write::PutConsent(consent.clone()), Write::Audit(entry.clone())], ()))
        })
        .await?;
        Ok(Stepped::back(id))
    }
}
