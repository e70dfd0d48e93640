//! A connector's own form: which page asks it. The fields go to `POST /i/{id}/answer/{connector}`.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::phone;
use crate::connectors::Form;
use crate::login::interaction::{AskView, Context, SilentView};
use crate::web::fault::PageFault;
use crate::web::page::{ErrorPage, Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::login::Texts as Login;
use crate::web::texts::ways::Texts;

/// The page of this form.
///
/// # Errors
/// 400 for a form that stands on the sign-in page itself.
pub fn ask(page: &Page, id: &str, view: &AskView) -> Result<Response, PageFault> {
    match &view.form {
        Form::PhoneNumber { .. } | Form::PhoneCode { .. } => Ok(phone::sign_in(page, id, view)),
        Form::InAppCode { corp_id, client_id } => Ok(in_app(page, id, view, (corp_id, client_id))),
        Form::NameAndPassword => Err(ErrorPage::BadRequest.into()),
    }
}

/// What will be linked to the account that is proven on this page.
pub(super) fn linked(view: &AskView, t: &Login) -> Option<String> {
    view.linking.as_ref().map(|linking| fill(t.linking, &[&linking.title, &linking.name]))
}

#[derive(Template)]
#[template(path = "login/in_app.html")]
struct InApp<'a> {
    page: &'a Page,
    /// For what the pages of the way in share.
    t: &'static Login,
    ways: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a AskView,
    corp_id: &'a str,
    client_id: &'a str,
    linking: Option<String>,
    title: String,
}

/// The platform's script asks the program this page runs in for a code, and posts it.
fn in_app(page: &Page, id: &str, view: &AskView, (corp_id, client_id): (&str, &str)) -> Response {
    let (t, ways) = (Login::of(page.lang), Texts::of(page.lang));
    let title = fill(ways.in_app, &[&view.title]);
    let shown =
        InApp { page, t, ways, id, context: &view.context, view, corp_id, client_id, linking: linked(view, t), title };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}

#[derive(Template)]
#[template(path = "login/silent.html")]
struct Silent<'a> {
    page: &'a Page,
    t: &'static Login,
    ways: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a SilentView,
    linking: Option<String>,
    title: String,
}

/// The page's script presses its button once; without scripts the person does.
#[must_use]
pub fn silent(page: &Page, id: &str, view: &SilentView) -> Response {
    let (t, ways) = (Login::of(page.lang), Texts::of(page.lang));
    let title = fill(ways.in_app, &[&view.title]);
    let shown = Silent { page, t, ways, id, context: &view.context, view, linking: None, title };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}
