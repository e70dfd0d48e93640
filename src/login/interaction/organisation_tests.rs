//! Which organisation it is, case by case.

use super::*;
use crate::base::id::{ClientId, UserId};
use crate::login::enrol::new_user;
use crate::login::interaction::{ChosenOrg, Purpose};
use crate::oidc::authorize::Prompt;
use crate::oidc::response::{ResponseMode, ReturnTo};
use crate::store::clients::ClientMetadata;

fn facts(scopes: &[&str], organization: Option<&str>, select: bool) -> Facts {
    let request = AuthorizeRequest {
        client_id: ClientId::new("app"),
        return_to: ReturnTo {
            redirect_uri: "https://app.example/cb".to_owned(),
            mode: ResponseMode::Query,
            state: None,
            iss: "https://id.example".to_owned(),
        },
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        nonce: None,
        code_challenge: None,
        prompt: Prompt { select_account: select, ..Prompt::default() },
        max_age: None,
        acr_values: Vec::new(),
        login_hint: None,
        ui_locales: Vec::new(),
        claims: None,
        wanted_user: None,
        resources: Vec::new(),
        organization: organization.map(str::to_owned),
    };
    Facts::new(Purpose::Authorize(Box::new(request)), 0)
}

fn client(limit: &[&str]) -> Client {
    let organizations = limit.iter().map(|id| (*id).to_owned()).collect();
    Client {
        id: ClientId::new("app"),
        version: 1,
        created_at: 0,
        updated_at: 0,
        enabled: true,
        metadata: ClientMetadata { organizations, ..ClientMetadata::default() },
        secrets: Vec::new(),
    }
}

fn of(ids: &[&str], remembered: Option<&str>) -> Standpoint<'static> {
    let membership = |id: &&str| Membership {
        org_id: OrgId::new(*id),
        name: if id.len() == 1 { format!("Org {id}") } else { "Twins".to_owned() },
        logo: None,
        roles: Vec::new(),
        since: 0,
    };
    Standpoint {
        memberships: ids.iter().map(membership).collect(),
        remembered: remembered.map(OrgId::new),
        came_through: None,
    }
}

fn asked(facts: &Facts, client: &Client, from: Standpoint<'_>) -> (Option<String>, Option<OrgStep>) {
    let user = new_user(UserId::new("u"), "U".to_owned(), 0);
    let resolved = resolve(facts, client, &user, from);
    (resolved.org.map(|org| org.to_string()), resolved.step)
}

fn org(id: &str) -> (Option<String>, Option<OrgStep>) {
    (Some(id.to_owned()), None)
}

const CHOOSE: (Option<String>, Option<OrgStep>) = (None, Some(OrgStep::Choose));
const NOWHERE: (Option<String>, Option<OrgStep>) = (None, Some(OrgStep::Nowhere));
const NONE: (Option<String>, Option<OrgStep>) = (None, None);

#[test]
fn an_application_that_asks_for_none_gets_the_one_of_the_connector_and_no_page() {
    let plain = facts(&["openid"], None, false);
    assert_eq!(asked(&plain, &client(&[]), of(&["a", "b"], None)), NONE);
    let id = OrgId::new("b");
    let through = Standpoint { came_through: Some(&id), ..of(&["a", "b"], None) };
    assert_eq!(asked(&plain, &client(&[]), through), org("b"));
    let gone = Standpoint { came_through: Some(&id), ..of(&["a"], None) };
    assert_eq!(asked(&plain, &client(&[]), gone), NONE);
}

#[test]
fn one_is_taken_several_are_asked_for_and_none_is_no_hindrance_to_a_mere_scope() {
    let scoped = facts(&["openid", "org"], None, false);
    assert_eq!(asked(&scoped, &client(&[]), of(&[], None)), NONE);
    assert_eq!(asked(&scoped, &client(&[]), of(&["a"], None)), org("a"));
    assert_eq!(asked(&scoped, &client(&[]), of(&["a", "b"], None)), CHOOSE);
    assert_eq!(asked(&scoped, &client(&[]), of(&["a", "b"], Some("b"))), org("b"));
    assert_eq!(asked(&scoped, &client(&[]), of(&["a", "b"], Some("left"))), CHOOSE);
    let anew = facts(&["openid", "org"], None, true);
    assert_eq!(asked(&anew, &client(&[]), of(&["a", "b"], Some("b"))), CHOOSE);
}

#[test]
fn an_application_for_some_organisations_lets_only_their_members_in() {
    let plain = facts(&["openid"], None, false);
    assert_eq!(asked(&plain, &client(&["b"]), of(&["a"], None)), NOWHERE);
    assert_eq!(asked(&plain, &client(&["b"]), of(&["a", "b"], None)), org("b"));
    assert_eq!(asked(&plain, &client(&["b", "c"]), of(&["a", "b", "c"], Some("a"))), CHOOSE);
    let named = facts(&["openid"], Some("b"), false);
    assert_eq!(asked(&named, &client(&[]), of(&["a", "b"], Some("a"))), org("b"));
    assert_eq!(asked(&named, &client(&["a"]), of(&["a", "b"], None)), NOWHERE);
    assert_eq!(asked(&named, &client(&[]), of(&["a"], None)), NOWHERE);
}

#[test]
fn an_organisation_is_named_by_its_id_or_by_what_it_is_called() {
    let by = |text| asked(&facts(&["openid"], Some(text), false), &client(&[]), of(&["a", "b", "t1", "t2"], None));
    assert_eq!(by("Org b"), org("b"));
    assert_eq!(by("b"), org("b"));
    assert_eq!(by("Twins"), CHOOSE);
    assert_eq!(by("org b"), NOWHERE);
    // One that is called as another's id is never meant by it.
    let named_as_an_id = Membership { name: "b".to_owned(), ..of(&["a"], None).memberships.remove(0) };
    let memberships = vec![named_as_an_id, of(&["b"], None).memberships.remove(0)];
    let from = Standpoint { memberships, ..of(&[], None) };
    assert_eq!(asked(&facts(&["openid"], Some("b"), false), &client(&[]), from), org("b"));
}

#[test]
fn a_choice_counts_for_the_person_who_made_it_while_they_belong() {
    let mut chosen = facts(&["openid", "org"], None, false);
    chosen.organisation = Some(ChosenOrg { user: UserId::new("u"), org: OrgId::new("a") });
    assert_eq!(asked(&chosen, &client(&[]), of(&["a", "b"], Some("b"))), org("a"));
    assert_eq!(asked(&chosen, &client(&["b", "c"]), of(&["a", "b", "c"], None)), CHOOSE);
    chosen.organisation = Some(ChosenOrg { user: UserId::new("other"), org: OrgId::new("a") });
    assert_eq!(asked(&chosen, &client(&[]), of(&["a", "b"], None)), CHOOSE);
}
