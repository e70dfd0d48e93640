//! Who a code belongs to: a member of the company, and nobody else (upstreams/wecom.md §5, §9).

use serde_json::{Value, json};

use super::Wecom;
use super::api::Way;
use crate::connectors::answer::{Object, number_of, text_of};
use crate::connectors::{Identity, Key, Trouble};

/// What the company calls somebody.
pub(super) struct Member {
    /// The company: ours, or a linked one that is let in.
    corpid: String,
    /// As it is written over there; compared without case.
    userid: String,
}

impl Member {
    /// Reads the `userid` of an answer: outsiders have none, linked companies write `corpid/userid`.
    fn read(wecom: &Wecom, answer: &Object) -> Result<Self, Trouble> {
        // The older address writes it `UserId` (§5.2).
        let userid = answer.get("userid").or_else(|| answer.get("UserId")).and_then(text_of);
        let Some(userid) = userid else {
            return Err(Trouble::NotAllowed("WeChat Work knows this person, but not as a member".to_owned()));
        };
        let (corpid, userid) = match userid.split_once('/') {
            None => (wecom.corp.corpid.clone(), userid),
            Some((corpid, userid)) if wecom.linked_corps.iter().any(|linked| linked == corpid) => {
                (corpid.to_owned(), userid.to_owned())
            }
            Some(_) => return Err(Trouble::NotAllowed("a member of a linked company that is not let in".to_owned())),
        };
        if !is_userid(&userid) {
            return Err(Trouble::BadReply("a userid that can't be one".to_owned()));
        }
        Ok(Self { corpid, userid })
    }

    fn is_ours(&self, wecom: &Wecom) -> bool {
        self.corpid == wecom.corp.corpid
    }
}

/// 1 to 64 bytes of `[0-9A-Za-z_.@-]`, the first a letter or digit (§2).
pub(super) fn is_userid(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'@' | b'-'))
}

/// The key of a member: unique in the company, whatever its case (§2).
pub(super) fn key(corpid: &str, userid: &str) -> Key {
    Key { space: format!("wecom:{corpid}"), value: userid.to_ascii_lowercase() }
}

/// The person behind a code, as far as the company lets us see them.
pub(super) async fn of_code(wecom: &Wecom, way: Way<'_>, code: &str) -> Result<Identity, Trouble> {
    let answer = wecom.corp.ask(way, "/cgi-bin/auth/getuserinfo", &[("code", code)], None).await?.success()?;
    let member = Member::read(wecom, &answer)?;
    let mut identity = Identity {
        keys: vec![key(&member.corpid, &member.userid)],
        username: Some(member.userid.clone()),
        orgs: vec![member.corpid.clone()],
        member: member.is_ours(wecom).then(|| member.userid.to_ascii_lowercase()),
        ..Identity::default()
    };
    if let Some(ticket) = answer.get("user_ticket").and_then(text_of) {
        private(wecom, way, &ticket, &mut identity).await?;
    }
    if member.is_ours(wecom) {
        record(wecom, way, &member.userid, &mut identity).await?;
    }
    Ok(identity)
}

/// What the person agreed to show; each field may be missing (§5.3).
async fn private(wecom: &Wecom, way: Way<'_>, ticket: &str, identity: &mut Identity) -> Result<(), Trouble> {
    let body = json!({ "user_ticket": ticket });
    let answer = wecom.corp.ask(way, "/cgi-bin/auth/getuserdetail", &[], Some(&body)).await?.success()?;
    let same = answer.get("userid").and_then(text_of).is_some_and(|userid| Some(&userid) == identity.username.as_ref());
    if !same {
        return Err(Trouble::BadReply("the details are somebody else's".to_owned()));
    }
    identity.avatar = answer.get("avatar").and_then(text_of);
    // Numbers and addresses are as an administrator typed them: shown, never proof (§9).
    identity.phone = answer.get("mobile").and_then(text_of).and_then(|mobile| number(&mobile)).map(|n| (n, false));
    let address = answer.get("biz_mail").and_then(text_of).or_else(|| answer.get("email").and_then(text_of));
    identity.email = address.map(|address| (address, false));
    Ok(())
}

/// The member's record: name, status, and whether the application may see them at all.
async fn record(wecom: &Wecom, way: Way<'_>, userid: &str, identity: &mut Identity) -> Result<(), Trouble> {
    let answer = wecom.corp.ask(way, "/cgi-bin/user/get", &[("userid", userid)], None).await?;
    match answer.code {
        0 => {
            may_enter(&answer.object).map_err(|why| identity.not_member(why))?;
            identity.name = answer.object.get("name").and_then(text_of).filter(|name| name != userid);
            identity.groups = departments(&answer.object);
            Ok(())
        }
        60111 | 46004 => Err(identity.not_member("no longer a member of the company")),
        // Seeing is no permission: who is outside of the visible range gets through unless the administrator says no (§5.2).
        60011 | 48002 | 60020 if !wecom.require_visible => {
            tracing::info!(code = answer.code, "WeChat Work shows no record of this member");
            Ok(())
        }
        _ => Err(answer.trouble()),
    }
}

/// Status 2 is disabled, 5 has left; anything else may come in (§6.2).
///
/// # Errors
/// Why they may not.
pub(super) fn may_enter(record: &Object) -> Result<(), &'static str> {
    match record.get("status").and_then(number_of) {
        Some(2) => Err("the member is disabled"),
        Some(5) => Err("the member has left the company"),
        _ => Ok(()),
    }
}

/// The numbers of a list, as texts.
pub(super) fn departments(record: &Object) -> Vec<String> {
    let list = record.get("department").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(text_of).collect()
}

/// E.164: bare numbers are of the mainland.
pub(super) fn number(mobile: &str) -> Option<String> {
    let digits: String = mobile.chars().filter(char::is_ascii_digit).collect();
    match (mobile.starts_with('+'), digits.len()) {
        _ if mobile.contains('*') => None,
        (true, 8..=15) => Some(format!("+{digits}")),
        (false, 11) if digits.starts_with('1') => Some(format!("+86{digits}")),
        _ => None,
    }
}
