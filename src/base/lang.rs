//! The languages Hufu speaks, and which of them a person is answered in.

/// A language of pages and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Lang {
    /// English.
    #[serde(rename = "en")]
    En,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    Zh,
}

impl Lang {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The BCP 47 tag, for `lang=` and `ui_locales_supported`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// The language a BCP 47 tag stands for, judged by its primary subtag; `None` for one we do not speak.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim().to_ascii_lowercase();
        match primary.as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The best language for an `Accept-Language` header, by its quality values (RFC 9110 §12.5.4).
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for item in header.split(',').take(32) {
            let mut parts = item.split(';');
            let Some(lang) = parts.next().and_then(Self::from_tag) else { continue };
            let quality =
                parts.find_map(|part| part.trim().strip_prefix("q=")?.trim().parse::<f32>().ok()).unwrap_or(1.0);
            if quality > 0.0 && best.is_none_or(|(so_far, _)| quality > so_far) {
                best = Some((quality, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// The language that somebody reads, as far as a request says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Without any other wish.
    pub lang: Lang,
    /// They chose it here, so what an application asks for does not change it.
    pub chosen: bool,
}

impl Wish {
    /// What they chose here, else what their program accepts, else `usual`.
    #[must_use]
    pub fn of(chosen: Option<Lang>, accept_language: Option<&str>, usual: Lang) -> Self {
        let lang = chosen.or_else(|| accept_language.and_then(Lang::from_accept_language)).unwrap_or(usual);
        Self { lang, chosen: chosen.is_some() }
    }

    /// Where nobody reads.
    #[must_use]
    pub const fn unsaid(usual: Lang) -> Self {
        Self { lang: usual, chosen: false }
    }

    /// The language for somebody whom an application sends with `ui_locales` (OIDC Core §3.1.2.1).
    #[must_use]
    pub fn with(self, ui_locales: &[String]) -> Lang {
        let asked = ui_locales.iter().find_map(|tag| Lang::from_tag(tag)).filter(|_| !self.chosen);
        asked.unwrap_or(self.lang)
    }
}
