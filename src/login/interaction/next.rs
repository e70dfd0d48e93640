//! What is missing: total, pure, first match wins (design.md §5).

use super::facts::{Facts, LIFE, Purpose};
use super::organisation::OrgStep;
use super::policy::{Policy, Standing};
use crate::base::clock::Seconds;
use crate::oidc::error::{Code, Error};

/// How far a platform's clock may be behind ours, in seconds.
const SKEW: Seconds = 60;
/// A console session is idle after so many seconds (design.md §7).
pub(crate) const CONSOLE_IDLE: Seconds = 1800;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is over: expired, cancelled or denied.
    Refuse,
    /// Somebody has to sign in.
    Login(Why),
    /// A reset password has to be replaced.
    NewPassword,
    /// An unknown identity has to choose a door.
    Recognise,
    /// "Go on as …?"
    Account,
    /// In which organisation?
    Organisation(OrgStep),
    /// The application asks for something.
    Consent,
    /// Nothing is missing.
    Issue,
}

/// Why a sign-in is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nobody is signed in, or not by a method that this application accepts.
    Nobody,
    /// An old account is to be proven for linking.
    Linking,
    /// prompt=create: a new account.
    Create,
    /// prompt=login, `max_age`, or an idle console.
    NotFresh,
    /// The application wants somebody else.
    OtherWanted,
    /// The console wants an administrator.
    NotAdministrator,
}

impl Next {
    /// The answer where no page may be shown (OIDC Core §3.1.2.6); `None` for `Issue`.
    #[must_use]
    pub fn without_pages(self) -> Option<Error> {
        match self {
            Self::Refuse => Some(Error::new(Code::AccessDenied, "the sign-in was cancelled or took too long")),
            Self::Login(_) | Self::NewPassword | Self::Recognise => {
                Some(Error::new(Code::LoginRequired, "the person has to sign in, and prompt=none forbids asking"))
            }
            Self::Account => {
                Some(Error::new(Code::AccountSelectionRequired, "an account has to be chosen, prompt=none forbids it"))
            }
            // design.md §5.
            Self::Organisation(OrgStep::Choose) => Some(Error::new(
                Code::AccountSelectionRequired,
                "an organisation has to be chosen, prompt=none forbids it",
            )),
            Self::Organisation(OrgStep::Nowhere) => {
                Some(Error::new(Code::AccessDenied, "the person belongs to no organisation this application is for"))
            }
            Self::Consent => {
                Some(Error::new(Code::ConsentRequired, "the person has to consent, and prompt=none forbids asking"))
            }
            Self::Issue => None,
        }
    }
}

/// What is missing at `now`. `policy` was read a moment ago.
#[must_use]
pub fn next(facts: &Facts, policy: &Policy, now: Seconds) -> Next {
    if facts.end.is_some() || now >= facts.asked_at + LIFE {
        return Next::Refuse;
    }
    if facts.waiting_half(now).is_some() {
        return Next::NewPassword;
    }
    match &facts.stranger {
        Some(pending) if pending.door.is_none() => return Next::Recognise,
        Some(_) => return Next::Login(Why::Linking),
        None => {}
    }
    let Some(standing) = &policy.standing else { return Next::Login(Why::Nobody) };
    if let Some(why) = unfit(facts, policy, standing, now) {
        return Next::Login(why);
    }
    let prompt = facts.request().map(|request| request.prompt).unwrap_or_default();
    let answered = facts.chosen.as_ref() == Some(&standing.user) || signed_in_here(facts, standing);
    if prompt.select_account && !answered {
        return Next::Account;
    }
    if let Some(step) = policy.organisation {
        return Next::Organisation(step);
    }
    let allowed = facts.allowed_by.as_ref() == Some(&standing.user);
    if policy.consent_missing || (prompt.consent && !allowed) {
        return Next::Consent;
    }
    Next::Issue
}

/// Why the browser's session does not do, if it does not.
fn unfit(facts: &Facts, policy: &Policy, standing: &Standing, now: Seconds) -> Option<Why> {
    let here = signed_in_here(facts, standing);
    let fresh = here && facts.login.as_ref().is_some_and(|login| login.auth_time + SKEW >= facts.asked_at);
    if facts.not_as.as_ref() == Some(&standing.user) && !here {
        return Some(Why::Nobody);
    }
    if !standing.fits {
        return Some(if here { Why::OtherWanted } else { Why::Nobody });
    }
    match &facts.purpose {
        Purpose::Authorize(request) => {
            if request.prompt.create && !here {
                return Some(Why::Create);
            }
            if request.wanted_user.as_ref().is_some_and(|wanted| *wanted != standing.user) {
                return Some(Why::OtherWanted);
            }
            let too_old = policy.max_age.is_some_and(|most| now - standing.auth_time > most);
            ((request.prompt.login || too_old) && !fresh).then_some(Why::NotFresh)
        }
        Purpose::Account => (facts.again && !fresh).then_some(Why::NotFresh),
        Purpose::Console if !standing.administrator => Some(Why::NotAdministrator),
        Purpose::Console => (now - standing.seen_at >= CONSOLE_IDLE && !fresh).then_some(Why::NotFresh),
    }
}

/// Whether the person of the session proved themselves in this very interaction.
fn signed_in_here(facts: &Facts, standing: &Standing) -> bool {
    facts.login.as_ref().is_some_and(|login| login.user == standing.user)
}

#[cfg(test)]
#[path = "next_tests.rs"]
mod tests;
