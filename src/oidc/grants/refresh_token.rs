//! `refresh_token` (RFC 6749 §6, RFC 9700 §4.14): each is used once and buys the next.

use std::sync::Arc;

use super::issue::{Bundle, may_refresh};
use super::{invalid_grant, missing};
use crate::base::bearer::{Bearer, row_digest};
use crate::base::clock::Seconds;
use crate::base::id::GrantId;
use crate::oidc::Oidc;
use crate::oidc::client_auth::AuthenticatedClient;
use crate::oidc::error::{Code, Error};
use crate::oidc::id_token::Occasion;
use crate::oidc::params::Params;
use crate::oidc::token::TokenResponse;
use crate::store::Result as StoreResult;
use crate::store::Tx;
use crate::store::artifact::{Exchange, Kind, NewArtifact};
use crate::store::audit::AuditEntry;

/// How a second use is recorded.
const REUSE: &str = "refresh_reuse";

/// One rotation, ready to be written.
struct Rotation {
    old: String,
    new: String,
    grant_id: GrantId,
    rows: Vec<NewArtifact>,
    grace: Seconds,
    /// Written when it turns out to be reuse; its time is now.
    reuse: AuditEntry,
}

impl Oidc {
    /// Rotates a refresh token.
    ///
    /// # Errors
    /// `invalid_grant` for all that does not fit, `invalid_scope` for more than was granted, `invalid_target`.
    pub(in crate::oidc) async fn refresh(
        &self,
        caller: &AuthenticatedClient,
        params: &Params,
    ) -> Result<TokenResponse, Error> {
        let text = params.get("refresh_token").ok_or_else(|| missing("refresh_token is missing"))?;
        if !Bearer::RefreshToken.is_shape_of(text) {
            return Err(invalid_grant());
        }
        let found = self.store.look(Kind::RefreshToken, &row_digest(text)).await?.ok_or_else(invalid_grant)?;
        if found.client_id.as_ref() != Some(&caller.client.id) {
            return Err(invalid_grant());
        }
        let grant_id = found.grant_id.clone().ok_or_else(invalid_grant)?;
        let now = self.clock.now();
        let late = found.taken_at.is_some_and(|taken_at| now - taken_at > self.lives.refresh_grace);
        if late {
            self.end_grant(&grant_id, &caller.client.id, REUSE).await?;
            return Err(invalid_grant());
        }
        if now >= found.expires_at {
            return Err(invalid_grant());
        }
        let alive = self.store.alive_grant(&grant_id, now).await?.ok_or_else(invalid_grant)?;
        if !may_refresh(&alive) {
            return Err(invalid_grant());
        }
        let scopes = narrowed(params.get("scope"), &alive.grant().scopes)?;
        let openid = scopes.iter().any(|scope| scope == "openid");
        let target = self.target(alive.client(), params, &alive.grant().resources, openid).await?;
        let bundle = self.bundle(&alive, scopes, target, Occasion::Refresh).await?;
        self.rotate_refresh(caller, found.digest, grant_id, bundle).await
    }

    async fn rotate_refresh(
        &self,
        caller: &AuthenticatedClient,
        old: String,
        grant_id: GrantId,
        bundle: Bundle,
    ) -> Result<TokenResponse, Error> {
        let new = bundle.successor.ok_or_else(invalid_grant)?;
        let reuse = self.notice(REUSE, &caller.client.id, &grant_id);
        let grace = self.lives.refresh_grace;
        let rotation = Arc::new(Rotation { old, new, grant_id, rows: bundle.rows, grace, reuse });
        let write = self.store.write(move |tx| {
            let rotation = Arc::clone(&rotation);
            Box::pin(async move { rotate(tx, &rotation).await })
        });
        if write.await? { Ok(bundle.answer) } else { Err(invalid_grant()) }
    }
}

/// Takes the old token and puts the new ones; `false` when it was not to be had.
///
/// A token that was taken a moment ago, and whose successor nobody used, is an
/// honest client that lost the answer: it gets another successor, and the
/// unused one dies, so that one branch lives (security.md row 105). Every other
/// second use ends the family (row 104).
async fn rotate(tx: &mut Tx, it: &Rotation) -> StoreResult<bool> {
    let now = it.reuse.at;
    match tx.exchange(Kind::RefreshToken, &it.old, now, Some(&it.new), &it.rows).await? {
        Exchange::First => Ok(true),
        Exchange::Missing => Ok(false),
        Exchange::Again { taken_at, successor, .. } => {
            if let Some(unused) = successor.filter(|_| now - taken_at <= it.grace)
                && tx.replace_successor(Kind::RefreshToken, &it.old, &unused, &it.new, now, &it.rows).await?
            {
                return Ok(true);
            }
            if tx.end_grant(&it.grant_id, now, &it.reuse.action).await? {
                tx.audit(&it.reuse).await?;
            }
            Ok(false)
        }
    }
}

/// The scopes of this answer: what is asked, as long as it was granted.
fn narrowed(asked: Option<&str>, granted: &[String]) -> Result<Vec<String>, Error> {
    let Some(asked) = asked else { return Ok(granted.to_vec()) };
    let asked: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    if asked.is_empty() || asked.iter().any(|word| !granted.iter().any(|scope| scope == word)) {
        return Err(Error::new(Code::InvalidScope, "scope asks for more than was granted"));
    }
    Ok(granted.iter().filter(|scope| asked.contains(&scope.as_str())).cloned().collect())
}
