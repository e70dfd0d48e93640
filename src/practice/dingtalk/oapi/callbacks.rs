//! `/call_back/…`: registering an address for pushes by the interface, and reading what failed (§10.2).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::super::Practice;
use super::super::apps::{App, Way};
use super::super::call::Call;
use super::super::push;
use super::Answer;
use super::desk::{Desk, before, enter};
use super::errors::{Fault, response};

/// Failed pushes that one call gives at most.
const FAILED_PAGE: usize = 200;
/// They show up so many seconds later.
const FAILED_DELAY: i64 = 180;

pub(super) async fn register(State(practice): State<Practice>, call: Call) -> Response {
    write(&practice, &call, true).await
}

pub(super) async fn update(State(practice): State<Practice>, call: Call) -> Response {
    write(&practice, &call, false).await
}

async fn write(practice: &Practice, call: &Call, new: bool) -> Response {
    if let Some(instead) = before(practice, call) {
        return instead;
    }
    let outcome = match wanted(practice, call, new) {
        Ok((client_id, app, url)) => match push::subscribe(practice, &client_id, app, &url).await {
            Ok(()) => Ok(json!({})),
            Err(why) => Err(Fault::new(71_012, &format!("url地址访问异常：{why}"))),
        },
        Err(fault) => Err(fault),
    };
    response(practice, outcome)
}

/// The application as it shall be, and the address.
fn wanted(practice: &Practice, call: &Call, new: bool) -> Result<(String, App, String), Fault> {
    let mut world = practice.world();
    let desk = enter(practice, &mut world, call, "")?;
    if new && desk.app.callback_tags.is_some() {
        return Err(Fault::new(71_006, "回调地址已经存在"));
    }
    let tags = desk.given.list("call_back_tag");
    let (token, aes_key, url) = (desk.text("token")?, desk.text("aes_key")?, desk.text("url")?);
    let is_key = aes_key.len() == 43 && aes_key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if tags.is_empty() || !is_key || !(6..=64).contains(&token.len()) {
        return Err(Fault::new(40_035, "不合法的参数"));
    }
    let app =
        App { events: Way::Http, token, aes_key, callback_tags: Some(tags.into_iter().collect()), ..desk.app.clone() };
    Ok((desk.client_id.clone(), app, url))
}

pub(super) fn get(desk: &mut Desk<'_>) -> Answer {
    let tags = desk.app.callback_tags.as_ref().ok_or_else(|| Fault::new(71_007, "回调地址不存在"))?;
    let url = super::super::state::client(&desk.world.clients, &desk.client_id).and_then(|client| client.hook.clone());
    Ok(json!({"call_back_tag": tags, "token": desk.app.token, "aes_key": desk.app.aes_key, "url": url}))
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Answer {
    let mut app = desk.app.clone();
    if app.callback_tags.take().is_none() {
        return Err(Fault::new(71_007, "回调地址不存在"));
    }
    app.events = Way::Off;
    desk.world.dingtalk.put_app(&desk.client_id, app);
    Ok(json!({}))
}

/// Reading clears.
#[expect(clippy::unnecessary_wraps, reason = "one of many interfaces, most of which can refuse")]
pub(super) fn failed(desk: &mut Desk<'_>) -> Answer {
    let (client_id, latest) = (desk.client_id.clone(), desk.now - FAILED_DELAY);
    let all = std::mem::take(&mut desk.world.dingtalk.failed);
    let (mut ripe, rest): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.client_id == client_id && one.failed_at <= latest);
    let later = ripe.split_off(ripe.len().min(FAILED_PAGE));
    let has_more = !later.is_empty();
    desk.world.dingtalk.failed = rest.into_iter().chain(later).collect();
    let list: Vec<Value> = ripe.iter().map(push::FailedPush::row).collect();
    Ok(json!({"has_more": has_more, "failed_list": list}))
}
