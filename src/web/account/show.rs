//! `GET /account`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::data::{Account, account};
use super::go_on::GoOn;
use crate::app::App;
use crate::base::id::InteractionId;
use crate::login::interaction::{Purpose, Wish};
use crate::login::password::Rules;
use crate::store::sessions::Session;
use crate::web::browser::{Browser, see_other};
use crate::web::fault::PageFault;
use crate::web::page::{Forms, Page};
use crate::web::texts::account::Texts;
use crate::web::texts::fill;

/// What is wrong in the password form.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    pub old: Option<&'static str>,
    pub new: Option<String>,
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct AccountPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    account: Account,
    others: Option<String>,
    said: Option<&'static str>,
    go_on: Option<GoOn>,
    rules: Rules,
    mistakes: Mistakes,
    described_old: &'static str,
    described_new: &'static str,
}

/// The page, or a sign-in that leads to it.
///
/// # Errors
/// A page, when the store is away.
pub async fn get(State(app): State<App>, browser: Browser, page: Page) -> Result<Response, PageFault> {
    match app.login.session(&browser.visitor).await? {
        Some(session) => {
            let wish = match page.asked("go-on") {
                Some(id) => app.login.wish(&InteractionId::new(id), &session, &browser.visitor).await?,
                None => None,
            };
            show(&app, &session, &page, (Mistakes::default(), wish)).await
        }
        None => sign_in(&app, &browser).await,
    }
}

/// Opens a sign-in that ends at the account page.
pub(super) async fn sign_in(app: &App, browser: &Browser) -> Result<Response, PageFault> {
    let id = app.login.open(Purpose::Account, &browser.visitor).await?;
    see_other(&format!("/i/{id}"))
}

/// Writes the page.
pub(super) async fn show(
    app: &App,
    session: &Session,
    page: &Page,
    (mistakes, wish): (Mistakes, Option<Wish>),
) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let Some(account) = account(app, session, page).await? else {
        return Err(crate::web::page::ErrorPage::NotFound.into());
    };
    let others = account.devices.len().saturating_sub(1);
    let status = if mistakes.old.is_some() || mistakes.new.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let shown = AccountPage {
        page,
        t,
        go_on: wish.and_then(|wish| GoOn::of(wish, &account, t)),
        others: (others > 0).then(|| fill(t.sign_out_others_hint, &[others.to_string()])),
        said: page.asked("said").and_then(|said| sentence(&said, t)),
        rules: app.login.password_rules().await?,
        described_old: if mistakes.old.is_some() { "old-wrong" } else { "" },
        described_new: if mistakes.new.is_some() { "password-wrong password-rules" } else { "password-rules" },
        account,
        mistakes,
    };
    // Adding a way leads a form away to a platform, and a browser asks that of the policy (CSP form-action) too.
    Ok(page.answer(status, Forms::Anywhere, &shown))
}

fn sentence(said: &str, t: &Texts) -> Option<&'static str> {
    match said {
        "password" => Some(t.said_password),
        "signed-out" => Some(t.said_signed_out),
        "others" => Some(t.said_others),
        "bound" => Some(t.said_bound),
        "taken" => Some(t.said_taken),
        "not-invited" => Some(t.said_not_invited),
        "not-bound" => Some(t.said_not_bound),
        "unbound" => Some(t.said_unbound),
        "last-way" => Some(t.said_last_way),
        "profile" => Some(t.said_profile),
        "no-name" => Some(t.said_no_name),
        "again" => Some(t.said_again),
        "taken-back" => Some(t.said_taken_back),
        _ => None,
    }
}
