//! The door of every API: counting, trouble, limits, token, address.

use axum::response::Response;
use serde_json::Value;

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::{Corp, Window, with};
use super::fault::{Fault, answered, fault};
use super::settings::Settings;
use super::tickets::{Holder, Token};
use crate::base::clock::Seconds;

/// Somebody with a good token.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) corpid: String,
    pub(super) holder: Holder,
}

/// Whether the trusted addresses are held against the call: not where people sign in (§7).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    SignIn,
    Data,
}

/// Runs an API for whoever passes.
pub(super) fn serve(
    practice: &Practice,
    asked: &Asked,
    call: Call,
    work: impl FnOnce(&Caller) -> Result<Value, Fault>,
) -> Response {
    let token = asked.query.get("access_token").map(str::to_owned);
    let known = token.as_deref().and_then(|token| practice.world().wecom.tokens.get(token).cloned());
    let ip =
        known.as_ref().and_then(|token| with(practice, &token.corpid, |corp| corp.settings.quirks.caller_ip.clone()));
    let result = pass(practice, asked, call, (token.is_some(), known)).and_then(|caller| work(&caller));
    answered(practice, ip.as_deref().unwrap_or("127.0.0.1"), result)
}

fn pass(
    practice: &Practice,
    asked: &Asked,
    call: Call,
    (named, token): (bool, Option<Token>),
) -> Result<Caller, Fault> {
    if !named {
        return Err(fault(41001));
    }
    let token = token.ok_or(fault(40014))?;
    let now = practice.now();
    let api = api_of(&asked.path).to_owned();
    let work = |corp: &mut Corp| {
        count(corp, &api)?;
        limited(corp, &api, now)?;
        if let Some(errcode) = token.ended {
            return Err(fault(errcode));
        }
        if now >= token.expires_at {
            return Err(fault(42001));
        }
        let disabled = |id: &String| corp.settings.agents.get(id).is_none_or(|agent| agent.disabled);
        if matches!(&token.holder, Holder::Agent(id) if disabled(id)) {
            return Err(fault(50003));
        }
        if call == Call::Data { from_trusted_ip(&corp.settings, &token.holder) } else { Ok(()) }
    };
    with(practice, &token.corpid, work).unwrap_or(Err(fault(40014)))?;
    Ok(Caller { corpid: token.corpid, holder: token.holder })
}

/// What stands behind `cgi-bin/`.
pub(super) fn api_of(path: &str) -> &str {
    path.split("/cgi-bin/").nth(1).unwrap_or(path)
}

/// Counts a request, and fails it when it is the one that was asked to fail.
pub(super) fn count(corp: &mut Corp, api: &str) -> Result<(), Fault> {
    *corp.counted.entry(api.to_owned()).or_default() += 1;
    let Some(fail) = corp.settings.fail.clone().filter(|fail| api.contains(&fail.path)) else { return Ok(()) };
    corp.failing += 1;
    let hit = (fail.at..fail.at.saturating_add(fail.times)).contains(&corp.failing);
    if hit { Err(fault(fail.errcode)) } else { Ok(()) }
}

/// Over the minute's limit an API is blocked for a minute, over the hour's for an hour (§6.5).
fn limited(corp: &mut Corp, api: &str, now: Seconds) -> Result<(), Fault> {
    let Some(limits) = corp.settings.limits else { return Ok(()) };
    let window: &mut Window = corp.windows.entry(api.to_owned()).or_default();
    if now < window.blocked_until {
        return Err(fault(45009));
    }
    for (counter, span) in [(&mut window.minute, 60), (&mut window.hour, 3600)] {
        if now - counter.0 >= span {
            *counter = (now, 0);
        }
        counter.1 += 1;
    }
    let over = [(window.hour.1 > limits.hour, 3600), (window.minute.1 > limits.minute, 60)];
    if let Some((_, span)) = over.into_iter().find(|(over, _)| *over) {
        window.blocked_until = now + span;
        return Err(fault(45009));
    }
    Ok(())
}

/// Newer applications and the contact-sync secret are called from listed addresses only.
pub(super) fn from_trusted_ip(settings: &Settings, holder: &Holder) -> Result<(), Fault> {
    let ips = match holder {
        Holder::Agent(id) => {
            settings.agents.get(id).filter(|agent| !agent.old).and_then(|agent| agent.trusted_ips.as_ref())
        }
        Holder::ContactSync => settings.contact.trusted_ips.as_ref(),
    };
    if ips.is_some_and(|ips| !ips.contains(&settings.quirks.caller_ip)) { Err(fault(60020)) } else { Ok(()) }
}
