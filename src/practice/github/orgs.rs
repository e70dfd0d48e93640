//! Organisations and teams (§1.8): pending members, missing scopes, and organisations that hide.

use axum::extract::{Path, State};
use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::super::fields::Asked;
use super::super::people::Membership;
use super::super::switches::Switch;
use super::super::{Practice, answer};
use super::headers::{Reader, reader};
use super::user::paged;
use super::{api_url, scopes};

const SSO: &str = "required; url=https://github.com/orgs/practice-works/sso?authorization_request=practice";
const BLOCKED: &str = "Although you appear to have the correct authorization credentials, the organization has \
     enabled OAuth App access restrictions, meaning that data access to third-parties is limited.";

/// What the reader may see of their organisations.
enum Sight {
    All(Reader),
    /// Organisations block the application or ask for SAML first; the lists come back empty.
    Hidden(Reader, Switch),
}

#[expect(clippy::result_large_err, reason = "the refusal is the answer")]
fn sight(practice: &Practice, asked: &Asked) -> Result<Sight, Response> {
    let reader = reader(practice, asked)?;
    if !scopes::allow(&reader.access.scopes, "read:org") && !reader.access.scopes.iter().any(|scope| scope == "user") {
        let words = "You need at least read:org scope or user scope to list your organizations.";
        return Err(reader.refuse(practice, asked, StatusCode::FORBIDDEN, words));
    }
    let switches = practice.world().switches(reader.platform);
    let hidden = [Switch::OrgRestricted, Switch::SsoRequired].into_iter().find(|switch| switches.is_on(*switch));
    Ok(match hidden {
        Some(why) => Sight::Hidden(reader, why),
        None => Sight::All(reader),
    })
}

fn list(practice: &Practice, asked: &Asked, path: &str, rows: impl Fn(&Reader) -> Vec<Value>) -> Response {
    let (reader, all, why) = match sight(practice, asked) {
        Ok(Sight::All(reader)) => {
            let all = rows(&reader);
            (reader, all, None)
        }
        Ok(Sight::Hidden(reader, why)) => (reader, Vec::new(), Some(why)),
        Err(refusal) => return refusal,
    };
    let (page, link) = paged(asked, &all, &format!("{}{path}", api_url(reader.platform)));
    let mut response = reader.answer(practice, asked, "admin:org, read:org, repo, user, write:org", &json!(page));
    if let Some(link) = link {
        answer::set(&mut response, header::LINK, &link);
    }
    if why == Some(Switch::SsoRequired) {
        answer::set_named(&mut response, "x-github-sso", "partial-results; organizations=9919001");
    }
    response
}

pub(super) async fn orgs(State(practice): State<Practice>, asked: Asked) -> Response {
    let active = |reader: &Reader| {
        reader.person.orgs.iter().filter(|org| org.state == "active").map(|org| organization(reader, org)).collect()
    };
    list(&practice, &asked, "/user/orgs", active)
}

pub(super) async fn memberships(State(practice): State<Practice>, asked: Asked) -> Response {
    let state = asked.query.get("state").map(str::to_owned);
    let rows = |reader: &Reader| {
        let wanted = |org: &&Membership| state.as_deref().is_none_or(|state| state == org.state);
        reader.person.orgs.iter().filter(wanted).map(|org| row(reader, org)).collect()
    };
    list(&practice, &asked, "/user/memberships/orgs", rows)
}

pub(super) async fn membership(State(practice): State<Practice>, Path(org): Path<String>, asked: Asked) -> Response {
    match sight(&practice, &asked) {
        Ok(Sight::All(reader)) => {
            let found = reader.person.orgs.iter().find(|known| known.login.eq_ignore_ascii_case(&org));
            match found {
                Some(found) => reader.answer(&practice, &asked, "read:org", &row(&reader, found)),
                None => reader.refuse(&practice, &asked, StatusCode::NOT_FOUND, "Not Found"),
            }
        }
        Ok(Sight::Hidden(reader, why)) => {
            let mut response = reader.refuse(&practice, &asked, StatusCode::FORBIDDEN, BLOCKED);
            if why == Switch::SsoRequired {
                answer::set_named(&mut response, "x-github-sso", SSO);
            }
            response
        }
        Err(refusal) => refusal,
    }
}

pub(super) async fn teams(State(practice): State<Practice>, asked: Asked) -> Response {
    let rows = |reader: &Reader| {
        let active = reader.person.orgs.iter().filter(|org| org.state == "active");
        active.flat_map(|org| org.teams.iter().map(move |team| (org, team))).map(|(org, team)| {
            json!({"id": 7_000_001, "slug": team, "name": team, "privacy": "closed", "organization": organization(reader, org)})
        }).collect()
    };
    list(&practice, &asked, "/user/teams", rows)
}

/// 204 a member, 404 not one, 302 when the reader is no member.
pub(super) async fn is_member(
    State(practice): State<Practice>,
    Path((org, username)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    let reader = match sight(&practice, &asked) {
        Ok(Sight::All(reader) | Sight::Hidden(reader, _)) => reader,
        Err(refusal) => return refusal,
    };
    let active = |orgs: &[Membership]| {
        orgs.iter().any(|known| known.login.eq_ignore_ascii_case(&org) && known.state == "active")
    };
    if !active(&reader.person.orgs) {
        return answer::found(&format!("{}/orgs/{org}/public_members/{username}", api_url(reader.platform)));
    }
    let world = practice.world();
    let member = world.people.iter().any(|person| person.login.eq_ignore_ascii_case(&username) && active(&person.orgs));
    drop(world);
    if member {
        answer::empty(StatusCode::NO_CONTENT)
    } else {
        reader.refuse(&practice, &asked, StatusCode::NOT_FOUND, "Not Found")
    }
}

fn organization(reader: &Reader, org: &Membership) -> Value {
    json!({
        "login": org.login, "id": org.id, "node_id": format!("O_{}", org.id),
        "url": format!("{}/orgs/{}", api_url(reader.platform), org.login),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{}?v=4", org.id), "description": null,
    })
}

fn row(reader: &Reader, org: &Membership) -> Value {
    json!({
        "url": format!("{}/orgs/{}/memberships/{}", api_url(reader.platform), org.login, reader.person.login),
        "state": org.state, "role": org.role, "direct_membership": true,
        "organization": organization(reader, org),
        "user": {"login": reader.person.login, "id": reader.person.number, "type": "User"},
    })
}
