//! What a page would show, in words for a program: no more than the page says.

use serde::Serialize;

use super::ChallengeError;
use crate::base::clock::Seconds;
use crate::base::id::OrgId;
use crate::connectors::Form;
use crate::login::interaction::{Choose, Notice, RegistrationMistake, Stranger, UpstreamNotice, View};
use crate::oidc::error::{Code, Error};
use crate::oidc::response::AuthorizationResponse;

/// What a sign-in still needs.
#[derive(Debug, Default, Serialize)]
pub struct Missing {
    /// Ways on, of which one will do: `sign_in`, `phone`, `code`, `register`, `bind`.
    pub need: Vec<&'static str>,
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
}

/// One that the person belongs to.
#[derive(Debug, Serialize)]
pub struct Organization {
    /// Its id.
    pub id: OrgId,
    /// What it is called.
    pub name: String,
}

pub(super) enum Told {
    Code(String),
    Missing(Missing),
    Pages,
    Over,
}

/// What this view means without a page.
pub(super) fn of(view: View) -> Result<Told, ChallengeError> {
    Ok(match view {
        View::Issue(response) => return issued(response),
        View::Choose(choose) => Told::Missing(ways_in(&choose)),
        View::Silent(_) => Told::Missing(Missing { need: vec!["sign_in"], ..Missing::default() }),
        View::Ask(ask) => form(ask.form),
        View::Number(number) => form(number.form),
        View::Stranger(stranger) => Told::Missing(doors(stranger)),
        View::Ended { .. } | View::Finished { .. } => Told::Over,
        _ => Told::Pages,
    })
}

fn issued(response: AuthorizationResponse) -> Result<Told, ChallengeError> {
    let code = response.parameters.into_iter().find(|(name, _)| *name == "code").map(|(_, code)| code);
    match code {
        Some(code) => Ok(Told::Code(code)),
        None => Err(Error::new(Code::AccessDenied, "the sign-in was refused").into()),
    }
}

fn form(form: Form) -> Told {
    match form {
        Form::PhoneNumber { wrong } => {
            let reason = wrong.map(|_| "phone");
            Told::Missing(Missing { need: vec!["phone"], reason, ..Missing::default() })
        }
        Form::PhoneCode { to, again_at, left } => Told::Missing(Missing {
            need: vec!["code"],
            reason: left.map(|left| if left == 0 { "code_gone" } else { "code" }),
            sent_to: Some(to),
            again_at: Some(again_at),
            name: None,
        }),
        _ => Told::Pages,
    }
}

fn doors(stranger: Stranger) -> Missing {
    let mut need = vec!["bind"];
    if stranger.may_create {
        need.insert(0, "register");
    }
    Missing { need, name: Some(stranger.name).filter(|name| !name.is_empty()), ..Missing::default() }
}

fn ways_in(choose: &Choose) -> Missing {
    let need = vec![if choose.linking.is_some() { "bind" } else { "sign_in" }];
    let mistaken = choose.registration_mistake.map(mistake);
    Missing { need, reason: choose.notice.as_ref().map(notice).or(mistaken), ..Missing::default() }
}

const fn notice(notice: &Notice) -> &'static str {
    match notice {
        Notice::WrongPassword => "wrong",
        Notice::Busy => "try_later",
        Notice::RegistrationOff => "registration_off",
        Notice::Upstream { what, .. } => match what {
            UpstreamNotice::Unreachable => "platform_unreachable",
            UpstreamNotice::BadReply => "platform_refused",
            UpstreamNotice::Misconfigured => "platform_misconfigured",
            UpstreamNotice::NotInvited => "not_invited",
            UpstreamNotice::Taken => "taken",
            _ => "not_allowed",
        },
        _ => "not_allowed",
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
