//! Who is asking: the demo's cookie, the language, and whether a form is our own.

use http::{HeaderMap, header};

use super::DemoConfig;
use super::texts::Texts;
use crate::base::lang::Lang;
use crate::base::secret::{digest, same};

/// A visitor's cookie value, from the browser or newly made.
pub(super) struct Visitor {
    value: String,
    /// Whether the browser does not have it yet.
    new: bool,
}

impl Visitor {
    pub(super) fn of(headers: &HeaderMap, config: &DemoConfig) -> Self {
        let name = cookie_name(config);
        let known =
            headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(|cookies| {
                cookies.split("; ").find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
            });
        match known.filter(|value| value.len() == 43) {
            Some(value) => Self { value, new: false },
            None => Self { value: config.random.token(), new: true },
        }
    }

    /// The name of the session in memory: the value itself is not kept.
    pub(super) fn session(&self) -> String {
        digest(&self.value)
    }

    /// The hidden field of this visitor's forms.
    pub(super) fn csrf(&self) -> String {
        digest(&format!("demo csrf {}", self.value))
    }

    /// Whether a posted form is one of ours: the field, and no foreign page behind it.
    pub(super) fn owns(&self, field: &str, headers: &HeaderMap, config: &DemoConfig) -> bool {
        let origin = url::Url::parse(&config.issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        let foreign = headers.get(header::ORIGIN).is_some_and(|from| from != origin.as_str());
        let cross_site = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
        !self.new && !foreign && !cross_site && same(field, &self.csrf())
    }

    /// `Set-Cookie`, when the browser needs it.
    pub(super) fn cookie(&self, config: &DemoConfig) -> Option<String> {
        let secure = if config.issuer.starts_with("https://") { "; Secure" } else { "" };
        self.new.then(|| format!("{}={}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(config), self.value))
    }
}

fn cookie_name(config: &DemoConfig) -> &'static str {
    if config.issuer.starts_with("https://") { "__Host-demo" } else { "demo" }
}

/// The visitor's language.
pub(super) fn texts(headers: &HeaderMap) -> &'static Texts {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Texts::in_lang(wanted.and_then(Lang::from_accept_language).unwrap_or(Lang::En))
}
