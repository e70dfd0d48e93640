//! Ways in, profile and first password, as their person changes them. What is sensitive needs a fresh sign-in:
//! without one the answer is a page to sign in again.

use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use super::show::{Mistakes, show, sign_in};
use crate::app::App;
use crate::base::people::clean_name;
use crate::login::identities::Unbound;
use crate::login::interaction::Wish;
use crate::login::password::PasswordError;
use crate::store::sessions::Session;
use crate::web::browser::see_other;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::login::steps::password;
use crate::web::page::Page;
use crate::web::password_rules;

/// Longest name, in characters.
const LONGEST_NAME: usize = 100;

/// The session, if it is fresh; else the page to sign in again, after which what was pressed waits.
async fn fresh(app: &App, form: &PageForm, wish: Wish) -> Result<Result<Session, Response>, PageFault> {
    let visitor = &form.browser.visitor;
    let Some(session) = app.login.session(visitor).await? else { return Ok(Err(sign_in(app, &form.browser).await?)) };
    if app.login.is_enough(&session).await? {
        return Ok(Ok(session));
    }
    let id = app.login.sign_in_again(&session, wish, visitor).await?;
    Ok(Err(see_other(&format!("/i/{id}"))?))
}

/// `POST /account/ways/{connector}/bind`: another way in.
///
/// # Errors
/// A page; a platform's trouble is none.
pub async fn bind(State(app): State<App>, Path(name): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let session = match fresh(&app, &form, Wish::Bind(name.clone())).await? {
        Ok(session) => session,
        Err(page) => return Ok(page),
    };
    let stepped = app.login.begin_bind(&session, &name, &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /account/ways/{subject}/unbind`: one way less; the last one stays.
///
/// # Errors
/// A page.
pub async fn unbind(
    State(app): State<App>,
    Path(subject): Path<String>,
    form: PageForm,
) -> Result<Response, PageFault> {
    let session = match fresh(&app, &form, Wish::Unbind(subject.clone())).await? {
        Ok(session) => session,
        Err(page) => return Ok(page),
    };
    let visitor = &form.browser.visitor;
    match app.login.unbind(&session, &subject, visitor).await? {
        Unbound::Done => see_other("/account?said=unbound"),
        Unbound::SignedOut => {
            let id = app.login.sign_in_another_way(visitor).await?;
            let mut response = see_other(&format!("/i/{id}"))?;
            response.headers_mut().append(SET_COOKIE, form.browser.sign_out(&app).await?);
            Ok(response)
        }
        Unbound::Last => see_other("/account?said=last-way"),
        Unbound::Missing => see_other("/account"),
        Unbound::Number => {
            let stepped = app.login.begin_own_number(&session, true, visitor).await?;
            form.browser.stepped(&app, stepped).await
        }
    }
}

/// `POST /account/phone`: the first number, another one, or (`remove`) none.
///
/// # Errors
/// A page.
pub async fn phone(State(app): State<App>, form: PageForm) -> Result<Response, PageFault> {
    let remove = !form.field("remove").is_empty();
    let session = match fresh(&app, &form, if remove { Wish::NoNumber } else { Wish::Number }).await? {
        Ok(session) => session,
        Err(page) => return Ok(page),
    };
    let stepped = app.login.begin_own_number(&session, remove, &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /account/profile`: name, nickname, language.
///
/// # Errors
/// A page.
pub async fn profile(State(app): State<App>, form: PageForm) -> Result<Response, PageFault> {
    let visitor = &form.browser.visitor;
    let Some(session) = app.login.session(visitor).await? else { return sign_in(&app, &form.browser).await };
    let Some(mut user) = app.store.user(&session.user_id).await? else { return sign_in(&app, &form.browser).await };
    let name = clean_name(form.field("name"), LONGEST_NAME);
    if name.is_empty() {
        return see_other("/account?said=no-name");
    }
    user.name = name;
    user.profile.nickname = Some(clean_name(form.field("nickname"), LONGEST_NAME)).filter(|name| !name.is_empty());
    user.locale = match form.field("locale") {
        "zh-CN" => Some("zh-CN".to_owned()),
        "en" => Some("en".to_owned()),
        // What a platform or an administrator wrote there stays.
        _ => user.locale,
    };
    let done = app.login.change_profile(user, visitor).await?;
    see_other(if done { "/account?said=profile" } else { "/account?said=again" })
}

/// `POST /account/first-password`: for those who have none.
///
/// # Errors
/// A page; a weak password is told on the account page.
pub async fn first_password(State(app): State<App>, page: Page, form: PageForm) -> Result<Response, PageFault> {
    let session = match fresh(&app, &form, Wish::Password).await? {
        Ok(session) => session,
        Err(page) => return Ok(page),
    };
    let Some(user) = app.store.user(&session.user_id).await? else { return sign_in(&app, &form.browser).await };
    let new = password(&form, "password")?;
    let wrong = match app.login.first_password(&user, &new, &form.browser.visitor).await {
        Ok(()) => return see_other("/account?said=password"),
        Err(PasswordError::WrongOld | PasswordError::Busy(_)) => return see_other("/account?said=again"),
        Err(PasswordError::Mistake(mistake)) => {
            let rules = app.login.password_rules().await?;
            password_rules::mistake(mistake, &rules, page.lang)
        }
        Err(PasswordError::Login(error)) => return Err(error.into()),
    };
    show(&app, &session, &page.at("/account"), (Mistakes { old: None, new: Some(wrong) }, None)).await
}
