//! What is posted on the account page. Each touches only what belongs to the person of this session.

use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use super::show::{Mistakes, show, sign_in};
use crate::app::App;
use crate::base::id::{ClientId, SessionId};
use crate::login::password::PasswordError;
use crate::web::browser::see_other;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::login::steps::password;
use crate::web::page::Page;
use crate::web::password_rules;
use crate::web::texts::account::Texts;

/// `POST /account/sign-out`: this browser.
///
/// # Errors
/// A page.
pub async fn sign_out(State(app): State<App>, form: PageForm) -> Result<Response, PageFault> {
    if let Some(session) = &form.browser.visitor.session {
        app.login.sign_out(session, &form.browser.visitor).await?;
    }
    let mut response = see_other("/?said=signed-out")?;
    response.headers_mut().append(SET_COOKIE, form.browser.sign_out(&app).await?);
    Ok(response)
}

/// `POST /account/sign-out-everywhere`: every other browser.
///
/// # Errors
/// A page.
pub async fn sign_out_everywhere(State(app): State<App>, form: PageForm) -> Result<Response, PageFault> {
    let visitor = &form.browser.visitor;
    let Some(session) = app.login.session(visitor).await? else { return sign_in(&app, &form.browser).await };
    app.login.sign_out_everywhere(&session.user_id, Some(&session.id), visitor).await?;
    see_other("/account?said=others")
}

/// `POST /account/sessions/{id}/end`: one of theirs; another person's is as if it were not there.
///
/// # Errors
/// A page.
pub async fn end_session(
    State(app): State<App>,
    Path(id): Path<String>,
    form: PageForm,
) -> Result<Response, PageFault> {
    let visitor = &form.browser.visitor;
    let Some(session) = app.login.session(visitor).await? else { return sign_in(&app, &form.browser).await };
    app.login.end_own_session(&session.user_id, &SessionId::new(id), visitor).await?;
    see_other("/account?said=signed-out")
}

/// `POST /account/applications/{client_id}/revoke`: takes consent and access back.
///
/// # Errors
/// A page.
pub async fn take_back(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let visitor = &form.browser.visitor;
    let Some(session) = app.login.session(visitor).await? else { return sign_in(&app, &form.browser).await };
    app.login.take_back(&session.user_id, &ClientId::new(id), visitor).await?;
    see_other("/account?said=taken-back")
}

/// `POST /account/password`: the old one proves who asks (security.md row 77).
///
/// # Errors
/// A page; a wrong or weak password is told on the account page.
pub async fn change_password(State(app): State<App>, page: Page, form: PageForm) -> Result<Response, PageFault> {
    let visitor = &form.browser.visitor;
    let Some(session) = app.login.session(visitor).await? else { return sign_in(&app, &form.browser).await };
    let Some(user) = app.store.user(&session.user_id).await? else { return sign_in(&app, &form.browser).await };
    let (old, new) = (password(&form, "current")?, password(&form, "password")?);
    let t = Texts::of(page.lang);
    let mistakes = match app.login.change_password(&user, &old, &new, visitor).await {
        Ok(()) => return see_other("/account?said=password"),
        Err(PasswordError::WrongOld) => Mistakes { old: Some(t.wrong_old), new: None },
        Err(PasswordError::Busy(_)) => Mistakes { old: Some(t.busy), new: None },
        Err(PasswordError::Mistake(mistake)) => {
            let rules = app.login.password_rules().await?;
            Mistakes { old: None, new: Some(password_rules::mistake(mistake, &rules, page.lang)) }
        }
        Err(PasswordError::Login(error)) => return Err(error.into()),
    };
    show(&app, &session, &page.at("/account"), (mistakes, None)).await
}
