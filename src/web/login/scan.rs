//! The desk's page of a picture to be scanned: the picture, its live state, going on.

use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::base::id::InteractionId;
use crate::connectors::ScannedWith;
use crate::login::LoginError;
use crate::login::interaction::{Context, ScanView};
use crate::login::scan::ScanState;
use crate::web::browser::Browser;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{ErrorPage, Forms, Opening, Page};
use crate::web::qr;
use crate::web::texts::fill;
use crate::web::texts::login::Texts as Login;
use crate::web::texts::ways::Texts;

#[derive(Template)]
#[template(path = "login/scan.html")]
struct ScanPage<'a> {
    page: &'a Page,
    t: &'static Login,
    ways: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a ScanView,
    linking: Option<String>,
    title: String,
    lede: String,
    alt: String,
    /// Drawn by us.
    svg: Option<String>,
    /// Which of the lines below the picture is on: `waiting`, `seen` …
    state: &'static str,
    /// Two digits, once it was scanned.
    number: String,
}

/// The picture and what has become of it.
#[must_use]
pub fn scan(page: &Page, id: &str, view: &ScanView) -> Response {
    let (t, ways) = (Login::of(page.lang), Texts::of(page.lang));
    let app = match view.app {
        ScannedWith::Wechat => ways.wechat,
        ScannedWith::Dingtalk => ways.dingtalk,
        ScannedWith::Wecom => ways.wecom,
    };
    let alt = fill(ways.scan_alt, &[app]);
    let number = if let ScanState::Seen { number } = view.state { number.to_string() } else { String::new() };
    let shown = ScanPage {
        page,
        t,
        ways,
        id,
        context: &view.context,
        view,
        linking: view.linking.as_ref().map(|linking| fill(t.linking, &[&linking.title, &linking.name])),
        title: fill(ways.scan_title, &[app]),
        lede: fill(ways.scan_lede, &[app]),
        svg: view.text.as_ref().and_then(|text| qr::svg(text, &alt)),
        alt,
        state: word(view.state),
        number,
    };
    let opening = Opening { asks_us: true, ..Opening::default() };
    page.answer_opening(StatusCode::OK, (Forms::Anywhere, &opening), &shown)
}

const fn word(state: ScanState) -> &'static str {
    match state {
        ScanState::Waiting => "waiting",
        ScanState::Seen { .. } => "seen",
        ScanState::Approved => "approved",
        ScanState::Refused => "refused",
        ScanState::Expired => "expired",
    }
}

/// `GET /i/{id}/scan`: what has become of the picture, for the page's script.
///
/// # Errors
/// 404 for every browser but its own, and once it is used (security.md row 189).
pub async fn state(
    State(app): State<App>,
    Path(id): Path<String>,
    browser: Browser,
) -> Result<Json<ScanState>, PageFault> {
    match app.login.scan_state(&InteractionId::new(id), &browser.visitor).await {
        Ok(Some(state)) => Ok(Json(state)),
        Ok(None) | Err(LoginError::Unknown | LoginError::OtherBrowser { .. }) => Err(ErrorPage::NotFound.into()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /i/{id}/scan/picture`: a picture that the platform drew.
///
/// # Errors
/// 404 for every browser but its own.
pub async fn picture(State(app): State<App>, Path(id): Path<String>, browser: Browser) -> Result<Response, PageFault> {
    match app.login.scan_picture(&InteractionId::new(id), &browser.visitor).await {
        Ok(Some((kind, bytes))) => Ok(([(header::CONTENT_TYPE, kind)], Body::from(bytes)).into_response()),
        Ok(None) | Err(LoginError::Unknown | LoginError::OtherBrowser { .. }) => Err(ErrorPage::NotFound.into()),
        Err(error) => Err(error.into()),
    }
}

/// `POST /i/{id}/scan`: goes on, once the phone said yes.
///
/// # Errors
/// A page; one that has not been answered yet is none.
pub async fn finish(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let stepped = app.login.finish_scan(&InteractionId::new(id), &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}
