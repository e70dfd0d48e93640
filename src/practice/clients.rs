//! Applications that are registered with a platform, and which redirect URIs each platform lets pass.

use serde::{Deserialize, Serialize};
use url::Url;

use super::platform::Platform;
use super::wechat::apps::{App, AppKind};

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
    /// Where the platform pushes its events; on this machine only, see [`super::push`].
    #[serde(default)]
    pub(super) hook: Option<String>,
    /// What WeChat knows besides about an application of its own.
    #[serde(default)]
    pub(super) wechat: Option<App>,
}

impl Client {
    /// The clients that exist from the start on `platform`.
    pub(super) fn practice(platform: Platform, issuer: &str) -> Vec<Self> {
        let plain = Self {
            platform,
            client_id: platform.client_id().to_owned(),
            client_secret: super::CLIENT_SECRET.to_owned(),
            name: "Hufu".to_owned(),
            redirect_uris: vec![issuer.to_owned()],
            github_app: false,
            any_path: true,
            hook: None,
            wechat: None,
        };
        let hook = |kind: &str| Some(format!("{issuer}/hook/{}", practice_name(kind)));
        match platform {
            Platform::Wechat => App::practice()
                .into_iter()
                .map(|(appid, app)| Self {
                    client_id: appid.to_owned(),
                    // A mini program asks its server by itself; nothing is pushed for it.
                    hook: match app.kind {
                        AppKind::MiniProgram => Some(format!("{issuer}/scan/seen")),
                        AppKind::Website | AppKind::Service => hook(app.kind.connector()),
                    },
                    wechat: Some(app),
                    ..plain.clone()
                })
                .collect(),
            Platform::Dingtalk | Platform::Wecom => vec![Self { hook: hook(platform.key()), ..plain }],
            _ => vec![plain],
        }
    }

    /// The redirect URI to use for what was asked, or `None` for one that is not registered.
    pub(super) fn redirect(&self, asked: Option<&str>) -> Option<String> {
        let Some(asked) = asked else { return self.redirect_uris.first().cloned() };
        let fits = self.redirect_uris.iter().any(|registered| match self.platform {
            Platform::Github | Platform::Ghes if !self.github_app => below(registered, asked),
            // A bare host, no port, any path (WeChat §3.1).
            Platform::Wechat if !self.any_path => on_host(registered, asked),
            _ => registered == asked || (self.any_path && under(registered, asked)),
        });
        fits.then(|| asked.to_owned())
    }
}

/// How the console names the practice instance of a kind.
pub(super) fn practice_name(kind: &str) -> String {
    format!("{}-practice", kind.replace('_', "-"))
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

/// The very host, without a port of its own.
fn on_host(host: &str, asked: &str) -> bool {
    let Ok(url) = Url::parse(asked) else { return false };
    // The parser forgets a default port that was written out.
    let authority = asked.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    matches!(url.scheme(), "http" | "https") && url.host_str() == Some(host) && authority.eq_ignore_ascii_case(host)
}

/// Same origin, path equal or below.
fn under(registered: &str, asked: &str) -> bool {
    let (Ok(registered), Ok(asked)) = (Url::parse(registered), Url::parse(asked)) else { return false };
    registered.origin() == asked.origin()
        && path_below(registered.path(), asked.path())
        && asked.username().is_empty()
        && asked.fragment().is_none()
}
