//! Where an access token may be used (RFC 8707), and how it therefore looks.

use crate::base::clock::Seconds;
use crate::oidc::Oidc;
use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;
use crate::store::clients::{Client, TokenFormat};

/// No access token lives longer, whatever is configured (security.md row 111).
pub const LONGEST_LIFE: Seconds = 3600;

/// The audience of a token, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `aud`: resources, or the issuer for our own endpoints.
    pub audience: Vec<String>,
    /// JWT as soon as the application or one resource wants that.
    pub format: TokenFormat,
    /// The shortest life anybody set.
    pub life: Seconds,
    /// What the resources understand; `None` when there is no resource to say so.
    pub scopes: Option<Vec<String>>,
}

impl Oidc {
    /// The target of a token request. `granted` are the resources that may be
    /// named; without a `resource` parameter they are all meant, and our own
    /// endpoints with them when `ours` (userinfo must work with openid).
    ///
    /// # Errors
    /// `invalid_target` for a resource that is unknown or was not granted.
    pub(super) async fn target(
        &self,
        client: &Client,
        params: &Params,
        granted: &[String],
        ours: bool,
    ) -> Result<Target, Error> {
        let mut asked: Vec<&str> = params.all("resource").collect();
        if asked.iter().any(|resource| !granted.iter().any(|known| known == resource)) {
            return Err(unknown());
        }
        let all = asked.is_empty();
        if all {
            asked = granted.iter().map(String::as_str).collect();
        }
        asked.sort_unstable();
        asked.dedup();
        let mut target = self.plain_target(client);
        for id in asked {
            let allowed = client.metadata.resources.iter().any(|known| known == id);
            match self.store.resource(id).await?.filter(|_| allowed) {
                Some(resource) => {
                    target.audience.push(resource.id.clone());
                    target.scopes.get_or_insert_default().extend(resource.metadata.scopes.iter().cloned());
                    target.life = target.life.min(resource.metadata.token_life.unwrap_or(LONGEST_LIFE));
                    if resource.metadata.token_format == TokenFormat::Jwt {
                        target.format = TokenFormat::Jwt;
                    }
                }
                // Granted once and gone since: what is left of the grant still stands.
                None if all => {}
                None => return Err(unknown()),
            }
        }
        if target.audience.is_empty() || (all && ours) {
            target.audience.push(self.issuer.to_string());
        }
        Ok(target)
    }

    fn plain_target(&self, client: &Client) -> Target {
        let life = client.metadata.access_token_life.unwrap_or(self.lives.access_token);
        Target {
            audience: Vec::new(),
            format: client.metadata.access_token_format,
            life: life.clamp(1, LONGEST_LIFE),
            scopes: None,
        }
    }
}

fn unknown() -> Error {
    Error::new(Code::InvalidTarget, "resource is unknown, or not allowed for this application")
}
