//! Who somebody is for a company: a member, a linked company's member, or somebody from outside.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::super::Practice;
use super::super::jws::hex;
use super::corp::{HOME, with};

/// What `getuserinfo` will say of somebody (§5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Persona {
    /// A member, by userid.
    Member(String),
    /// A member of a linked company: `corpid/userid`.
    Linked(String),
    /// A WeChat user; has an openid.
    Outsider,
    /// A customer; has an openid and an `external_userid`.
    Contact,
    /// A parent at a school.
    Parent,
}

/// Who the practice person is for the company.
pub(super) fn of(practice: &Practice, corpid: &str, person: &str) -> Persona {
    let employed = practice
        .world()
        .person(person)
        .is_some_and(|person| person.wecom.as_ref().is_some_and(|employee| !employee.left));
    with(practice, corpid, |corp| {
        if let Some(persona) = corp.personas.get(person) {
            return persona.clone();
        }
        let mut members = corp.directory.members();
        let member = members.find(|member| member.person.as_deref() == Some(person) && member.status != 5);
        match member {
            Some(member) if corpid != HOME || employed => Persona::Member(member.userid.clone()),
            _ => Persona::Outsider,
        }
    })
    .unwrap_or(Persona::Outsider)
}

/// 28 characters, the same for a person and a company every time.
pub(super) fn openid(corpid: &str, person: &str) -> String {
    format!("o{}", hex(&Sha256::digest(format!("{corpid}/{person}"))).chars().take(27).collect::<String>())
}

/// An outside contact's id: `wm…`.
pub(super) fn external_userid(corpid: &str, person: &str) -> String {
    format!("wm{}", hex(&Sha256::digest(format!("contact {corpid}/{person}"))).chars().take(30).collect::<String>())
}
