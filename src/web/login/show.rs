//! `GET /i/{id}`: the page for what is missing next.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{ask, choose, consent, frame, named, organisation, pages, phone, register, scan};
use crate::app::App;
use crate::base::id::InteractionId;
use crate::login::interaction::{Choose, Context, View};
use crate::web::browser::{Browser, see_other};
use crate::web::fault::PageFault;
use crate::web::oidc::response;
use crate::web::page::Page;

/// What this interaction needs next.
///
/// # Errors
/// A page: unknown, of another browser, or the store is away.
pub async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    browser: Browser,
    mut page: Page,
) -> Result<Response, PageFault> {
    let mut view = app.login.show(&InteractionId::new(id.clone()), &browser.visitor).await?;
    if let Some(context) = context(&view) {
        page.prefer(&context.ui_locales);
    }
    named::in_language(&mut view, page.lang);
    Ok(match &view {
        View::Choose(view) if wants_account(view, page.asked("tab").as_deref()) => register::register(&page, &id, view),
        View::Choose(view) => choose::choose(&page, &id, view),
        View::Ask(view) => ask::ask(&page, &id, view)?,
        View::Scan(view) => scan::scan(&page, &id, view),
        View::Frame(view) => frame::frame(&page, &id, view),
        View::Silent(view) => ask::silent(&page, &id, view),
        View::Stranger(view) => pages::stranger(&page, &id, view),
        View::Number(view) => phone::other(&page, &id, view),
        View::NewPassword { context, mistake, forgotten } => {
            let rules = app.login.password_rules().await?;
            pages::new_password(&page, &id, context, &rules, (*mistake, *forgotten))
        }
        View::Account { context, name, username } => pages::account(&page, &id, context, name, username.as_deref()),
        View::Organisation(view) => organisation::organisation(&page, &id, view),
        View::Consent(view) => consent::consent(&page, &id, view),
        View::Issue(answer) => response::send(answer, &page)?,
        View::Ours(path) => see_other(path)?,
        View::GoOn => see_other(&format!("/account?go-on={id}"))?,
        View::Finished { context } => pages::finished(&page, context),
        View::Ended { context, reason } => pages::ended(&page, context, *reason),
    })
}

/// The register form: asked for by a link of ours, by the application, or not finished yet.
fn wants_account(view: &Choose, tab: Option<&str>) -> bool {
    let asked = match tab {
        Some("register") => true,
        Some(_) => false,
        None => view.context.create || view.registration_mistake.is_some(),
    };
    asked && view.registration
}

fn context(view: &View) -> Option<&Context> {
    match view {
        View::Choose(view) => Some(&view.context),
        View::Ask(view) => Some(&view.context),
        View::Scan(view) => Some(&view.context),
        View::Frame(view) => Some(&view.context),
        View::Silent(view) => Some(&view.context),
        View::Number(view) => Some(&view.context),
        View::Stranger(view) => Some(&view.context),
        View::Organisation(view) => Some(&view.context),
        View::Consent(view) => Some(&view.context),
        View::NewPassword { context, .. }
        | View::Account { context, .. }
        | View::Finished { context }
        | View::Ended { context, .. } => Some(context),
        View::Issue(_) | View::Ours(_) | View::GoOn => None,
    }
}
