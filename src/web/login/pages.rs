//! The smaller pages of the way in, and what its pages share.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::login::interaction::{Context, Ended, PasswordMistake, Stranger};
use crate::login::password::Rules;
use crate::oidc::response::AuthorizationResponse;
use crate::web::page::{Forms, Page};
use crate::web::password_rules;
use crate::web::texts::fill;
use crate::web::texts::login::Texts;

/// A link that an application registered, if it is one for the web: never `javascript:`.
#[must_use]
pub fn web_link(uri: &str) -> Option<&str> {
    (uri.starts_with("https://") || uri.starts_with("http://")).then_some(uri)
}

/// The first letter of a name, for the round face beside it.
#[must_use]
pub fn face(name: &str) -> String {
    name.chars()
        .find(|letter| letter.is_alphanumeric())
        .map_or_else(String::new, |letter| letter.to_uppercase().collect())
}

#[derive(Template)]
#[template(path = "login/stranger.html")]
struct StrangerPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a Stranger,
    title: String,
    face: String,
    said: Welcome,
}

/// What the page says: a number is nobody's name, so its sentences are others.
struct Welcome {
    lede: String,
    who: String,
    new: String,
    existing: String,
}

impl Welcome {
    fn of(view: &Stranger, t: &Texts) -> Self {
        let with = |sentence: &str| fill(sentence, &[&view.title]);
        if view.phone.is_some() {
            Self {
                lede: t.stranger_number.to_owned(),
                who: t.stranger_your_number.to_owned(),
                new: t.door_new_number.to_owned(),
                existing: t.door_existing_number.to_owned(),
            }
        } else {
            Self {
                lede: with(t.stranger_lede),
                who: with(t.stranger_who),
                new: with(t.door_new_hint),
                existing: with(t.door_existing_hint),
            }
        }
    }
}

/// The two doors of an unknown identity.
#[must_use]
pub fn stranger(page: &Page, id: &str, view: &Stranger) -> Response {
    let t = Texts::of(page.lang);
    let name = if view.name.is_empty() { &view.username } else { &view.name };
    let title = if name.is_empty() { t.stranger_plain.to_owned() } else { fill(t.stranger, &[name]) };
    let shown =
        StrangerPage { page, t, id, context: &view.context, view, title, face: face(name), said: Welcome::of(view, t) };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}

#[derive(Template)]
#[template(path = "login/new_password.html")]
struct NewPasswordPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    id: &'a str,
    context: &'a Context,
    rules: &'a Rules,
    mistake: Option<String>,
    described: &'static str,
    lede: &'static str,
}

/// A new password, because an administrator asked for one or the old one is forgotten.
#[must_use]
pub fn new_password(
    page: &Page,
    id: &str,
    context: &Context,
    rules: &Rules,
    (wrong, forgotten): (Option<PasswordMistake>, bool),
) -> Response {
    let t = Texts::of(page.lang);
    let lede = if forgotten { t.forgotten_lede } else { t.new_password_lede };
    let mistake = wrong.map(|wrong| password_rules::mistake(wrong, rules, page.lang));
    let described = if wrong.is_some() { "password-wrong password-rules" } else { "password-rules" };
    let shown = NewPasswordPage { page, t, id, context, rules, mistake, described, lede };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}

#[derive(Template)]
#[template(path = "login/account.html")]
struct AccountPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    id: &'a str,
    context: &'a Context,
    name: &'a str,
    username: Option<&'a str>,
    title: String,
    face: String,
    linking: Option<&'a str>,
}

/// Go on as the person signed in, or as somebody else?
#[must_use]
pub fn account(page: &Page, id: &str, context: &Context, name: &str, username: Option<&str>) -> Response {
    let t = Texts::of(page.lang);
    let title = fill(t.choose_account, &[name]);
    let shown = AccountPage { page, t, id, context, name, username, title, face: face(name), linking: None };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}

#[derive(Template)]
#[template(path = "login/said.html")]
struct Said<'a> {
    page: &'a Page,
    context: &'a Context,
    title: &'static str,
    lede: String,
}

/// Finished before: there is nothing more to do here.
#[must_use]
pub fn finished(page: &Page, context: &Context) -> Response {
    let t = Texts::of(page.lang);
    let lede = if context.application.is_empty() {
        t.finished_plain.to_owned()
    } else {
        fill(t.finished_lede, &[&context.application])
    };
    page.answer(StatusCode::OK, Forms::Own, &Said { page, context, title: t.finished, lede })
}

/// Ended without a way back.
#[must_use]
pub fn ended(page: &Page, context: &Context, reason: Ended) -> Response {
    let t = Texts::of(page.lang);
    let (title, lede) = match reason {
        Ended::Expired => (t.expired, t.expired_lede),
        Ended::Cancelled => (t.cancelled, t.cancelled_lede),
    };
    let application = if context.application.is_empty() { t.the_application } else { &context.application };
    page.answer(StatusCode::OK, Forms::Own, &Said { page, context, title, lede: fill(lede, &[application]) })
}

#[derive(Template)]
#[template(path = "login/sign_out.html")]
struct SignOut<'a> {
    page: &'a Page,
    t: &'static Texts,
    request: &'a str,
    lede: String,
}

/// Asks before signing out (RP-Initiated Logout §2); `request` comes back in the form.
#[must_use]
pub fn sign_out(page: &Page, application: Option<&str>, request: &str) -> Response {
    let t = Texts::of(page.lang);
    let lede = application.map_or_else(|| t.signing_out_plain.to_owned(), |name| fill(t.signing_out_of, &[name]));
    page.answer(StatusCode::OK, Forms::Anywhere, &SignOut { page, t, request, lede })
}

#[derive(Template)]
#[template(path = "login/signed_out.html")]
struct SignedOut<'a> {
    page: &'a Page,
    t: &'static Texts,
}

/// Signed out, and nowhere to go back to.
#[must_use]
pub fn signed_out(page: &Page) -> Response {
    page.answer(StatusCode::OK, Forms::Own, &SignedOut { page, t: Texts::of(page.lang) })
}

#[derive(Template)]
#[template(path = "login/form_post.html")]
struct FormPost<'a> {
    page: &'a Page,
    t: &'static Texts,
    response: &'a AuthorizationResponse,
}

/// Carries a response to the application (OAuth 2.0 Form Post Response Mode); works without script by a button.
#[must_use]
pub fn form_post(page: &Page, response: &AuthorizationResponse) -> Response {
    page.answer(StatusCode::OK, Forms::Anywhere, &FormPost { page, t: Texts::of(page.lang), response })
}
