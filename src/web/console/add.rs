//! Adding a connector: the gallery, the form, and the practice platforms.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use super::change::answer;
use super::fields::{Filling, Shown, shown, typed};
use super::guide::{Guide, guide};
use crate::admin::{AdminError, WrongField};
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
    guide: Guide,
    fields: Vec<Shown>,
    wrong: Vec<WrongField>,
    /// It began with a practice platform.
    live: bool,
}

impl Add<'_> {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.text.get(self.page.lang))
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
    (fields, wrong): (Vec<Shown>, Vec<WrongField>),
) -> Response {
    let t = Texts::of(page.lang);
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    // Names have hyphens, kinds have underscores.
    let proposed = kind.id.replace('_', "-");
    let known = if name.is_empty() { &proposed } else { name };
    let add = Add {
        page,
        t,
        kind,
        title: fill(t.new_title, &[kind.name.get(page.lang)]),
        button: if button.is_empty() { kind.name.get(page.lang) } else { button },
        name: known,
        guide: guide(app, kind, page, known),
        fields,
        wrong,
        live: page.asked("from").is_some(),
    };
    page.answer(status, Forms::Own, &add)
}
