//! Whether somebody is an active member of an organisation we let in
//! (upstreams §1.8); asked at every sign-in.

use serde_json::Value;

use super::api::{Api, Refusal, SSO};
use crate::connectors::{Identity, Trouble};

/// How many named organisations are asked about one by one, to say why somebody is kept out.
const ASKED: usize = 5;

/// The organisations, by login, in which the person is an active member and which `wanted` lists.
///
/// # Errors
/// `NotMember` when there is none and GitHub says so of each; `NotAllowed` when it shows none, which may have another
/// reason; what the interface refuses.
pub async fn memberships(api: &Api<'_>, wanted: &[String], person: &Identity) -> Result<Vec<String>, Trouble> {
    let (list, hidden) = match api.list("/user/memberships/orgs?state=active").await {
        Ok(found) => found,
        Err(Refusal::Hidden { sso, detail }) => {
            let text = if sso { SSO.to_owned() } else { format!("memberships can't be read: {detail}") };
            return Err(Trouble::NotAllowed(text));
        }
        Err(Refusal::Trouble(trouble)) => return Err(trouble),
    };
    let mut allowed = Vec::new();
    for membership in &list {
        // An invited person has a membership too, a pending one; the filter in the query is only a wish.
        let active = membership["state"].as_str() == Some("active");
        let organisation = &membership["organization"];
        if active
            && wanted.iter().any(|rule| names(rule, organisation))
            && let Some(login) = organisation["login"].as_str()
        {
            allowed.push(login.to_owned());
        }
    }
    if allowed.is_empty() { Err(why_not(api, wanted, hidden, person).await) } else { Ok(allowed) }
}

/// Whether a rule names this organisation: by id, which stays, or by login, which can be renamed and reclaimed.
fn names(rule: &str, organisation: &Value) -> bool {
    match rule.parse::<i64>() {
        Ok(id) => organisation["id"].as_i64() == Some(id),
        Err(_) => organisation["login"].as_str().is_some_and(|login| login.eq_ignore_ascii_case(rule)),
    }
}

/// An organisation that blocks the application is missing from the list but answers 403 when it is asked for by name:
/// only where each answers by name that this is no member has the person left. One that is named by its id can't be
/// asked so.
async fn why_not(api: &Api<'_>, wanted: &[String], hidden: bool, person: &Identity) -> Trouble {
    if hidden {
        return Trouble::NotAllowed(SSO.to_owned());
    }
    let mut denied = 0;
    for login in wanted.iter().filter(|rule| rule.parse::<i64>().is_err()).take(ASKED) {
        match api.object(&format!("/user/memberships/orgs/{login}")).await {
            Err(Refusal::Hidden { sso: true, .. }) => return Trouble::NotAllowed(SSO.to_owned()),
            Err(Refusal::Hidden { detail, .. }) if detail.contains(": 403") => {
                return Trouble::NotAllowed(format!("your organisation {login} must approve this application"));
            }
            Err(Refusal::Trouble(trouble)) => return trouble,
            Err(Refusal::Hidden { .. }) => denied += 1,
            Ok(membership) if membership.get("state").and_then(Value::as_str) == Some("pending") => denied += 1,
            Ok(_) => {}
        }
    }
    let text = "not an active member of an organisation that is let in";
    if denied == wanted.len() { person.not_member(text) } else { Trouble::NotAllowed(text.to_owned()) }
}
