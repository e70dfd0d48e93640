//! `GET /cgi-bin/gettoken` (§5.1).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::{Corp, with};
use super::fault::{Fault, answered, fault};
use super::gate;
use super::tickets::{Holder, TOKEN_LIFE, Token};
use crate::base::clock::Seconds;
use crate::base::secret::same;

pub(super) async fn gettoken(State(practice): State<Practice>, asked: Asked) -> Response {
    let corpid = asked.query.get("corpid").unwrap_or_default();
    let ip = with(&practice, corpid, |corp| corp.settings.quirks.caller_ip.clone());
    answered(&practice, ip.as_deref().unwrap_or("127.0.0.1"), issue(&practice, &asked))
}

fn issue(practice: &Practice, asked: &Asked) -> Result<Value, Fault> {
    let corpid = asked.query.get("corpid").ok_or(fault(41002))?;
    let secret = asked.query.get("corpsecret").ok_or(fault(41004))?;
    let now = practice.now();
    let checked = with(practice, corpid, |corp| {
        gate::count(corp, "gettoken")?;
        let holder = holder(corp, secret);
        if let Some(holder) = &holder {
            if matches!(holder, Holder::Agent(id) if corp.settings.agents.get(id).is_some_and(|agent| agent.disabled)) {
                return Err(fault(50003));
            }
            if corp.settings.quirks.strict_ip {
                gate::from_trusted_ip(&corp.settings, holder)?;
            }
            throttled(corp, now)?;
        }
        Ok((holder, corp.settings.quirks.same_token))
    });
    let (holder, repeat) = checked.unwrap_or(Err(fault(40013)))?;
    let mut world = practice.world();
    let Some(holder) = holder else {
        // A secret of another company is told apart from one of nobody.
        let elsewhere = world.wecom.corps.values().any(|corp| self::holder(corp, secret).is_some());
        return Err(fault(if elsewhere { 40091 } else { 40001 }));
    };
    let living = world.wecom.tokens.iter().find(|(_, token)| {
        token.corpid == corpid && token.holder == holder && token.ended.is_none() && now < token.expires_at
    });
    if let Some((text, token)) = living.filter(|_| repeat) {
        return Ok(json!({"access_token": text, "expires_in": token.expires_at - now}));
    }
    let text = practice.random().alphanumeric(214);
    let token = Token { corpid: corpid.to_owned(), holder, expires_at: now + TOKEN_LIFE, ended: None };
    world.wecom.tokens.put(text.clone(), token);
    Ok(json!({"access_token": text, "expires_in": TOKEN_LIFE}))
}

fn holder(corp: &Corp, secret: &str) -> Option<Holder> {
    if same(&corp.settings.contact.secret, secret) {
        return Some(Holder::ContactSync);
    }
    let mut agents = corp.settings.agents.iter();
    agents.find(|(_, agent)| same(&agent.secret, secret)).map(|(id, _)| Holder::Agent(id.clone()))
}

fn throttled(corp: &mut Corp, now: Seconds) -> Result<(), Fault> {
    let Some(limit) = corp.settings.quirks.tokens_per_hour else { return Ok(()) };
    let window = corp.windows.entry("gettoken".to_owned()).or_default();
    if now - window.hour.0 >= 3600 {
        window.hour = (now, 0);
    }
    window.hour.1 += 1;
    if window.hour.1 > limit { Err(fault(45009)) } else { Ok(()) }
}
