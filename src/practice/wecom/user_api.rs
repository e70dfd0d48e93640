//! `user/get` and the ways to find a userid (§6.2, §6.3).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::{Corp, with};
use super::fault::{Fault, fault};
use super::gate::{Call, serve};
use super::member::Member;
use super::range::Sight;

pub(super) async fn get(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::Data, |caller| {
        let userid = asked.query.get("userid").ok_or(fault(41009))?;
        let read = |corp: &mut Corp| {
            let sight = Sight::of(corp, &caller.holder);
            if sight.ids_only() {
                return Err(fault(48002));
            }
            let member = corp.directory.member(userid).ok_or(fault(60111))?;
            if sight.member(member) { Ok(shown(corp, &sight, member)) } else { Err(fault(60011)) }
        };
        with(&practice, &caller.corpid, read).unwrap_or(Err(fault(40014)))
    })
}

/// A member as this holder sees them; what is not there is left out, never null.
pub(super) fn shown(corp: &Corp, sight: &Sight<'_>, member: &Member) -> Value {
    let seen: Vec<_> = member.departments.iter().filter(|place| sight.department(place.id)).collect();
    let kept = if corp.settings.quirks.ragged_arrays { seen.len().saturating_sub(1) } else { seen.len() };
    let mut answer = json!({
        "userid": member.userid,
        "name": member.name,
        "department": seen.iter().map(|place| place.id).collect::<Vec<_>>(),
        "order": seen.iter().take(kept).map(|place| place.order).collect::<Vec<_>>(),
        "is_leader_in_dept": seen.iter().take(kept).map(|place| u8::from(place.leader)).collect::<Vec<_>>(),
        "direct_leader": member.direct_leader,
        "main_department": member.main(),
        "position": member.position,
        "telephone": member.telephone,
        "alias": member.alias,
        "status": member.status,
        "extattr": {"attrs": []},
        "external_position": "",
    });
    if let (true, Value::Object(answer)) = (sight.sensitive(), &mut answer) {
        answer.extend(sensitive(member).into_iter().map(|(name, value)| (name.to_owned(), value)));
        answer.insert("enable".to_owned(), json!(u8::from(member.status != 2)));
        answer.insert("isleader".to_owned(), json!(u8::from(member.departments.iter().any(|place| place.leader))));
        answer.insert("hide_mobile".to_owned(), json!(0));
    }
    answer
}

/// The seven sensitive fields.
pub(super) fn sensitive(member: &Member) -> Vec<(&'static str, Value)> {
    let picture = format!("https://wework.qpic.cn/practice/{}/0", member.userid);
    vec![
        ("gender", json!(member.gender)),
        ("avatar", json!(picture)),
        ("qr_code", json!(format!("https://open.work.weixin.qq.com/wwopen/userQRCode?vcode={}", member.userid))),
        ("mobile", json!(member.mobile.strip_prefix("+86").unwrap_or(&member.mobile))),
        ("email", json!(member.email)),
        ("biz_mail", json!(member.biz_mail)),
        ("address", json!(member.address)),
    ]
}

pub(super) async fn by_mobile(State(practice): State<Practice>, asked: Asked) -> Response {
    let wanted = asked.form.get("mobile").unwrap_or_default().to_owned();
    let bare = |text: &str| text.strip_prefix("+86").unwrap_or(text).to_owned();
    found(&practice, &asked, |member| !member.mobile.is_empty() && bare(&member.mobile) == bare(&wanted))
}

/// `email_type` 1 is the company's address, 2 the person's own.
pub(super) async fn by_email(State(practice): State<Practice>, asked: Asked) -> Response {
    let wanted = asked.form.get("email").unwrap_or_default().to_owned();
    let own = asked.form.get("email_type") == Some("2");
    let address = move |member: &Member| if own { member.email.clone() } else { member.biz_mail.clone() };
    found(&practice, &asked, |member| !wanted.is_empty() && address(member).eq_ignore_ascii_case(&wanted))
}

fn found(practice: &Practice, asked: &Asked, fits: impl Fn(&Member) -> bool) -> Response {
    serve(practice, asked, Call::Data, |caller| {
        let read = |corp: &mut Corp| {
            let sight = Sight::of(corp, &caller.holder);
            let member = corp.directory.members().find(|member| fits(member)).ok_or(fault(46004))?;
            if sight.member(member) { Ok(json!({"userid": member.userid})) } else { Err(fault(60011)) }
        };
        with(practice, &caller.corpid, read).unwrap_or(Err(fault(40014)))
    })
}

/// Members of a posted JSON object; anything else is 47001.
pub(super) fn posted(asked: &Asked) -> Result<Map<String, Value>, Fault> {
    let object: Option<Value> = serde_json::from_slice(&asked.body).ok();
    match object {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(fault(47001)),
    }
}
