//! `agent/get`, where every synchronisation begins, and `getcallbackip`.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::{Corp, with};
use super::fault::fault;
use super::gate::{Call, serve};
use super::tickets::Holder;

pub(super) async fn get(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::Data, |caller| {
        let id = asked.query.get("agentid").ok_or(fault(40056))?;
        if caller.holder != Holder::Agent(id.to_owned()) {
            return Err(fault(301_002));
        }
        let read = |corp: &mut Corp| {
            let agent = corp.settings.agents.get(id).ok_or(fault(40056))?;
            let users: Vec<_> = agent.users.iter().map(|userid| json!({"userid": userid})).collect();
            Ok(json!({
                "agentid": id.parse::<u64>().unwrap_or(0),
                "name": agent.name,
                "square_logo_url": "https://wework.qpic.cn/practice/logo/0",
                "description": "",
                "allow_userinfos": {"user": users},
                "allow_partys": {"partyid": agent.departments},
                "allow_tags": {"tagid": []},
                "close": u8::from(agent.disabled),
                "redirect_domain": agent.trusted_domain,
                "report_location_flag": 0,
                "isreportenter": 0,
                "home_url": "",
            }))
        };
        with(&practice, &caller.corpid, read).unwrap_or(Err(fault(40014)))
    })
}

pub(super) async fn callback_ips(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::Data, |_| Ok(json!({"ip_list": ["127.0.0.1"]})))
}
