//! How far somebody is: who they are, which company, yes or no.

use http::Method;

use super::super::super::fields::Asked;
use super::super::super::phone::ScanState;
use super::super::super::platform::Platform;
use super::super::super::switches::Switch;
use super::super::super::world::World;
use super::super::super::{Practice, guard};
use super::super::who::Who;
use super::wish::{Wish, Wrong};

/// What comes next.
pub(super) enum Decision {
    /// Who is it? Of this company, for an enterprise account.
    Person {
        of: Option<String>,
        scan: Option<String>,
    },
    /// The eight characters of an enterprise account's company.
    OrgCode {
        wrong: bool,
    },
    /// Which company? Ids and names.
    Company {
        person: String,
        companies: Vec<(String, String)>,
    },
    Agreed {
        who: Who,
        corp: Option<String>,
    },
    Refused,
    /// It can not be.
    No(Wrong),
}

pub(super) fn decide(practice: &Practice, asked: &Asked, wish: &Wish) -> Decision {
    let world = practice.world();
    let switches = world.switches(Platform::Dingtalk);
    if switches.is_on(Switch::AutoDeny) {
        return Decision::Refused;
    }
    if let Some(person) = switches.auto.as_deref() {
        return picked(&world, wish, person, Choice::First);
    }
    let own = asked.method == Method::POST && !guard::is_foreign(&asked.headers, practice.origin());
    let form = |name: &str| asked.form.get(name).filter(|_| own);
    let of = match exclusive(&world, wish, form("org_code")) {
        Ok(of) => of,
        Err(decision) => return decision,
    };
    let chosen = form("corp").map_or(Choice::Open, |corp| Choice::Named(corp.to_owned()));
    match (form("choice"), form("person"), form("scan")) {
        (Some("deny"), ..) => Decision::Refused,
        (_, Some(person), _) => picked(&world, wish, person, chosen),
        (_, None, Some(scan)) => match world.phone.scan(scan).filter(|it| it.client_id == wish.client.client_id) {
            Some(known) if practice.now() >= known.expires_at => Decision::Person { of, scan: None },
            Some(known) => match &known.state {
                ScanState::Confirmed { person } => picked(&world, wish, person, chosen),
                ScanState::Refused { .. } => Decision::Refused,
                _ => Decision::Person { of, scan: Some(scan.to_owned()) },
            },
            None => Decision::Person { of, scan: None },
        },
        _ => Decision::Person { of, scan: None },
    }
}

/// How a company is chosen.
enum Choice {
    Open,
    Named(String),
    First,
}

/// The company of an enterprise account, when the application asked for one.
fn exclusive(world: &World, wish: &Wish, typed: Option<&str>) -> Result<Option<String>, Decision> {
    if !wish.exclusive {
        return Ok(None);
    }
    if let Some(corp) = &wish.exclusive_corp {
        let known = world.dingtalk.companies.contains_key(corp);
        return if known { Ok(Some(corp.clone())) } else { Err(Decision::No(Wrong::NotThere)) };
    }
    let Some(typed) = typed else { return Err(Decision::OrgCode { wrong: false }) };
    let found = world.dingtalk.companies.values().find(|company| company.org_code.eq_ignore_ascii_case(typed.trim()));
    found.map(|company| Some(company.corp_id.clone())).ok_or(Decision::OrgCode { wrong: true })
}

fn picked(world: &World, wish: &Wish, person: &str, choice: Choice) -> Decision {
    if world.person(person).is_none() {
        return Decision::Person { of: None, scan: None };
    }
    let who = Who::Person(person.to_owned());
    let places = world.dingtalk.companies_of(&world.people, &who);
    if world.is_on(Platform::Dingtalk, Switch::MembersOnly)
        && !places.iter().any(|(company, member)| wish.app.serves(&company.corp_id) && !member.external)
    {
        return Decision::No(Wrong::NotThere);
    }
    if !wish.with_corp() {
        return Decision::Agreed { who, corp: None };
    }
    let fits = |admin: bool| !wish.managed_only || admin;
    let companies: Vec<(String, String)> = places
        .iter()
        .filter(|(_, member)| fits(member.admin) && !member.external)
        .map(|(company, _)| (company.corp_id.clone(), company.name.clone()))
        .collect();
    let wanted = match (&wish.corp, choice) {
        (Some(corp), _) => Some(corp.clone()),
        (None, Choice::Named(corp)) => Some(corp),
        (None, Choice::First) => companies.first().map(|(corp, _)| corp.clone()),
        (None, Choice::Open) => None,
    };
    match wanted {
        Some(corp) if companies.iter().any(|(known, _)| *known == corp) => Decision::Agreed { who, corp: Some(corp) },
        Some(_) => Decision::No(Wrong::NotThere),
        None if companies.is_empty() => Decision::No(Wrong::NotThere),
        None => Decision::Company { person: person.to_owned(), companies },
    }
}
