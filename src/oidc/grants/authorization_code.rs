//! `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.5): a code for tokens, once.

use std::sync::Arc;

use super::code::CodePayload;
use super::issue::Bundle;
use super::{invalid_grant, missing};
use crate::base::bearer::{Bearer, row_digest};
use crate::base::id::GrantId;
use crate::base::secret::{digest, same};
use crate::oidc::Oidc;
use crate::oidc::client_auth::AuthenticatedClient;
use crate::oidc::error::Error;
use crate::oidc::id_token::Occasion;
use crate::oidc::params::Params;
use crate::oidc::token::TokenResponse;
use crate::store::artifact::{Artifact, Exchange, Kind};

/// Wrong verifiers a code survives; the fifth kills it (security.md row 98).
const VERIFIERS: i64 = 5;

/// How a second use is recorded.
const REUSE: &str = "code_reuse";

impl Oidc {
    /// Redeems a code. Everything the code is bound to is compared before
    /// anything changes: client, redirect URI, verifier, age.
    ///
    /// # Errors
    /// `invalid_request` for a missing parameter, `invalid_grant` for all that does not fit,
    /// `invalid_target`.
    pub(in crate::oidc) async fn redeem_code(
        &self,
        caller: &AuthenticatedClient,
        params: &Params,
    ) -> Result<TokenResponse, Error> {
        let code = params.get("code").ok_or_else(|| missing("code is missing"))?;
        let redirect_uri = params.get("redirect_uri");
        if !Bearer::Code.is_shape_of(code) {
            return Err(invalid_grant());
        }
        let found = self.store.look(Kind::AuthorizationCode, &row_digest(code)).await?.ok_or_else(invalid_grant)?;
        let bound: CodePayload = found.read()?;
        // A code of the authorization challenge endpoint went nowhere, and none is to be named.
        if redirect_uri.is_none() && !bound.redirect_uri.is_empty() {
            return Err(missing("redirect_uri is missing"));
        }
        // A thief with another client, or without the verifier, changes nothing for the owner (security.md row 94).
        if found.client_id.as_ref() != Some(&caller.client.id) || bound.redirect_uri != redirect_uri.unwrap_or_default()
        {
            return Err(invalid_grant());
        }
        let verifier = params.get("code_verifier");
        if !proves(bound.code_challenge.as_deref(), verifier, caller.confidential) {
            return Err(self.charge_verifier(caller, &found).await?);
        }
        let grant_id = found.grant_id.clone().ok_or_else(invalid_grant)?;
        if found.taken_at.is_some() {
            self.end_grant(&grant_id, &caller.client.id, REUSE).await?;
            return Err(invalid_grant());
        }
        let now = self.clock.now();
        if now >= found.expires_at || found.tries >= VERIFIERS {
            return Err(invalid_grant());
        }
        let alive = self.store.alive_grant(&grant_id, now).await?.ok_or_else(invalid_grant)?;
        let scopes = alive.grant().scopes.clone();
        let openid = scopes.iter().any(|scope| scope == "openid");
        let target = self.target(alive.client(), params, &alive.grant().resources, openid).await?;
        let bundle = self.bundle(&alive, scopes, target, Occasion::SignIn).await?;
        self.exchange_code(caller, found.digest, grant_id, bundle).await
    }

    /// One transaction: of any number of redemptions one wins, and a loser is a
    /// replay that ends what the winner got (RFC 9700 §4.5; security.md row 99).
    async fn exchange_code(
        &self,
        caller: &AuthenticatedClient,
        code: String,
        grant_id: GrantId,
        bundle: Bundle,
    ) -> Result<TokenResponse, Error> {
        let notice = self.notice(REUSE, &caller.client.id, &grant_id);
        let rows = bundle.rows;
        let plan = Arc::new((code, grant_id, rows, notice));
        let exchanged = self
            .store
            .write(move |tx| {
                let plan = Arc::clone(&plan);
                Box::pin(async move {
                    let (code, grant_id, rows, notice) = &*plan;
                    let outcome = tx.exchange(Kind::AuthorizationCode, code, notice.at, None, rows).await?;
                    if matches!(outcome, Exchange::Again { .. })
                        && tx.end_grant(grant_id, notice.at, &notice.action).await?
                    {
                        tx.audit(notice).await?;
                    }
                    Ok(outcome)
                })
            })
            .await?;
        match exchanged {
            Exchange::First => Ok(bundle.answer),
            Exchange::Again { .. } | Exchange::Missing => Err(invalid_grant()),
        }
    }

    /// Counts a wrong verifier; the last one takes the code and its grant away.
    async fn charge_verifier(&self, caller: &AuthenticatedClient, found: &Artifact) -> Result<Error, Error> {
        if found.taken_at.is_some() {
            return Ok(invalid_grant());
        }
        let code = found.digest.clone();
        let left = self
            .store
            .write(move |tx| {
                let code = code.clone();
                // The row stays, spent: the last step of its interaction must not find its place free.
                Box::pin(async move { tx.charge(Kind::AuthorizationCode, &code, VERIFIERS).await })
            })
            .await?;
        if let (None | Some(..=0), Some(grant)) = (left, &found.grant_id) {
            self.end_grant(grant, &caller.client.id, "code_guessed").await?;
        }
        Ok(invalid_grant())
    }
}

/// Whether the verifier is the one the challenge was made of (RFC 7636 §4.6).
/// A verifier without a challenge is somebody who took the challenge out of the
/// request (RFC 9700 §4.8.2); a public client never goes without.
fn proves(challenge: Option<&str>, verifier: Option<&str>, confidential: bool) -> bool {
    match (challenge, verifier) {
        (Some(challenge), Some(verifier)) => is_verifier(verifier) && same(&digest(verifier), challenge),
        (None, None) => confidential,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// RFC 7636 §4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s96_s97_only_the_right_verifier_proves() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(Some(challenge), Some(verifier), false));
        assert!(proves(None, None, true));
        assert!(!proves(None, None, false));
        assert!(!proves(None, Some(verifier), true));
        assert!(!proves(Some(challenge), None, true));
        let padded = format!("{verifier}=");
        for wrong in [challenge, &padded, &verifier[..42], &format!("{verifier}A"), ""] {
            assert!(!proves(Some(challenge), Some(wrong), true), "{wrong}");
        }
    }
}
