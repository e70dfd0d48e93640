//! People's own accounts, and codes without a page.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::super::super::Practice;
use super::super::super::platform::Platform;
use super::super::codes::{Code, CodeKind};
use super::super::state::Account;
use super::super::who::Who;
use super::super::{CODE_LIFE, CORP};
use super::{done, full, missing, ok};

/// A code as the page or `requestAuthCode` would give it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    kind: CodeKind,
    /// A practice person, by key; or else `userid`.
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    userid: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
    /// The company in which it happens.
    #[serde(default)]
    corp_id: Option<String>,
}

pub(super) async fn mint(State(practice): State<Practice>, Json(wanted): Json<Wanted>) -> Response {
    let mut world = practice.world();
    let corp = wanted.corp_id.clone().unwrap_or_else(|| CORP.to_owned());
    let who = match (wanted.person, wanted.userid) {
        (Some(key), _) => world.person(&key).map(|person| Who::Person(person.key.clone())),
        (None, Some(userid)) => world.dingtalk.companies.get(&corp).and_then(|company| {
            let member = company.member(&world.people, &userid)?;
            Some(company.who(&member))
        }),
        (None, None) => None,
    };
    let Some(who) = who else { return missing("person") };
    let corp = match wanted.kind {
        CodeKind::InApp => Some(corp),
        CodeKind::Web | CodeKind::Sns => wanted.corp_id,
    };
    let client_id = wanted.client_id.unwrap_or_else(|| Platform::Dingtalk.client_id().to_owned());
    let text = practice.random().alphanumeric(32).to_lowercase();
    let code = Code { kind: wanted.kind, client_id, who, corp, expires_at: practice.now() + CODE_LIFE, used: false };
    world.dingtalk.codes.put(text.clone(), code);
    ok(&json!({"code": text}))
}

/// The ids of somebody towards the practice application, and what is their own.
pub(super) async fn read(State(practice): State<Practice>, Path(person): Path<String>) -> Response {
    let world = practice.world();
    if world.person(&person).is_none() {
        return missing("person");
    }
    let (who, client_id) = (Who::Person(person), Platform::Dingtalk.client_id());
    let union_id = world.dingtalk.union_id(&who, &world.dingtalk.app(client_id));
    ok(&json!({
        "unionId": union_id, "openId": who.open_id(client_id), "account": world.dingtalk.account(&who),
    }))
}

pub(super) async fn write(
    State(practice): State<Practice>,
    Path(person): Path<String>,
    Json(account): Json<Account>,
) -> Response {
    let mut world = practice.world();
    if world.person(&person).is_none() {
        return missing("person");
    }
    if world.dingtalk.put_account(Who::Person(person), account) { done() } else { full() }
}

/// The account becomes an enterprise account: another unionId from now on (§2).
pub(super) async fn migrate(State(practice): State<Practice>, Path(person): Path<String>) -> Response {
    let mut world = practice.world();
    if world.person(&person).is_none() {
        return missing("person");
    }
    let who = Who::Person(person);
    let account = world.dingtalk.account(&who);
    let moved = Account { turn: account.turn + 1, ..account };
    if !world.dingtalk.put_account(who.clone(), moved) {
        return full();
    }
    let found = world.dingtalk.companies_of(&world.people, &who);
    let places: Vec<_> = found.into_iter().map(|(company, member)| (company.corp_id.clone(), member)).collect();
    let world = &mut *world;
    for (corp, mut member) in places {
        member.exclusive = true;
        let userid = member.userid.clone();
        if let Some(company) = world.dingtalk.companies.get_mut(&corp) {
            company.put_member(&mut world.people, &userid, member);
        }
    }
    done()
}

/// Every token ends now.
pub(super) async fn expire(State(practice): State<Practice>) -> Response {
    let now = practice.now();
    practice.world().dingtalk.expire_tokens(now);
    done()
}
