//! One connector: its form, and the doctor.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use super::fields::{Filling, Shown, differing, shown, typed};
use super::guide::{Guide, guide};
use crate::admin::connectors::ConnectorChange;
use crate::admin::{AdminError, WrongField};
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
    title_wrong: Option<String>,
    problem: Option<&'static str>,
    said: Option<&'static str>,
    findings: Option<Vec<Finding>>,
    /// What was typed over somebody else's change.
    yours: Vec<String>,
}

/// What a form that was sent came to.
#[derive(Default)]
struct Outcome {
    typed: Option<Vec<(String, String)>>,
    wrong: Vec<WrongField>,
    /// Somebody else was first; this is what was typed.
    yours: Option<Vec<(String, String)>>,
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
    let done = app.admin.update_connector(&administrator.actor, &name, change.clone()).await;
    let page = page.at(&format!("/admin/connectors/{name}"));
    match done {
        Ok(()) => see_other(&format!("/admin/connectors/{name}?said=saved")),
        Err(AdminError::Wrong(wrong)) => {
            let row = app.admin.find_connector(&name).await?;
            let ConnectorChange { title, rule, registration, fields, .. } = change;
            let row = ConnectorRow { title, rule, registration, ..row };
            show(&app, &page, &row, Outcome { typed: Some(fields), wrong, ..Outcome::default() })
        }
        Err(AdminError::Conflict(_)) => {
            // Another node may have changed it: what stands is read now.
            app.store.refresh_epoch().await?;
            let row = app.admin.find_connector(&name).await?;
            let yours = Some(yours(&app, &page, &row, &change)?);
            show(&app, &page, &row, Outcome { yours, ..Outcome::default() })
        }
        Err(error) => Err(error.into()),
    }
}

/// What was typed that is not what stands.
fn yours(
    app: &App,
    page: &Page,
    row: &ConnectorRow,
    change: &ConnectorChange,
) -> Result<Vec<(String, String)>, PageFault> {
    let (t, kind) = (Texts::of(page.lang), kind(&row.kind).ok_or(ErrorPage::NotFound)?);
    let mut yours = Vec::new();
    let mut differs = |label: &str, typed: &str, stands: &str| {
        if typed != stands {
            yours.push((label.to_owned(), typed.to_owned()));
        }
    };
    differs(t.button_title, &change.title, &row.title);
    differs(t.rule, rule_words(change.rule, t), rule_words(row.rule, t));
    let on = |on: bool| if on { t.on } else { t.off };
    differs(t.registration, on(change.registration), on(row.registration));
    let typed = shown(app, page, kind, &Filling::Typed(&change.fields, Some(row)), &[]);
    yours.extend(differing(typed, &shown(app, page, kind, &Filling::Stored(row), &[]), t));
    Ok(yours)
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
    let mut findings = app.admin.check_connector(&administrator.actor, &name, page.lang).await?;
    if row.kind == "sms" {
        findings.extend(app.admin.sender_findings(page.lang).await?);
    }
    let outcome = Outcome { findings: Some(findings), ..Outcome::default() };
    show(&app, &page.at(&format!("/admin/connectors/{name}")), &row, outcome)
}

fn show(app: &App, page: &Page, row: &ConnectorRow, outcome: Outcome) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let kind = kind(&row.kind).ok_or(ErrorPage::NotFound)?;
    let Outcome { typed, wrong, yours, findings } = outcome;
    let filling = typed.as_ref().map_or(Filling::Stored(row), |typed| Filling::Typed(typed, Some(row)));
    let (status, problem) = match (&yours, wrong.is_empty()) {
        (Some(_), _) => (StatusCode::CONFLICT, Some(t.changed)),
        (None, false) => (StatusCode::UNPROCESSABLE_ENTITY, Some(t.wrong_fields)),
        (None, true) => (StatusCode::OK, None),
    };
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
        title_wrong: wrong
            .iter()
            .find(|wrong| wrong.field == "title")
            .map(|wrong| wrong.text.get(page.lang).to_owned()),
        problem,
        said,
        findings,
        yours: yours.into_iter().flatten().map(|(label, text)| fill(t.labelled, &[label, text])).collect(),
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

const fn rule_words(rule: FirstSignIn, t: &Texts) -> &'static str {
    match rule {
        FirstSignIn::Create => t.rule_create,
        FirstSignIn::Ask => t.rule_ask,
        FirstSignIn::BindPhone => t.rule_bind_phone,
        FirstSignIn::Invited => t.rule_invited,
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
