//! What a person's grant buys at the token endpoint, by code and by refresh alike.

use crate::oidc::Oidc;
use crate::oidc::error::Error;
use crate::oidc::id_token::Occasion;
use crate::oidc::mint::{Minted, Order};
use crate::oidc::token::TokenResponse;
use crate::store::artifact::NewArtifact;
use crate::store::grants::AliveGrant;

use super::GrantType;
use super::target::Target;

/// Everything signed and nothing written: the answer, and the rows that make it true.
pub(super) struct Bundle {
    pub(super) answer: TokenResponse,
    pub(super) rows: Vec<NewArtifact>,
    /// Digest of the refresh token among them.
    pub(super) successor: Option<String>,
}

impl Oidc {
    /// Makes the tokens of `alive` for `scopes`, a part of the grant's. A refresh
    /// token comes along when `offline_access` was granted and the client has the
    /// grant; an ID token when openid is among the scopes.
    ///
    /// # Errors
    /// `invalid_grant` for a grant without a person; those of signing and of the store.
    pub(super) async fn bundle(
        &self,
        alive: &AliveGrant,
        scopes: Vec<String>,
        target: Target,
        occasion: Occasion,
    ) -> Result<Bundle, Error> {
        let (grant, client) = (alive.grant(), alive.client());
        let user = alive.user().ok_or_else(super::invalid_grant)?;
        let sub = self.subject_for(&user.id, client).await?;
        let has = |scope: &str| scopes.iter().any(|granted| granted == scope);
        let (openid, scope) = (has("openid"), scopes.join(" "));
        let about = self.org_claims(grant, &user.id, &scopes).await?;
        let order = Order { grant, client, sub, scopes, about, target };
        let access: Minted = self.access_token(&order).await?;
        let id_token = if openid { Some(self.id_token(&order, user, &access.text, occasion).await?) } else { None };
        let refresh = may_refresh(alive).then(|| self.refresh_token(grant));
        let successor = refresh.as_ref().map(|refresh| refresh.row.digest.clone());
        let (refresh_token, refresh_row) = refresh.map(|refresh| (refresh.text, refresh.row)).unzip();
        Ok(Bundle {
            answer: TokenResponse {
                access_token: access.text,
                token_type: "Bearer",
                expires_in: access.expires_in,
                refresh_token,
                id_token,
                scope,
            },
            rows: std::iter::once(access.row).chain(refresh_row).collect(),
            successor,
        })
    }
}

/// Whether this grant outlives its session and its client may make use of that.
pub(super) fn may_refresh(alive: &AliveGrant) -> bool {
    let grant_type = GrantType::RefreshToken.as_str();
    alive.grant().scopes.iter().any(|scope| scope == "offline_access")
        && alive.client().metadata.grant_types.iter().any(|allowed| allowed == grant_type)
}
