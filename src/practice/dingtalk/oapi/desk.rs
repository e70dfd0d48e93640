//! What stands before every interface: count, ban, token, address, limits, permission; and what it works with.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::super::Practice;
use super::super::super::people::Person;
use super::super::super::world::World;
use super::super::apps::App;
use super::super::call::{Call, Given};
use super::super::company::{Company, Department, Member, ROOT};
use super::super::{faults, limits::TooMany};
use super::errors::{Fault, response};
use super::{Answer, Endpoint};
use crate::base::clock::Seconds;

/// The address that every caller of the practice platforms has.
const CALLER: &str = "127.0.0.1";

/// An interface at work for an application in a company.
pub(super) struct Desk<'a> {
    pub(super) world: &'a mut World,
    pub(super) client_id: String,
    pub(super) app: App,
    pub(super) corp: String,
    pub(super) given: Given,
    pub(super) now: Seconds,
}

pub(super) fn serve(practice: &Practice, call: &Call, endpoint: &Endpoint) -> Response {
    if let Some(instead) = before(practice, call) {
        return instead;
    }
    let outcome = {
        let mut world = practice.world();
        enter(practice, &mut world, call, endpoint.permission).and_then(|mut desk| (endpoint.run)(&mut desk))
    };
    response(practice, outcome)
}

/// Counts the call; a banned address and a planned failure get their own answer.
pub(super) fn before(practice: &Practice, call: &Call) -> Option<Response> {
    let mut world = practice.world();
    let state = &mut world.dingtalk;
    if state.meter.arrive(call.api(), practice.now()) == Err(TooMany::FromAnAddress) {
        return Some(if call.method == http::Method::GET { faults::punished() } else { faults::banned() });
    }
    faults::take(&mut state.faults, call.api()).map(|failure| failure.response())
}

/// The application of the token, if it may call.
pub(super) fn enter<'a>(
    practice: &Practice,
    world: &'a mut World,
    call: &Call,
    permission: &str,
) -> Result<Desk<'a>, Fault> {
    let given = call.given();
    let now = practice.now();
    let text = given.text("access_token").ok_or_else(|| Fault::gateway(40_000, "access_token is blank"))?;
    let token = world.dingtalk.app_tokens.get(&text).cloned();
    let token = token.ok_or_else(|| Fault::gateway(40_014, "不合法的access_token"))?;
    if now >= token.expires_at {
        return Err(Fault::gateway(42_001, "access_token已过期"));
    }
    let app = world.dingtalk.app(&token.client_id);
    if app.disabled {
        return Err(Fault::new(50_003, "应用已停用"));
    }
    if app.ip_whitelist.as_ref().is_some_and(|list| !list.iter().any(|known| known == CALLER)) {
        let words = format!("访问ip不在白名单之中,request ip={CALLER} appKey({})", token.client_id);
        return Err(Fault::new(60_020, &words));
    }
    if !app.serves(&token.corp) {
        return Err(Fault::new(40_079, "企业未授权该应用"));
    }
    world.dingtalk.meter.admit(&token.client_id, call.api(), now).map_err(Fault::too_many)?;
    if !app.may(permission) {
        return Err(Fault::no_permission(permission));
    }
    if world.dingtalk.companies.get(&token.corp).is_none_or(|company| company.dissolved) {
        return Err(Fault::new(70_001, "企业不存在或者已经被解散"));
    }
    Ok(Desk { world, client_id: token.client_id, app, corp: token.corp, given, now })
}

impl Desk<'_> {
    pub(super) fn people(&self) -> &[Person] {
        &self.world.people
    }

    pub(super) fn company(&self) -> Result<&Company, Fault> {
        self.world.dingtalk.companies.get(&self.corp).ok_or_else(|| Fault::new(70_001, "企业不存在或者已经被解散"))
    }

    /// A number that must be there.
    pub(super) fn number(&self, name: &str) -> Result<u64, Fault> {
        self.given.number(name).ok().flatten().ok_or_else(|| Fault::bad_parameter(name))
    }

    pub(super) fn text(&self, name: &str) -> Result<String, Fault> {
        self.given.text(name).ok_or_else(|| Fault::bad_parameter(name))
    }

    /// The member that `userid` names.
    pub(super) fn member(&self) -> Result<Member, Fault> {
        let userid = self.given.text("userid").ok_or_else(|| Fault::new(33_012, "无效的USERID"))?;
        self.company()?.member(self.people(), &userid).ok_or_else(Fault::no_user)
    }

    /// The department that `dept_id` names; the root when it is missing.
    pub(super) fn department(&self) -> Result<(u64, Department), Fault> {
        let id = if self.given.has("dept_id") { self.number("dept_id")? } else { ROOT };
        Ok((id, self.company()?.department(id).ok_or_else(Fault::no_department)?))
    }

    /// Whether a department lies in the application's contact scope.
    pub(super) fn sees_department(&self, id: u64) -> bool {
        let Ok(company) = self.company() else { return false };
        company.way_up(id).iter().any(|above| self.app.scope_departments.contains(above))
            || self.app.scope_departments.contains(&ROOT)
    }

    /// Whether a member lies in the application's contact scope.
    pub(super) fn sees(&self, member: &Member) -> bool {
        self.app.scope_users.contains(&member.userid)
            || self.app.scope_departments.contains(&ROOT)
            || member.departments.iter().any(|id| self.sees_department(*id))
    }

    pub(super) fn union_id(&self, member: &Member) -> Result<String, Fault> {
        Ok(self.world.dingtalk.union_id(&self.company()?.who(member), &self.app))
    }
}

/// `{"result": …}`.
#[expect(clippy::unnecessary_wraps, reason = "the end of interfaces that can refuse")]
#[expect(clippy::needless_pass_by_value, reason = "the value becomes the answer")]
pub(super) fn result(value: Value) -> Answer {
    Ok(json!({"result": value}))
}
