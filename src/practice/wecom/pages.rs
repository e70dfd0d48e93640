//! WeCom's pages: the sign-in page, the page that carries an answer out of a frame, and the errors.

use askama::Template;
use axum::response::Response;
use http::{StatusCode, header};
use qrcode::QrCode;
use qrcode::render::svg;

use super::super::answer;
use super::super::fields::Asked;
use super::super::pages::{Card, FaultPage};
use super::super::platform::Platform;
use super::super::texts::Texts;
use super::corp::authority;
use super::login::Way;
use super::texts::Words;
use crate::base::lang::Lang;

const SCRIPT: &str = include_str!("../../../static/practice-wecom.js");

/// The sign-in page; other pages may frame it.
#[derive(Template)]
#[template(path = "practice/wecom_login.html")]
pub(super) struct LoginPage<'a> {
    pub(super) texts: &'static Texts,
    pub(super) words: &'static Words,
    pub(super) client_name: &'a str,
    pub(super) qr: String,
    /// What the picture says.
    pub(super) content: &'a str,
    pub(super) action: String,
    pub(super) scanned: bool,
    pub(super) framed: bool,
    pub(super) cards: Vec<Card>,
}

impl LoginPage<'_> {
    pub(super) fn answer(&self) -> Response {
        let mut response = frameable(self.render());
        // The page looks again whether somebody confirmed on the phone.
        answer::set(&mut response, header::REFRESH, &format!("3; url={}", self.action));
        response
    }
}

/// Carries the answer out of a frame.
#[derive(Template)]
#[template(path = "practice/wecom_carrier.html")]
pub(super) struct Carrier<'a> {
    texts: &'static Texts,
    way: &'static str,
    to: &'a str,
    code: &'a str,
    /// Who may hear the code.
    origin: String,
}

impl<'a> Carrier<'a> {
    pub(super) fn new(asked: &Asked, way: Way, to: &'a str, code: &'a str) -> Self {
        let way = match way {
            Way::Callback => "callback",
            Way::Text => "text",
            Way::Top | Way::Redirect => "top",
        };
        let scheme = if to.starts_with("https:") { "https" } else { "http" };
        let origin = authority(to).map(|host| format!("{scheme}://{host}")).unwrap_or_default();
        Self { texts: texts(asked), way, to, code, origin }
    }

    pub(super) fn answer(&self) -> Response {
        frameable(self.render())
    }
}

/// A page that other pages may frame.
fn frameable(page: askama::Result<String>) -> Response {
    let mut response = match page {
        Ok(body) => answer::page(StatusCode::OK, body),
        Err(error) => {
            tracing::error!(%error, "a practice page could not be written");
            return answer::empty(StatusCode::INTERNAL_SERVER_ERROR);
        }
    };
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
         form-action 'self' http: https:; base-uri 'none'";
    answer::set(&mut response, header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// `lang=zh|en` names the language; Chinese otherwise only where the browser says so.
pub(super) fn texts(asked: &Asked) -> &'static Texts {
    match asked.query.get("lang").and_then(Lang::from_tag) {
        Some(lang) => Texts::in_lang(lang),
        None => Texts::of(asked),
    }
}

/// What a page of the platform says instead of going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Parameters,
    /// Outside the client: neither the callback domain nor the trusted one.
    LoginDomain,
    /// Inside the client: not the trusted domain.
    Domain,
    OpenInClient,
    State,
    NoPermission,
    Cancelled,
}

/// The page, with HTTP 200; nobody is sent back.
pub(super) fn fault(asked: &Asked, said: Said) -> Response {
    let texts = texts(asked);
    let words = Words::of(texts);
    let (sentence, code) = match said {
        Said::Parameters => (words.parameters, "参数错误"),
        Said::LoginDomain => (words.domain, "redirect_uri 与配置的授权完成回调域名不一致"),
        Said::Domain => (words.domain, "redirect_uri需使用应用可信域名"),
        Said::OpenInClient => (words.open_in_client, "请在企业微信客户端打开链接"),
        Said::State => (words.state, "84025"),
        Said::NoPermission => (words.no_permission, "no permission"),
        Said::Cancelled => (words.cancelled, ""),
    };
    let page =
        FaultPage { texts, platform: texts.called(Platform::Wecom), title: words.stopped, words: sentence, code };
    page.answer(StatusCode::OK)
}

/// A QR code as SVG; empty when the text does not fit.
pub(super) fn qr(content: &str) -> String {
    let draw = |code: QrCode| code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    QrCode::new(content).map(draw).unwrap_or_default()
}

pub(super) async fn script() -> Response {
    answer::text(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT.to_owned())
}
