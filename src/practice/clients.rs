//! Applications that are registered with a platform, and which redirect URIs each platform lets pass.

use serde::{Deserialize, Serialize};
use url::Url;

use super::platform::Platform;

/// A registered application; fields are named as RFC 7591 names them.
#[expect(clippy::struct_field_names, reason = "the standard names them so")]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Client {
    pub(super) platform: Platform,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// What the consent page calls it.
    pub(super) name: String,
    /// The first one is where GitHub sends errors and where no `redirect_uri` leads.
    pub(super) redirect_uris: Vec<String>,
    /// A GitHub App: exact redirect URIs, no scopes, `ghu_` tokens.
    #[serde(default)]
    pub(super) github_app: bool,
    /// Every path under the registered address passes (the clients that exist from the start).
    #[serde(default)]
    pub(super) any_path: bool,
}

impl Client {
    /// The client that exists from the start on `platform`.
    pub(super) fn practice(platform: Platform, issuer: &str) -> Self {
        Self {
            platform,
            client_id: platform.client_id().to_owned(),
            client_secret: super::CLIENT_SECRET.to_owned(),
            name: "Hufu".to_owned(),
            redirect_uris: vec![issuer.to_owned()],
            github_app: false,
            any_path: true,
        }
    }

    /// The redirect URI to use for what was asked, or `None` for one that is not registered.
    pub(super) fn redirect(&self, asked: Option<&str>) -> Option<String> {
        let Some(asked) = asked else { return self.redirect_uris.first().cloned() };
        let fits = self.redirect_uris.iter().any(|registered| match self.platform {
            Platform::Github | Platform::Ghes if !self.github_app => below(registered, asked),
            _ => registered == asked || (self.any_path && under(registered, asked)),
        });
        fits.then(|| asked.to_owned())
    }
}

/// GitHub's rule for OAuth Apps: host equal or a sub-domain, port equal (any
/// port on loopback), path equal or below.
fn below(registered: &str, asked: &str) -> bool {
    let (Ok(registered), Ok(asked)) = (Url::parse(registered), Url::parse(asked)) else { return false };
    let (Some(own), Some(host)) = (registered.host_str(), asked.host_str()) else { return false };
    let loopback = matches!(own, "127.0.0.1" | "[::1]" | "localhost");
    let host_fits = host == own || (!loopback && host.strip_suffix(own).is_some_and(|front| front.ends_with('.')));
    let port_fits = loopback || registered.port_or_known_default() == asked.port_or_known_default();
    registered.scheme() == asked.scheme()
        && host_fits
        && port_fits
        && path_below(registered.path(), asked.path())
        && asked.username().is_empty()
        && asked.fragment().is_none()
}

fn path_below(registered: &str, asked: &str) -> bool {
    let registered = registered.trim_end_matches('/');
    asked == registered || asked.strip_prefix(registered).is_some_and(|rest| rest.starts_with('/'))
}

/// Same origin, path equal or below.
fn under(registered: &str, asked: &str) -> bool {
    let (Ok(registered), Ok(asked)) = (Url::parse(registered), Url::parse(asked)) else { return false };
    registered.origin() == asked.origin()
        && path_below(registered.path(), asked.path())
        && asked.username().is_empty()
        && asked.fragment().is_none()
}
