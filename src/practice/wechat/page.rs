//! WeChat's pages: the QR code, and the errors that only the person sees.

use askama::Template;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};
use url::Url;

use super::super::answer;
use super::super::fields::Asked;
use super::super::pages::FaultPage;
use super::super::platform::Platform;
use super::super::texts::Texts;
use super::texts::Words;

/// The page with the QR code; it can be framed (§12.7).
#[derive(Template)]
#[template(path = "practice/wechat_qr.html")]
pub(super) struct QrPage<'a> {
    pub(super) texts: &'static Texts,
    pub(super) words: &'static Words,
    pub(super) client_name: &'a str,
    pub(super) uuid: &'a str,
    pub(super) state: &'static str,
    /// The way back, with `WXCODE` where the code belongs.
    pub(super) to: String,
    /// The way back after a refusal; empty: none.
    pub(super) cancelled_to: String,
    /// Whether the page itself moves on, not the top window.
    pub(super) itself: bool,
    /// Who has a WeChat on this computer.
    pub(super) people: Vec<(String, String)>,
    pub(super) look: Look,
}

/// How the embedding page wants it to look (§3.4).
pub(super) struct Look {
    /// For dark pages.
    pub(super) white: bool,
    /// A style sheet of the application's.
    pub(super) sheet: Option<String>,
}

impl Look {
    /// `style`, and `href` unless `stylelite=1`: an https address or a base64 `data:` sheet.
    pub(super) fn read(asked: &Asked) -> Self {
        let lite = asked.query.get("stylelite") == Some("1");
        let is_sheet = |href: &&str| match href.strip_prefix("data:text/css;base64,") {
            Some(data) => STANDARD.decode(data).is_ok(),
            None => Url::parse(href).is_ok_and(|url| url.scheme() == "https"),
        };
        let sheet = asked.query.get("href").filter(is_sheet).filter(|_| !lite).map(str::to_owned);
        Self { white: asked.query.get("style") == Some("white"), sheet }
    }

    /// What the page may load besides its own.
    fn source(&self) -> String {
        let Some(sheet) = &self.sheet else { return String::new() };
        match Url::parse(sheet) {
            Ok(url) if url.scheme() == "https" => format!(" {}", url.origin().ascii_serialization()),
            _ => " data:".to_owned(),
        }
    }
}

impl QrPage<'_> {
    pub(super) fn answer(&self) -> Response {
        let policy = format!(
            "default-src 'none'; style-src 'self'{}; img-src 'self'; script-src 'self'; form-action 'self' http: https:; base-uri 'none'",
            self.look.source()
        );
        let mut response = match self.render() {
            Ok(body) => answer::page(StatusCode::OK, body),
            Err(error) => {
                tracing::error!(%error, "a practice page could not be written");
                return answer::empty(StatusCode::INTERNAL_SERVER_ERROR);
            }
        };
        answer::set(&mut response, header::CONTENT_SECURITY_POLICY, &policy);
        response
    }
}

/// An error page: status 200, the platform's words, no way back to the application.
pub(super) fn fault(texts: &'static Texts, platform_says: &'static str) -> Response {
    let words = Words::of(texts);
    FaultPage {
        texts,
        platform: texts.called(Platform::Wechat),
        title: words.stopped,
        words: words.stopped_because,
        code: platform_says,
    }
    .answer(StatusCode::OK)
}

/// The person refused, and that is all.
pub(super) fn note(texts: &'static Texts) -> Response {
    let words = Words::of(texts);
    FaultPage {
        texts,
        platform: texts.called(Platform::Wechat),
        title: words.denied,
        words: words.denied_because,
        code: "",
    }
    .answer(StatusCode::OK)
}
