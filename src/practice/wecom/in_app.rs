//! Signing in inside the client: `connect/oauth2/authorize` with a corpid (§4).

use axum::response::Response;

use super::super::consent::{self, Decision, Question};
use super::super::fields::Asked;
use super::super::phone::holder;
use super::super::platform::Platform;
use super::super::{Practice, answer};
use super::corp::{authority, with};
use super::pages::{self, Said};
use super::settings::SENSITIVE;
use super::sign_in::{self, Wish};

const STATE_LIMIT: usize = 128;

/// Answers the page for a corporation: the router of open.weixin.qq.com is WeChat's.
pub(in crate::practice) fn in_app(practice: &Practice, asked: &Asked) -> Response {
    match read(practice, asked) {
        Ok((wish, private)) => decide(practice, asked, &wish, private),
        Err(said) => pages::fault(asked, said),
    }
}

/// What is wanted, and whether with `snsapi_privateinfo`.
fn read(practice: &Practice, asked: &Asked) -> Result<(Wish, bool), Said> {
    let get = |name: &str| asked.query.get(name);
    // The client's User-Agent says wxwork, whatever else it says (§4).
    let is_client = asked.header("user-agent").is_some_and(|agent| agent.to_ascii_lowercase().contains("wxwork"));
    if !is_client && holder::inside(asked) != Some("wecom") {
        return Err(Said::OpenInClient);
    }
    if get("state").is_some_and(|state| state.len() > STATE_LIMIT || !state.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        return Err(Said::State);
    }
    let corpid = get("appid").ok_or(Said::Parameters)?;
    let redirect_uri = get("redirect_uri").ok_or(Said::Parameters)?;
    let host = authority(redirect_uri).ok_or(Said::Parameters)?;
    let scope = get("scope").ok_or(Said::Parameters)?;
    if get("response_type") != Some("code")
        || !matches!(scope, "snsapi_base" | "snsapi_privateinfo" | "snsapi_userinfo")
    {
        return Err(Said::Parameters);
    }
    let found = with(practice, corpid, |corp| {
        let agents = &corp.settings.agents;
        if let Some(id) = get("agentid") {
            return agents.get(id).map(|agent| (id.to_owned(), agent.clone())).ok_or(Said::Parameters);
        }
        // Without an agentid the domain finds the application, and the scope is the base one.
        let by_domain = agents.iter().find(|(_, agent)| agent.trusted_domain == host);
        by_domain.map(|(id, agent)| (id.clone(), agent.clone())).ok_or(Said::Domain)
    });
    let (agentid, agent) = found.unwrap_or(Err(Said::Parameters))?;
    if agent.trusted_domain != host {
        return Err(Said::Domain);
    }
    let private = scope == "snsapi_privateinfo" && get("agentid").is_some();
    let wish = Wish {
        corpid: corpid.to_owned(),
        agentid,
        agent,
        redirect_uri: redirect_uri.to_owned(),
        state: get("state").map(str::to_owned),
    };
    Ok((wish, private))
}

fn decide(practice: &Practice, asked: &Asked, wish: &Wish, private: bool) -> Response {
    let switches = practice.world().switches(Platform::Wecom);
    let owner = switches.auto.clone().or_else(|| holder::person(practice, asked, Platform::Wecom));
    if let Some(person) = owner.as_deref().filter(|_| !private) {
        // Silent: the client knows who holds it.
        return answer::found(&sign_in::back(wish, Some(&sign_in::code(practice, wish, person, None))));
    }
    if let Some(person) = owner.as_deref()
        && !sign_in::in_range(practice, wish, person)
    {
        return pages::fault(asked, Said::NoPermission);
    }
    let ticked = SENSITIVE.iter().filter(|name| wish.agent.private_fields.iter().any(|field| field == *name));
    let fields: Vec<String> = ticked.map(|name| (*name).to_owned()).collect();
    let hint = owner.as_deref().and_then(|key| practice.world().person(key).map(|person| person.sub.clone()));
    let question = Question {
        platform: Platform::Wecom,
        client_name: &wish.agent.name,
        redirect_uri: &wish.redirect_uri,
        scopes: if private { &fields } else { &[] },
        hint: hint.as_deref(),
        fresh: false,
    };
    match consent::decide(practice, asked, &question) {
        Decision::Ask => consent::ask(practice, asked, &question),
        Decision::Deny => pages::fault(asked, Said::Cancelled),
        Decision::Allow(agreed) => {
            if private && !sign_in::in_range(practice, wish, &agreed.person) {
                return pages::fault(asked, Said::NoPermission);
            }
            let code = sign_in::code(practice, wish, &agreed.person, private.then(|| agreed.scopes.clone()));
            agreed.leave(answer::found(&sign_in::back(wish, Some(&code))))
        }
    }
}
