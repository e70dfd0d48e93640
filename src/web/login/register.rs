//! The page of a new account.

use askama::Template;
use axum::response::Response;

use super::choose::{said, status};
use crate::login::interaction::{Choose, Context, RegistrationMistake};
use crate::login::password::Rules;
use crate::web::page::{Forms, Page};
use crate::web::password_rules;
use crate::web::texts::fill;
use crate::web::texts::login::Texts;

/// A sentence beside each field that is wrong.
#[derive(Debug)]
pub(in crate::web) struct Mistakes {
    /// Above the form.
    pub form: Option<String>,
    pub username: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub password: Option<String>,
    /// What the password field is described by.
    pub described: &'static str,
}

#[derive(Template)]
#[template(path = "login/register.html")]
struct RegisterPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a Choose,
    title: String,
    linking: Option<String>,
    mistakes: Mistakes,
}

/// The form of a new account, with what had been typed and what is wrong with it.
#[must_use]
pub fn register(page: &Page, id: &str, view: &Choose) -> Response {
    let t = Texts::of(page.lang);
    let application = &view.context.application;
    let title = if application.is_empty() { t.register.to_owned() } else { fill(t.register_for, &[application]) };
    let linking = view.linking.as_ref().map(|linking| fill(t.linking, &[&linking.title, &linking.name]));
    let mut mistakes = Mistakes::of(view.registration_mistake, &view.rules, page);
    if let Some(notice) = &view.notice {
        mistakes.form = Some(said(notice, t).text);
    }
    let shown = RegisterPage { page, t, id, context: &view.context, view, title, linking, mistakes };
    page.answer(status(view), Forms::Anywhere, &shown)
}

impl Mistakes {
    /// The sentence for what the engine found wrong, at its field.
    pub(in crate::web) fn of(mistake: Option<RegistrationMistake>, rules: &Rules, page: &Page) -> Self {
        let t = Texts::of(page.lang);
        let described = "password-rules";
        let mut mistakes = Self { form: None, username: None, name: None, email: None, password: None, described };
        let Some(mistake) = mistake else { return mistakes };
        let (field, text) = match mistake {
            RegistrationMistake::Username => (&mut mistakes.username, t.mistake_username.to_owned()),
            RegistrationMistake::UsernameTaken => (&mut mistakes.username, t.mistake_username_taken.to_owned()),
            RegistrationMistake::Name => (&mut mistakes.name, t.mistake_name.to_owned()),
            RegistrationMistake::Email => (&mut mistakes.email, t.mistake_email.to_owned()),
            RegistrationMistake::EmailTaken => (&mut mistakes.email, t.mistake_email_taken.to_owned()),
            RegistrationMistake::TryLater => (&mut mistakes.form, t.mistake_later.to_owned()),
            RegistrationMistake::Password(wrong) => {
                mistakes.described = "password-wrong password-rules";
                (&mut mistakes.password, password_rules::mistake(wrong, rules, page.lang))
            }
        };
        *field = Some(text);
        mistakes
    }
}
