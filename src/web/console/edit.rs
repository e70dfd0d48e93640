//! One connector: its form, and the doctor.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use super::fields::{Filling, Shown, shown, typed};
use super::guide::{Guide, guide};
use crate::admin::AdminError;
use crate::admin::connectors::ConnectorChange;
use crate::app::App;
use crate::connectors::{Finding, Kind, Level, kind};
use crate::store::connectors::{ConnectorRow, FirstSignIn};
use crate::web::browser::see_other;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{ErrorPage, Forms, Page};
use crate::web::texts::console::Texts;
use crate::web::texts::fill;

#[derive(Template)]
#[template(path = "console/edit.html")]
struct Edit<'a> {
    page: &'a Page,
    t: &'static Texts,
    kind: &'static Kind,
    row: &'a ConnectorRow,
    title: String,
    guide: Guide,
    fields: Vec<Shown>,
    title_wrong: bool,
    problem: Option<&'static str>,
    said: Option<&'static str>,
    findings: Option<Vec<Finding>>,
}

/// What a form that was sent came to.
#[derive(Default)]
struct Outcome {
    typed: Option<Vec<(String, String)>>,
    wrong: Vec<(String, String)>,
    conflict: bool,
    findings: Option<Vec<Finding>>,
}

/// `GET /admin/connectors/{name}`.
///
/// # Errors
/// A page.
pub async fn get(
    State(app): State<App>,
    _: Administrator,
    Path(name): Path<String>,
    page: Page,
) -> Result<Response, PageFault> {
    let row = app.admin.find_connector(&name).await?;
    show(&app, &page, &row, Outcome::default())
}

/// `POST /admin/connectors/{name}`.
///
/// # Errors
/// A page; mistakes in fields are told on the form.
pub async fn save(
    State(app): State<App>,
    administrator: Administrator,
    Path(name): Path<String>,
    page: Page,
    form: PageForm,
) -> Result<Response, PageFault> {
    let change = ConnectorChange {
        title: form.field("title").to_owned(),
        rule: rule(form.field("rule"))?,
        registration: !form.field("registration").is_empty(),
        fields: typed(&form),
        version: form.field("version").parse().map_err(|_| ErrorPage::BadRequest)?,
    };
    let (title, fields) = (change.title.clone(), change.fields.clone());
    let (rule, registration) = (change.rule, change.registration);
    let mut outcome = Outcome { typed: Some(fields), ..Outcome::default() };
    match app.admin.update_connector(&administrator.actor, &name, change).await {
        Ok(()) => return see_other(&format!("/admin/connectors/{name}?said=saved")),
        Err(AdminError::Wrong(wrong)) => outcome.wrong = wrong,
        Err(AdminError::Conflict(_)) => outcome.conflict = true,
        Err(error) => return Err(error.into()),
    }
    let row = app.admin.find_connector(&name).await?;
    let row = ConnectorRow { title, rule, registration, ..row };
    show(&app, &page.at(&format!("/admin/connectors/{name}")), &row, outcome)
}

/// `POST /admin/connectors/{name}/check`: the doctor's live checks.
///
/// # Errors
/// A page.
pub async fn check(
    State(app): State<App>,
    administrator: Administrator,
    Path(name): Path<String>,
    page: Page,
    _form: PageForm,
) -> Result<Response, PageFault> {
    let row = app.admin.find_connector(&name).await?;
    let findings = app.admin.check_connector(&administrator.actor, &name, page.lang).await?;
    let outcome = Outcome { findings: Some(findings), ..Outcome::default() };
    show(&app, &page.at(&format!("/admin/connectors/{name}")), &row, outcome)
}

fn show(app: &App, page: &Page, row: &ConnectorRow, outcome: Outcome) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let kind = kind(&row.kind).ok_or(ErrorPage::NotFound)?;
    let Outcome { typed, wrong, conflict, findings } = outcome;
    let filling = typed.as_ref().map_or(Filling::Stored(row), |typed| Filling::Typed(typed, Some(row)));
    let problem = if conflict { Some(t.changed) } else { (!wrong.is_empty()).then_some(t.wrong_fields) };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let said = match page.asked("said").as_deref() {
        Some("added") => Some(t.said_added),
        Some("saved") => Some(t.said_saved),
        _ => None,
    };
    let edit = Edit {
        page,
        t,
        kind,
        row,
        title: fill(t.edit_title, &[&row.title]),
        guide: guide(app, kind, page, &row.name),
        fields: shown(app, page, kind, &filling, &wrong),
        title_wrong: wrong.iter().any(|(field, _)| field == "title"),
        problem,
        said,
        findings,
    };
    Ok(page.answer(status, Forms::Own, &edit))
}

fn rule(text: &str) -> Result<FirstSignIn, PageFault> {
    match text {
        "create" => Ok(FirstSignIn::Create),
        "ask" => Ok(FirstSignIn::Ask),
        "bind_phone" => Ok(FirstSignIn::BindPhone),
        "invited" => Ok(FirstSignIn::Invited),
        _ => Err(ErrorPage::BadRequest.into()),
    }
}

/// How a finding looks: a class of the style sheet, and the word for it.
fn look(level: Level, t: &Texts) -> (&'static str, &'static str, &'static str) {
    match level {
        Level::Ok => ("ok", "check", t.finding_ok),
        Level::Warning => ("warning", "alert", t.finding_warning),
        Level::Error => ("error", "alert", t.finding_error),
    }
}
