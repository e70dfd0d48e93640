//! The sign-in page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::login::interaction::{Choose, Company, Context, Method, Notice, UpstreamNotice};
use crate::web::page::{Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::login::Texts;

/// How many platforms stand there before "more".
const AT_ONCE: usize = 6;

/// What is said above the form.
pub(super) struct Said<'a> {
    pub text: String,
    /// For the administrator.
    pub reference: Option<&'a String>,
}

#[derive(Template)]
#[template(path = "login/choose.html")]
struct ChoosePage<'a> {
    page: &'a Page,
    t: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a Choose,
    title: String,
    linking: Option<String>,
    /// Whose people sign in here.
    company: Option<(String, &'a Company)>,
    notice: Option<Said<'a>>,
    wrong: bool,
    /// With which names the password can stay empty.
    alone: Option<&'static str>,
    /// What the password field is described by.
    described: &'static str,
    last: Option<&'a Method>,
    /// The way in where the page is being looked at.
    preferred: Vec<&'a Method>,
    first: Vec<&'a Method>,
    more: Vec<&'a Method>,
}

/// Every way in that is on, the one used last on this device first.
#[must_use]
pub fn choose(page: &Page, id: &str, view: &Choose) -> Response {
    let t = Texts::of(page.lang);
    let last = view.methods.iter().find(|method| method.last_used);
    let others = view.methods.iter().filter(|method| !method.last_used);
    let (preferred, mut first): (Vec<_>, Vec<_>) = others.partition(|method| method.preferred);
    let room = AT_ONCE.saturating_sub(usize::from(last.is_some()) + preferred.len());
    let more = first.split_off(room.min(first.len()));
    let wrong = matches!(view.notice, Some(Notice::WrongPassword));
    let shown = ChoosePage {
        page,
        t,
        id,
        context: &view.context,
        view,
        title: title(view, t),
        linking: view.linking.as_ref().map(|linking| fill(t.linking, &[&linking.title, &linking.name])),
        company: view.company.as_ref().map(|company| (fill(t.of_company, &[&company.name]), company)),
        notice: view.notice.as_ref().map(|notice| said(notice, t)),
        wrong,
        alone: alone(view, t),
        described: if wrong { "notice" } else { "" },
        last,
        preferred,
        first,
        more,
    };
    page.answer(status(view), Forms::Anywhere, &shown)
}

/// Too many passwords at once: the form, and the word to come back in a moment (security.md §0, rule 13).
pub(super) fn status(view: &Choose) -> StatusCode {
    match view.notice {
        Some(Notice::Busy) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    }
}

fn title(view: &Choose, t: &Texts) -> String {
    if let Some(linking) = &view.linking {
        return fill(t.linking_title, &[&linking.title]);
    }
    if view.context.application.is_empty() {
        t.sign_in.to_owned()
    } else {
        fill(t.sign_in_to, &[&view.context.application])
    }
}

fn alone(view: &Choose, t: &'static Texts) -> Option<&'static str> {
    match (view.by_address, view.codes) {
        (true, true) => Some(t.by_address_or_number),
        (true, false) => Some(t.by_address),
        (false, true) => Some(t.by_number),
        (false, false) => None,
    }
}

/// A notice in words.
pub(super) fn said<'a>(notice: &'a Notice, t: &Texts) -> Said<'a> {
    let plain = |text: &str| Said { text: text.to_owned(), reference: None };
    match notice {
        Notice::WrongPassword => plain(t.wrong_password),
        Notice::PasswordMissing => plain(t.password_missing),
        Notice::Busy => plain(t.busy),
        Notice::RegistrationOff => plain(t.registration_off),
        Notice::NotAdministrator => plain(t.not_administrator),
        Notice::OtherAccountWanted => plain(t.other_wanted),
        Notice::NobodysNumber => plain(t.nobodys_number),
        Notice::WayRemoved => plain(t.way_removed),
        Notice::NotByCode => plain(t.not_by_code),
        Notice::Upstream { title, what, reference } => {
            let sentence = match what {
                UpstreamNotice::Cancelled => t.up_cancelled,
                UpstreamNotice::NotAllowed => t.up_not_allowed,
                UpstreamNotice::Unreachable => t.up_unreachable,
                UpstreamNotice::BadReply => t.up_bad_reply,
                UpstreamNotice::Misconfigured => t.up_misconfigured,
                UpstreamNotice::Preview => t.up_preview,
                UpstreamNotice::NotInvited => t.up_not_invited,
                UpstreamNotice::Taken => t.up_taken,
                UpstreamNotice::OtherWorld => t.up_other_world,
                UpstreamNotice::NotByCode => t.up_not_by_code,
                UpstreamNotice::Stale => t.up_stale,
                UpstreamNotice::HasNumber => t.up_has_number,
            };
            Said { text: fill(sentence, &[title]), reference: Some(reference) }
        }
    }
}
