//! `/confirm/{token}`, on the phone: is that you at the desk?

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::connectors::called;
use crate::login::interaction::Context;
use crate::login::scan::{Asked, Confirm, Shown};
use crate::web::account::device;
use crate::web::browser::{Browser, see_other};
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::moment::Moment;
use crate::web::page::{ErrorPage, Forms, Page};
use crate::web::texts::account::Texts as Devices;
use crate::web::texts::confirm::Texts;
use crate::web::texts::fill;

#[derive(Template)]
#[template(path = "login/confirm.html")]
struct ConfirmPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    token: &'a str,
    asked: &'a Asked,
    context: &'a Context,
    title: String,
    /// What will be linked, or which account takes another way in: a sentence each.
    links: Option<String>,
    binds: Option<String>,
    device: String,
    at: Moment,
}

#[derive(Template)]
#[template(path = "login/confirmed.html")]
struct Said<'a> {
    page: &'a Page,
    title: &'a str,
    lede: String,
    /// Where and under which words it goes on.
    again: Option<(String, &'static str)>,
}

/// The question, or why there is none.
///
/// # Errors
/// 503 when the store is away.
pub async fn get(
    State(app): State<App>,
    Path(token): Path<String>,
    browser: Browser,
    page: Page,
) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    Ok(match app.login.confirm(&token, &browser.visitor).await? {
        Confirm::Go(url) => see_other(&url)?,
        Confirm::Elsewhere { title } => {
            let title = called(&title, page.lang);
            said(&page, &fill(t.elsewhere, &[title]), fill(t.elsewhere_lede, &[title]))
        }
        Confirm::Later { title } => {
            let again = format!("/confirm/{token}");
            let lede = fill(t.later_lede, &[called(&title, page.lang)]);
            let shown = Said { page: &page, title: t.later, lede, again: Some((again, t.again)) };
            page.answer(StatusCode::OK, Forms::Own, &shown)
        }
        Confirm::Over => said(&page, t.over, t.over_lede.to_owned()),
        Confirm::Ask(asked) => confirm(&page, &token, &asked),
    })
}

/// The question: what waits at the desk, and which number stands there.
#[must_use]
pub fn confirm(page: &Page, token: &str, asked: &Asked) -> Response {
    let t = Texts::of(page.lang);
    let application = &asked.context.application;
    let title = match application.as_str() {
        "" if asked.context.console => t.title_console.to_owned(),
        "" => fill(t.title_own, &[&page.product.name]),
        application => fill(t.title, &[application]),
    };
    let shown = ConfirmPage {
        page,
        t,
        token,
        asked,
        context: &asked.context,
        title,
        links: asked.links.as_ref().map(|links| fill(t.links, &[called(&links.title, page.lang), &links.name])),
        binds: asked.binds.as_ref().map(|binds| fill(t.binds, &[called(&asked.title, page.lang), &binds.name])),
        device: device::device(&asked.agent, Devices::of(page.lang)),
        at: Moment::new(asked.asked_at),
    };
    page.answer(StatusCode::OK, Forms::Own, &shown)
}

/// The answer: a number, or `no`.
///
/// # Errors
/// A page; 400 for anything else.
pub async fn post(
    State(app): State<App>,
    Path(token): Path<String>,
    page: Page,
    form: PageForm,
) -> Result<Response, PageFault> {
    let number = match form.field("answer") {
        "no" => None,
        number => Some(number.parse().map_err(|_| ErrorPage::BadRequest)?),
    };
    let t = Texts::of(page.lang);
    Ok(match app.login.answer_confirmation(&token, number, &form.browser.visitor).await? {
        Shown::Approved => said(&page, t.approved, t.approved_lede.to_owned()),
        Shown::Refused => said(&page, t.refused, t.refused_lede.to_owned()),
        Shown::Over => said(&page, t.over, t.over_lede.to_owned()),
    })
}

fn said(page: &Page, title: &str, lede: String) -> Response {
    page.answer(StatusCode::OK, Forms::Own, &Said { page, title, lede, again: None })
}
