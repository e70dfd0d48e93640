//! Adding a connector: the gallery, the form, and the practice platforms.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use super::change::answer;
use super::fields::{Filling, Shown, shown, typed};
use crate::admin::AdminError;
use crate::app::App;
use crate::connectors::{Kind, kind, kinds};
use crate::web::browser::see_other;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{ErrorPage, Forms, Page};
use crate::web::texts::console::Texts;
use crate::web::texts::fill;

#[derive(Template)]
#[template(path = "console/gallery.html")]
struct Gallery<'a> {
    page: &'a Page,
    t: &'static Texts,
    kinds: Vec<&'static Kind>,
    practice: bool,
}

#[derive(Template)]
#[template(path = "console/add.html")]
struct Add<'a> {
    page: &'a Page,
    t: &'static Texts,
    kind: &'static Kind,
    title: String,
    button: &'a str,
    name: &'a str,
    /// Up to the name.
    callback: String,
    guide: Vec<String>,
    fields: Vec<Shown>,
    wrong: Vec<(String, String)>,
    /// It began with a practice platform.
    live: bool,
}

impl Add<'_> {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(key, _)| key == field).map(|(_, text)| text.as_str())
    }
}

/// `GET /admin/add-connector`: every kind there is.
///
/// # Errors
/// A page.
pub async fn gallery(State(app): State<App>, _: Administrator, page: Page) -> Result<Response, PageFault> {
    let kinds = kinds().iter().copied().filter(|kind| kind.id != "password").collect();
    let shown = Gallery { page: &page, t: Texts::of(page.lang), kinds, practice: app.config.practice.enabled };
    Ok(page.answer(StatusCode::OK, Forms::Own, &shown))
}

/// `GET /admin/add-connector/{kind}`: its form, with the guide beside it.
///
/// # Errors
/// `NotFound` for a kind there is none of.
pub async fn form(
    State(app): State<App>,
    _: Administrator,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, PageFault> {
    let kind = addable(&id)?;
    let fields = shown(&app, &page, kind, &Filling::New, &[]);
    Ok(show(&app, &page, kind, ("", ""), (fields, Vec::new())))
}

/// `POST /admin/add-connector/{kind}`.
///
/// # Errors
/// A page; mistakes in fields are told on the form.
pub async fn add(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    page: Page,
    form: PageForm,
) -> Result<Response, PageFault> {
    let kind = addable(&id)?;
    let typed = typed(&form);
    let (title, name) = (form.field("title"), form.field("name"));
    let added = app.admin.add_connector(&administrator.actor, kind.id, title, Some(name), &typed).await;
    match added {
        Ok(row) => see_other(&format!("/admin/connectors/{}?said=added", row.name)),
        Err(AdminError::Wrong(wrong)) => {
            let page = page.at(&format!("/admin/add-connector/{}", kind.id));
            let fields = shown(&app, &page, kind, &Filling::Typed(&typed, None), &wrong);
            Ok(show(&app, &page, kind, (title, name), (fields, wrong)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/add-connector/{kind}/practice`: one click.
///
/// # Errors
/// A page.
pub async fn practice(
    State(app): State<App>,
    administrator: Administrator,
    Path(kind): Path<String>,
    page: Page,
    _form: PageForm,
) -> Result<Response, PageFault> {
    let added = app.admin.add_practice_connector(&administrator.actor, &kind, page.lang).await;
    answer(&app, page, added.map(drop), "/admin/connectors?said=added").await
}

fn addable(id: &str) -> Result<&'static Kind, PageFault> {
    // The password method is there from the start, once.
    kind(id).filter(|kind| kind.id != "password").ok_or_else(|| ErrorPage::NotFound.into())
}

fn show(
    app: &App,
    page: &Page,
    kind: &'static Kind,
    (button, name): (&str, &str),
    (fields, wrong): (Vec<Shown>, Vec<(String, String)>),
) -> Response {
    let t = Texts::of(page.lang);
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let known = if name.is_empty() { kind.id } else { name };
    let callback = callback(app, known);
    let add = Add {
        page,
        t,
        kind,
        title: fill(t.new_title, &[kind.name.get(page.lang)]),
        button: if button.is_empty() { kind.name.get(page.lang) } else { button },
        name: known,
        guide: guide(kind, page, &callback),
        callback,
        fields,
        wrong,
        live: page.asked("from").is_some(),
    };
    page.answer(status, Forms::Own, &add)
}

/// The exact address that the platform must know.
pub(super) fn callback(app: &App, name: &str) -> String {
    format!("{}/callback/{name}", app.oidc.issuer())
}

/// The guide's steps, one a line, with our values filled in; the list numbers them itself.
pub(super) fn guide(kind: &Kind, page: &Page, callback: &str) -> Vec<String> {
    let steps = kind.guide.get(page.lang).lines().map(str::trim).filter(|line| !line.is_empty());
    let bare = |line: &'static str| line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(". ");
    let hook = callback.replacen("/callback/", "/hook/", 1);
    steps.map(|line| bare(line).replace("{callback_url}", callback).replace("{hook_url}", &hook)).collect()
}
