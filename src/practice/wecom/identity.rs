//! `auth/getuserinfo`, and the older `user/getuserinfo` with its own spelling (§5.2).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::with;
use super::fault::{Fault, fault};
use super::gate::{Call, Caller, serve};
use super::persona::{Persona, external_userid, openid};
use super::range::Sight;
use super::tickets::{Code, Holder, TICKET_LIFE, Ticket};

pub(super) async fn current(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::SignIn, |caller| {
        let code = redeem(&practice, &asked, caller)?;
        Ok(Value::Object(told(&practice, &code)))
    })
}

/// `UserId`, `DeviceId`, `OpenId` in capitals.
pub(super) async fn old(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::SignIn, |caller| {
        let code = redeem(&practice, &asked, caller)?;
        let mut answer = Map::new();
        for (name, value) in told(&practice, &code) {
            let name = match name.as_str() {
                "userid" => "UserId",
                "openid" => "OpenId",
                other => other,
            };
            answer.insert(name.to_owned(), value);
        }
        answer.insert("DeviceId".to_owned(), json!(""));
        if answer.contains_key("user_ticket") {
            answer.insert("expires_in".to_owned(), json!(TICKET_LIFE));
        }
        Ok(Value::Object(answer))
    })
}

/// Takes the code: once, in time, and for the application that it was made for.
fn redeem(practice: &Practice, asked: &Asked, caller: &Caller) -> Result<Code, Fault> {
    let text = asked.query.get("code").ok_or(fault(41008))?;
    let Holder::Agent(agentid) = &caller.holder else { return Err(fault(48002)) };
    let known = practice.world().wecom.codes.get(text).cloned().ok_or(fault(40029))?;
    if practice.now() >= known.expires_at || known.corpid != caller.corpid || known.agentid != *agentid {
        return Err(fault(40029));
    }
    let trusted = with(practice, &caller.corpid, |corp| {
        corp.settings
            .agents
            .get(agentid)
            .is_some_and(|agent| agent.trusted_domain == known.sent_to || agent.web_domain == known.sent_to)
    });
    if trusted != Some(true) {
        return Err(fault(50001));
    }
    practice.world().wecom.codes.remove(text).ok_or(fault(40029))
}

fn told(practice: &Practice, code: &Code) -> Map<String, Value> {
    let mut answer = Map::new();
    let mut say = |name: &str, value: String| answer.insert(name.to_owned(), json!(value));
    match &code.persona {
        Persona::Member(userid) => {
            say("userid", userid.clone());
            if let Some(ticket) = ticket(practice, code, userid) {
                say("user_ticket", ticket);
            }
        }
        Persona::Linked(name) => {
            say("userid", name.clone());
        }
        Persona::Outsider => {
            say("openid", openid(&code.corpid, &code.person));
        }
        Persona::Contact => {
            say("openid", openid(&code.corpid, &code.person));
            say("external_userid", external_userid(&code.corpid, &code.person));
        }
        Persona::Parent => {
            say("parent_userid", format!("parent_{}", code.person));
            say("openid", openid(&code.corpid, &code.person));
        }
    }
    answer
}

/// Only with `snsapi_privateinfo`, and only for somebody whom the application sees.
fn ticket(practice: &Practice, code: &Code, userid: &str) -> Option<String> {
    let fields = code.fields.clone()?;
    let seen = with(practice, &code.corpid, |corp| {
        let holder = Holder::Agent(code.agentid.clone());
        corp.directory.member(userid).is_some_and(|member| Sight::of(corp, &holder).member(member))
    });
    if seen != Some(true) {
        return None;
    }
    let text = practice.random().alphanumeric(120);
    let ticket = Ticket {
        corpid: code.corpid.clone(),
        userid: userid.to_owned(),
        fields,
        expires_at: practice.now() + TICKET_LIFE,
    };
    practice.world().wecom.tickets.put(text.clone(), ticket);
    Some(text)
}
