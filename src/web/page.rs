//! The chrome of every page: language, product, protection of forms, headers; and the error pages.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::assets;
pub use super::brand::Product;
use super::error_page;
pub use super::error_page::ErrorPage;
use super::texts::common::Texts;
use crate::app::App;
use crate::base::lang::{Lang, Wish};
use crate::login::Visitor;

/// What the layout of a page needs, and what its forms carry.
#[derive(Clone, Debug)]
pub struct Page {
    /// The language it is written in.
    pub lang: Lang,
    /// What the request itself says of languages.
    wish: Wish,
    /// How this installation calls itself.
    pub product: Product,
    /// The hidden field `csrf` of its forms.
    pub csrf: String,
    /// Names the request in our log.
    pub reference: String,
    /// Where the fake phone of the practice world is, if that world is on.
    pub practice_phone: Option<String>,
    /// Path and query without `lang`, for the links that switch the language.
    here: String,
}

impl Page {
    /// The chrome as one request asks for it.
    #[must_use]
    pub fn new(headers: &HeaderMap, uri: &Uri, product: Product) -> Self {
        let wish = wish(headers, uri);
        let csrf = String::new();
        let reference = String::new();
        Self { lang: wish.lang, wish, product, csrf, reference, practice_phone: None, here: here(uri) }
    }

    /// Follows `ui_locales` (OIDC Core §3.1.2.1), unless the person chose a language themselves.
    pub fn prefer(&mut self, ui_locales: &[String]) {
        self.lang = self.wish.with(ui_locales);
    }

    /// The same chrome for the page at `path`, for what is shown in answer to a POST.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.here);
        self
    }

    /// A parameter of this page's address.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<String> {
        let query = self.here.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes()).find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
    }

    /// The sentences of the chrome.
    #[must_use]
    pub fn words(&self) -> &'static Texts {
        Texts::of(self.lang)
    }

    /// Every language with its own name and the address of this page in it.
    #[must_use]
    pub fn languages(&self) -> Vec<(Lang, &'static str, String)> {
        let mark = if self.here.contains('?') { '&' } else { '?' };
        let name = |lang| match lang {
            Lang::En => "English",
            Lang::Zh => "简体中文",
        };
        Lang::ALL.iter().map(|&lang| (lang, name(lang), format!("{}{mark}lang={}", self.here, lang.tag()))).collect()
    }

    /// The address of the style sheet.
    #[must_use]
    pub fn style(&self) -> String {
        assets::style_address(&self.product)
    }

    /// The address of the script.
    #[must_use]
    pub fn script(&self) -> String {
        assets::script_address()
    }

    /// The address of a symbol in the sprite.
    #[must_use]
    pub fn icon(&self, name: &str) -> String {
        format!("{}#{name}", assets::icons_address())
    }

    /// The page as a response, with the headers that every page has (security.md §2.1, row 1).
    pub fn answer(&self, status: StatusCode, forms: Forms, template: &impl askama::Template) -> Response {
        self.answer_opening(status, (forms, &Opening::default()), template)
    }

    /// The same, where the page needs more than others do.
    pub fn answer_opening(
        &self,
        status: StatusCode,
        (forms, opening): (Forms, &Opening),
        template: &impl askama::Template,
    ) -> Response {
        match template.render() {
            Ok(html) => html_response(status, (forms, opening), html),
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Where the forms of a page may end up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// Within our own origin: `form-action 'self'`.
    Own,
    /// At an application or a platform. Chromium applies `form-action` to every
    /// redirect after the POST, also to the application's own next hop, so
    /// there is no list that would hold.
    Anywhere,
}

/// What a page may do besides showing itself (security.md row 1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Its script asks our own origin.
    pub asks_us: bool,
    /// The one origin whose page stands in it; with `'self'` where that page comes back to us by itself.
    pub frame: Option<String>,
    /// It may stand in a frame of our own.
    pub in_our_frames: bool,
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      base-uri 'none'";

/// On a response: a page that may stand in a frame of our own.
#[derive(Clone, Copy, Debug)]
pub struct InOurFrames;

fn html_response(status: StatusCode, (forms, opening): (Forms, &Opening), html: String) -> Response {
    let frame = opening.frame.as_deref().unwrap_or("'none'");
    let ancestors = if opening.in_our_frames { "'self'" } else { "'none'" };
    let mut policy = format!("{POLICY}; frame-ancestors {ancestors}; frame-src {frame}");
    if forms == Forms::Own {
        policy.push_str("; form-action 'self'");
    }
    if opening.asks_us {
        policy.push_str("; connect-src 'self'");
    }
    // What every answer says of itself is added at the edge (`guard::headers`).
    let mut response = (status, Body::from(html)).into_response();
    if opening.in_our_frames {
        response.extensions_mut().insert(InOurFrames);
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

impl FromRequestParts<App> for Page {
    type Rejection = ErrorPage;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ErrorPage> {
        let product = product(app).await;
        let mut page = Self::new(&parts.headers, &parts.uri, product);
        page.practice_phone = app.config.practice.enabled.then(|| format!("{}/phone", app.config.practice.origin()));
        if parts.method == Method::POST {
            // What was posted is not opened again by a link.
            "/".clone_into(&mut page.here);
        }
        if let Some(visitor) = parts.extensions.get::<Visitor>() {
            page.csrf = app.sealer.derive("csrf", &visitor.browser);
            page.reference.clone_from(&visitor.request_id);
        }
        Ok(page)
    }
}

/// The setting `product`; the built-in one when it is unset or the store does not answer.
pub async fn product(app: &App) -> Product {
    let stored = app.store.setting("product").await.ok().flatten();
    stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// The error page for a request that came with these headers; `reference` is its id.
pub async fn refusal(app: &App, (headers, uri): (&HeaderMap, &Uri), reference: &str, what: &ErrorPage) -> Response {
    let mut page = Page::new(headers, uri, product(app).await);
    reference.clone_into(&mut page.reference);
    error_page::render(what, &page)
}

/// What a browser's request says of languages: `?lang=` and the cookie are the person's choice, the rest is their
/// browser's.
pub(super) fn wish(headers: &HeaderMap, uri: &Uri) -> Wish {
    let asked = query(uri).find(|(name, _)| name == "lang").and_then(|(_, tag)| Lang::from_tag(&tag));
    let chosen = asked.or_else(|| cookie(headers, "lang").and_then(Lang::from_tag));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Wish::of(chosen, accepted, Lang::En)
}

/// Middleware: remembers `?lang=` for a year. Error pages are written by `fault::dress`, which calls [`refusal`].
pub async fn speak(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = query(request.uri()).find(|(name, _)| name == "lang").and_then(|(_, tag)| Lang::from_tag(&tag));
    let mut response = next.run(request).await;
    if let Some(lang) = asked {
        let secure = if app.config.issuer.starts_with("https:") { "; Secure" } else { "" };
        let cookie = format!("lang={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}", lang.tag());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

fn query(uri: &Uri) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned()
}

fn here(uri: &Uri) -> String {
    let rest = query(uri).filter(|(name, _)| name != "lang");
    let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{rest}", uri.path()) }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(uri: &str, headers: &[(&'static str, &'static str)]) -> Page {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        Page::new(&headers, &uri.parse().unwrap(), Product::default())
    }

    #[test]
    fn the_persons_choice_wins_over_the_applications_and_the_browsers() {
        let mut chosen = page("/i/x?lang=zh-CN", &[("cookie", "a=b; lang=en"), ("accept-language", "en")]);
        chosen.prefer(&["en".to_owned()]);
        assert_eq!(chosen.lang, Lang::Zh);
        let mut kept = page("/i/x", &[("cookie", "a=b; lang=zh-CN"), ("accept-language", "en")]);
        kept.prefer(&["en".to_owned()]);
        assert_eq!(kept.lang, Lang::Zh);
        let mut wished = page("/i/x", &[("accept-language", "en")]);
        wished.prefer(&["se".to_owned(), "zh-Hans".to_owned()]);
        assert_eq!(wished.lang, Lang::Zh);
        assert_eq!(page("/", &[("accept-language", "fr, zh;q=0.8")]).lang, Lang::Zh);
        assert_eq!(page("/?lang=fr", &[]).lang, Lang::En);
    }

    #[test]
    fn switching_the_language_keeps_the_rest_of_the_address() {
        let page = page("/i/x?tab=register&lang=en", &[]);
        let links = page.languages().into_iter().map(|(_, _, link)| link).collect::<Vec<_>>();
        assert_eq!(links, ["/i/x?tab=register&lang=en", "/i/x?tab=register&lang=zh-CN"]);
    }
}
