//! `GET /v1.0/contact/users/me` (§3.4), with a person's token in its header and nowhere else.

use serde_json::{Value, json};

use super::super::super::Practice;
use super::super::super::world::World;
use super::super::call::Call;
use super::super::who::Who;
use super::{Answer, Problem, TOKEN_HEADER};

/// The personal nickname: what somebody calls themselves, not their name in a company.
pub(in crate::practice::dingtalk) fn nick(world: &World, who: &Who) -> Option<String> {
    let own = world.dingtalk.account(who).nick;
    let name = match who {
        Who::Person(key) => world.person(key)?.name.clone(),
        Who::Member { corp, .. } | Who::Crowd { corp, .. } => {
            world.dingtalk.companies.get(corp)?.member_of(&world.people, who)?.name
        }
    };
    own.or(name).filter(|nick| !nick.is_empty())
}

pub(super) fn user(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let text = call.header(TOKEN_HEADER).ok_or_else(Problem::no_token)?;
    let now = practice.now();
    let token = world.dingtalk.user_tokens.get(text).filter(|token| now < token.expires_at).cloned();
    let token = token.ok_or_else(Problem::bad_token)?;
    world.dingtalk.meter.admit(&token.client_id, call.api(), now).map_err(Problem::too_many)?;
    let app = world.dingtalk.app(&token.client_id);
    if !app.may("Contact.User.Read") {
        return Err(Problem::no_permission("Contact.User.Read"));
    }
    let union_id = world.dingtalk.union_id(&token.who, &app);
    let asked = call.api().rsplit('/').next().unwrap_or_default();
    let no_user = || Problem::new(404, "invalidParameter.user.notFound", "用户不存在");
    if asked != "me" && asked != union_id {
        return Err(no_user());
    }
    if let Who::Person(key) = &token.who {
        world.person(key).ok_or_else(no_user)?;
    }
    let mobile = (mobile(world, &token.who)).filter(|_| app.may("Contact.User.mobile"));
    let mobile = mobile.map(|(country, number)| (country, if app.third_party { masked(&number) } else { number }));
    let mut answer = json!({});
    let Value::Object(fields) = &mut answer else { return Ok(answer) };
    let account = world.dingtalk.account(&token.who);
    let optional =
        [("nick", nick(world, &token.who)), ("avatarUrl", account.avatar), ("email", email(world, &token.who))];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))));
    fields.insert("unionId".to_owned(), json!(union_id));
    fields.insert("openId".to_owned(), json!(token.who.open_id(&token.client_id)));
    if let Some((country, number)) = mobile {
        fields.insert("mobile".to_owned(), json!(number));
        fields.insert("stateCode".to_owned(), json!(country));
    }
    fields.insert("visitor".to_owned(), json!(false));
    Ok(answer)
}

fn mobile(world: &World, who: &Who) -> Option<(String, String)> {
    match who {
        Who::Person(key) => world.person(key)?.mobile_parts(),
        Who::Member { corp, .. } | Who::Crowd { corp, .. } => {
            world.dingtalk.companies.get(corp)?.member_of(&world.people, who)?.mobile_parts()
        }
    }
}

/// The address somebody typed; nobody verified it.
fn email(world: &World, who: &Who) -> Option<String> {
    let Who::Person(key) = who else { return None };
    world.person(key)?.email.clone().filter(|email| !email.is_empty())
}

/// `155****3240`
fn masked(number: &str) -> String {
    let (front, back) = (number.get(..3).unwrap_or_default(), number.get(number.len().saturating_sub(4)..));
    format!("{front}****{}", back.unwrap_or_default())
}
