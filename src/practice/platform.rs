//! Which platform a host belongs to, and the names it goes by.

/// A simulated platform; its switches, tokens and clients are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Platform {
    /// github.com and api.github.com.
    Github,
    /// GitHub Enterprise Server at ghe.example.org.
    Ghes,
    /// Google's four hosts.
    Google,
    /// A plain OpenID provider, login.example.org.
    Oidc,
    /// A plain OAuth 2 provider, oauth.example.net.
    Oauth2,
}

impl Platform {
    pub(super) const ALL: [Self; 5] = [Self::Github, Self::Ghes, Self::Google, Self::Oidc, Self::Oauth2];

    /// The platform that serves `host`.
    pub(super) fn of_host(host: &str) -> Option<Self> {
        match host {
            "github.com" | "api.github.com" => Some(Self::Github),
            "ghe.example.org" => Some(Self::Ghes),
            "accounts.google.com" | "oauth2.googleapis.com" | "www.googleapis.com" | "openidconnect.googleapis.com" => {
                Some(Self::Google)
            }
            "login.example.org" => Some(Self::Oidc),
            "oauth.example.net" => Some(Self::Oauth2),
            _ => None,
        }
    }

    /// The platform named so in the control API.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.key() == name)
    }

    /// Its name in the control API.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Ghes => "ghes",
            Self::Google => "google",
            Self::Oidc => "oidc",
            Self::Oauth2 => "oauth2",
        }
    }

    /// What people call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
            Self::Ghes => "GitHub Enterprise",
            Self::Google => "Google",
            Self::Oidc => "login.example.org",
            Self::Oauth2 => "oauth.example.net",
        }
    }

    /// The client that is registered there from the start.
    pub(super) const fn client_id(self) -> &'static str {
        match self {
            Self::Github | Self::Ghes => "practice-github",
            Self::Google => "practice-google",
            Self::Oidc => "practice-oidc",
            Self::Oauth2 => "practice-oauth2",
        }
    }

    /// The host whose pages people see.
    pub(super) const fn page_host(self) -> &'static str {
        match self {
            Self::Github => "github.com",
            Self::Ghes => "ghe.example.org",
            Self::Google => "accounts.google.com",
            Self::Oidc => "login.example.org",
            Self::Oauth2 => "oauth.example.net",
        }
    }
}
