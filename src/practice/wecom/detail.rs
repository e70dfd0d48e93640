//! `POST auth/getuserdetail` (§5.3): what the administrator ticked and the member agreed to.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::with;
use super::fault::{Fault, fault};
use super::gate::{Call, Caller, serve};
use super::tickets::Holder;
use super::user_api::sensitive;

pub(super) async fn detail(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::SignIn, |caller| read(&practice, &asked, caller))
}

fn read(practice: &Practice, asked: &Asked, caller: &Caller) -> Result<Value, Fault> {
    let Holder::Agent(agentid) = &caller.holder else { return Err(fault(48002)) };
    let text = asked.form.get("user_ticket").ok_or(fault(84015))?;
    let ticket = practice.world().wecom.tickets.get(text).cloned().ok_or(fault(84015))?;
    if ticket.corpid != caller.corpid {
        return Err(fault(84015));
    }
    if practice.now() >= ticket.expires_at {
        return Err(fault(84014));
    }
    with(practice, &caller.corpid, |corp| {
        let member = corp.directory.member(&ticket.userid).ok_or(fault(60111))?;
        let ticked = corp.settings.agents.get(agentid).map(|agent| agent.private_fields.clone()).unwrap_or_default();
        let mut answer = json!({"userid": member.userid});
        let given =
            |name: &str| ticked.iter().chain(&[]).any(|one| one == name) && ticket.fields.iter().any(|one| one == name);
        for (name, value) in sensitive(member) {
            if given(name) {
                answer[name] = value;
            }
        }
        Ok(answer)
    })
    .unwrap_or(Err(fault(84015)))
}
