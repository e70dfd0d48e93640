//! `/setup/{token}`: who administers this?

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use super::{PRODUCT, next};
use crate::app::App;
use crate::login::enrol::EnrolError;
use crate::login::interaction::RegistrationMistake;
use crate::login::password::Rules;
use crate::login::{LoginError, Registration};
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::login::register::Mistakes;
use crate::web::login::steps::password;
use crate::web::page::{ErrorPage, Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::setup::Texts;

/// What was typed before.
#[derive(Debug, Default)]
struct Typed {
    name: String,
    username: String,
}

#[derive(Template)]
#[template(path = "setup/you.html")]
struct You<'a> {
    page: &'a Page,
    t: &'static Texts,
    step: String,
    token: &'a str,
    typed: Typed,
    rules: Rules,
    mistakes: Mistakes,
}

/// The first question, while the link lives.
///
/// # Errors
/// `NotFound` for a link that is used up, too old or made up.
pub async fn get(State(app): State<App>, Path(token): Path<String>, page: Page) -> Result<Response, PageFault> {
    if !app.admin.is_live_link(&token).await? {
        return Err(ErrorPage::NotFound.into());
    }
    show(&app, &page, &token, Typed::default(), None).await
}

/// Makes the administrator and signs them in; the link is used up in the same transaction.
///
/// # Errors
/// As [`get`]; mistakes in fields are told on the page.
pub async fn post(
    State(app): State<App>,
    Path(token): Path<String>,
    page: Page,
    form: PageForm,
) -> Result<Response, PageFault> {
    if !app.admin.is_live_link(&token).await? {
        return Err(ErrorPage::NotFound.into());
    }
    let registration = Registration {
        username: form.field("username").to_owned(),
        name: form.field("name").to_owned(),
        email: None,
        password: password(&form, "password")?,
    };
    match app.login.create_administrator(&token, &registration, &form.browser.visitor).await {
        Ok(signed_in) => {
            let mut response = next(PRODUCT)?;
            response.headers_mut().append(SET_COOKIE, form.browser.sign_in(&app, &signed_in).await?);
            Ok(response)
        }
        Err(EnrolError::Mistake(mistake)) => {
            let typed = Typed { name: registration.name, username: registration.username };
            show(&app, &page.at(&format!("/setup/{token}")), &token, typed, Some(mistake)).await
        }
        // Used up by another window a moment ago.
        Err(EnrolError::Login(LoginError::Unknown)) => Err(ErrorPage::NotFound.into()),
        Err(EnrolError::Login(error)) => Err(error.into()),
    }
}

async fn show(
    app: &App,
    page: &Page,
    token: &str,
    typed: Typed,
    mistake: Option<RegistrationMistake>,
) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let rules = app.login.password_rules().await?;
    let status = if mistake.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mistakes = Mistakes::of(mistake, &rules, page);
    let shown = You { page, t, step: fill(t.step, &["1"]), token, typed, rules, mistakes };
    Ok(page.answer(status, Forms::Own, &shown))
}
