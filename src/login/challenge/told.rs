//! What a page would show, in words for a program: no more than the page says.

use serde::Serialize;

use super::ChallengeError;
use crate::base::clock::Seconds;
use crate::base::id::OrgId;
use crate::connectors::Form;
use crate::connectors::step::PhoneWrong;
use crate::login::interaction::{Choose, Notice, RegistrationMistake, Stranger, UpstreamNotice, View};
use crate::oidc::error::{Code, Error};
use crate::oidc::response::AuthorizationResponse;
use crate::store::members::Membership;

/// What a sign-in still needs.
#[derive(Debug, Default, Serialize)]
pub struct Missing {
    /// Ways on, of which one will do: `sign_in`, `phone`, `code`, `register`, `bind`, `organization`.
    pub need: Vec<&'static str>,
    /// Fields that `register` has to bring.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<&'static str>,
    /// What was wrong with what was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Where a code went, as it may be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<String>,
    /// From when on another code may be asked for, seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Seconds>,
    /// How the platform calls the person, where their account is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Those that `organization` may name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<Organization>,
}

/// One that the person belongs to.
#[derive(Debug, Serialize)]
pub struct Organization {
    /// Its id.
    pub id: OrgId,
    /// What it is called.
    pub name: String,
}

impl From<Membership> for Organization {
    fn from(of: Membership) -> Self {
        Self { id: of.org_id, name: of.name }
    }
}

pub(super) enum Told {
    Code(String),
    Missing(Missing),
}

impl Missing {
    fn one(need: &'static str) -> Self {
        Self { need: vec![need], ..Self::default() }
    }
}

/// What this view means without a page.
pub(super) fn of(view: View) -> Result<Told, ChallengeError> {
    Ok(Told::Missing(match view {
        View::Issue(response) => return issued(response),
        View::Choose(choose) => ways_in(&choose),
        View::Silent(_) => Missing::one("sign_in"),
        View::Ask(ask) => form(ask.form)?,
        View::Number(number) => form(number.form)?,
        View::Stranger(stranger) => doors(stranger),
        View::Organisation(orgs) if orgs.options.is_empty() => {
            let why = "the person belongs to no organisation this application is for";
            return Err(Error::new(Code::AccessDenied, why).into());
        }
        View::Organisation(orgs) => {
            let organizations = orgs.options.into_iter().map(Organization::from).collect();
            Missing { organizations, ..Missing::one("organization") }
        }
        View::Ended { .. } | View::Finished { .. } | View::Ours(_) | View::GoOn => return Err(ChallengeError::Session),
        View::Scan(_) | View::Frame(_) | View::NewPassword { .. } | View::Account { .. } | View::Consent(_) => {
            return Err(ChallengeError::Pages);
        }
    }))
}

fn issued(response: AuthorizationResponse) -> Result<Told, ChallengeError> {
    let code = response.parameters.into_iter().find(|(name, _)| *name == "code").map(|(_, code)| code);
    match code {
        Some(code) => Ok(Told::Code(code)),
        None => Err(Error::new(Code::AccessDenied, "the sign-in was refused").into()),
    }
}

fn form(form: Form) -> Result<Missing, ChallengeError> {
    match form {
        Form::PhoneNumber { wrong } => Ok(Missing { reason: wrong.map(number), ..Missing::one("phone") }),
        Form::PhoneCode { to, again_at, left } => Ok(Missing {
            reason: left.map(|left| if left == 0 { "code_gone" } else { "code" }),
            sent_to: Some(to),
            again_at: Some(again_at),
            ..Missing::one("code")
        }),
        Form::NameAndPassword => Ok(Missing::one("sign_in")),
        Form::InAppCode { .. } => Err(ChallengeError::Pages),
    }
}

const fn number(wrong: PhoneWrong) -> &'static str {
    match wrong {
        PhoneWrong::NotANumber => "phone",
        PhoneWrong::Country => "country",
        PhoneWrong::TooMany => "try_later",
        PhoneWrong::NotSent => "not_sent",
    }
}

fn doors(stranger: Stranger) -> Missing {
    let name = Some(stranger.name).filter(|name| !name.is_empty());
    let mut missing = Missing::one("bind");
    if stranger.may_create {
        missing.need.insert(0, "register");
        missing.asks.extend(name.is_none().then_some("name"));
    }
    Missing { name, ..missing }
}

fn ways_in(choose: &Choose) -> Missing {
    let mut missing = Missing::one(if choose.linking.is_some() { "bind" } else { "sign_in" });
    if choose.registration {
        // prompt=create: the new account is what the application would rather have.
        let place = usize::from(!choose.context.create);
        missing.need.insert(place, "register");
        missing.asks.extend(["username", "name", "password"]);
    }
    let mistaken = choose.registration_mistake.map(mistake);
    Missing { reason: choose.notice.as_ref().map(notice).or(mistaken), ..missing }
}

const fn notice(notice: &Notice) -> &'static str {
    match notice {
        Notice::WrongPassword | Notice::PasswordMissing => "wrong",
        Notice::Busy => "try_later",
        Notice::RegistrationOff => "registration_off",
        Notice::Upstream { what, .. } => match what {
            UpstreamNotice::Unreachable => "platform_unreachable",
            UpstreamNotice::BadReply => "platform_refused",
            UpstreamNotice::Misconfigured => "platform_misconfigured",
            UpstreamNotice::NotInvited => "not_invited",
            UpstreamNotice::Taken => "taken",
            UpstreamNotice::Preview => "preview",
            UpstreamNotice::Stale => "stale",
            UpstreamNotice::HasNumber => "has_number",
            UpstreamNotice::Cancelled => "cancelled",
            UpstreamNotice::NotAllowed | UpstreamNotice::OtherWorld | UpstreamNotice::NotByCode => "not_allowed",
        },
        Notice::OtherAccountWanted => "other_account",
        Notice::NobodysNumber => "not_invited",
        Notice::NotAdministrator | Notice::WayRemoved | Notice::NotByCode => "not_allowed",
    }
}

const fn mistake(mistake: RegistrationMistake) -> &'static str {
    match mistake {
        RegistrationMistake::Username => "username",
        RegistrationMistake::UsernameTaken => "username_taken",
        RegistrationMistake::Name => "display_name",
        RegistrationMistake::Email => "email",
        RegistrationMistake::EmailTaken => "email_taken",
        RegistrationMistake::Password(_) => "password",
        RegistrationMistake::TryLater => "try_later",
    }
}
