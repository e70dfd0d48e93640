//! Who signed in, and whether they are of the company: DingTalk lets anybody
//! through its page, so that is asked each time (upstreams/dingtalk.md §3.2, §7.1).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Dingtalk;
use super::api::{Way, new_get, new_post};
use crate::base::secret::Secret;
use crate::connectors::answer::{Object, number_of, text_of, truth_of};
use crate::connectors::wechat::missing;
use crate::connectors::{Identity, Key, Trouble};

/// The code of a callback: under two names, which must agree (§3.2).
///
/// # Errors
/// `Cancelled` for any `error`: its values are not documented; `BadReply` without a code, or with two.
pub(super) fn code(callback: &BTreeMap<String, String>) -> Result<&str, Trouble> {
    let word = |key: &str| callback.get(key).map(String::as_str).filter(|text| !text.is_empty());
    match (word("authCode"), word("code"), word("error")) {
        (_, _, Some(_)) => Err(Trouble::Cancelled),
        (Some(one), Some(other), None) if one != other => {
            Err(Trouble::BadReply("the callback has two different codes".to_owned()))
        }
        (Some(code), _, None) | (None, Some(code), None) if code.len() <= 512 => Ok(code),
        (None, None, None) => Err(Trouble::BadReply("the callback has neither a code nor an error".to_owned())),
        _ => Err(Trouble::BadReply("the callback's code is too long".to_owned())),
    }
}

/// The person behind the code of the sign-in page.
pub(super) async fn of_page(dingtalk: &Dingtalk, way: Way<'_>, code: &str) -> Result<Identity, Trouble> {
    let body = json!({
        "clientId": dingtalk.app.key,
        "clientSecret": dingtalk.app.secret.expose(),
        "code": code,
        "grantType": "authorization_code",
    });
    let granted = new_post(way.outbound, "/v1.0/oauth2/userAccessToken", &body).await?;
    // The company chosen on the page; only some scopes give it.
    if granted.get("corpId").and_then(text_of).is_some_and(|corp| corp != dingtalk.corp_id) {
        return Err(Trouble::NotAllowed("signed in for another company".to_owned()));
    }
    let token = granted.get("accessToken").and_then(text_of).ok_or_else(|| missing("accessToken"))?;
    let profile = new_get(way.outbound, "/v1.0/contact/users/me", &Secret::new(token)).await?;
    let mut identity =
        dingtalk.identity(&profile.get("unionId").and_then(text_of).ok_or_else(|| missing("unionId"))?)?;
    identity.name = profile.get("nick").and_then(text_of);
    identity.avatar = profile.get("avatarUrl").and_then(text_of);
    // Typed by the person, verified by nobody (§3.4).
    identity.email = profile.get("email").and_then(text_of).map(|address| (address, false));
    identity.phone = number(&profile, "stateCode").map(|number| (number, false));
    membership(dingtalk, way, &mut identity).await?;
    Ok(identity)
}

/// The person behind the code that DingTalk's own browser gives: a member by its nature (§5).
pub(super) async fn of_inside(dingtalk: &Dingtalk, way: Way<'_>, code: &str) -> Result<Identity, Trouble> {
    let answer = dingtalk.app.old(way, "/topapi/v2/user/getuserinfo", &json!({ "code": code })).await?.result()?;
    let word = |key: &str| answer.get(key).and_then(text_of);
    let mut identity = dingtalk.identity(&word("unionid").ok_or_else(|| missing("unionid"))?)?;
    identity.name = word("name");
    membership(dingtalk, way, &mut identity).await?;
    Ok(identity)
}

/// Asks the company's directory, live: the freshest truth there is (§12.3).
async fn membership(dingtalk: &Dingtalk, way: Way<'_>, identity: &mut Identity) -> Result<(), Trouble> {
    let unionid = identity.keys.first().map(|key| key.value.clone()).unwrap_or_default();
    let answer = dingtalk.app.old(way, "/topapi/user/getbyunionid", &json!({ "unionid": unionid })).await?;
    if answer.code == 60121 {
        return dingtalk.outsider(identity, "not a member of the company");
    }
    let found = answer.result()?;
    // 1 is an external contact: known to the company, not of it.
    if found.get("contact_type").and_then(number_of) == Some(1) {
        return dingtalk.outsider(identity, "an external contact of the company, not a member");
    }
    let userid = found.get("userid").and_then(text_of).ok_or_else(|| missing("userid"))?;
    let record = dingtalk.app.old(way, "/topapi/v2/user/get", &json!({ "userid": userid })).await?;
    identity.member = Some(userid);
    identity.orgs = vec![dingtalk.corp_id.clone()];
    match record.code {
        60121 | 33012 => Err(identity.not_member("no longer a member of the company")),
        // A permission that was not given costs the name of the company's books, not the sign-in.
        0 => {
            known(identity, &record.result()?);
            Ok(())
        }
        code => {
            tracing::info!(code, "DingTalk shows no record of this member");
            Ok(())
        }
    }
}

/// The company's own name for somebody goes before the nickname they chose.
fn known(identity: &mut Identity, record: &Value) {
    let Value::Object(record) = record else { return };
    let same = record.get("unionid").and_then(text_of).is_none_or(|u| identity.keys.iter().any(|k| k.value == u));
    if !same {
        return;
    }
    identity.name = record.get("name").and_then(text_of).or_else(|| identity.name.take());
    if identity.email.is_none() {
        let address = record.get("org_email").and_then(text_of).or_else(|| record.get("email").and_then(text_of));
        identity.email = address.map(|address| (address, false));
    }
    identity.groups = super::directory::ids(record.get("dept_id_list"));
}

/// E.164 from a national number and its country code; masked ones (`155****3240`) are none.
pub(super) fn number(record: &Object, country: &str) -> Option<String> {
    let mobile = record.get("mobile").and_then(text_of).filter(|mobile| !mobile.contains('*'))?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let country = record.get(country).and_then(text_of).map_or_else(|| "86".to_owned(), |country| digits(&country));
    // Directory records of abroad carry the country inside: `+1-2025550123`.
    let whole = if mobile.starts_with('+') { digits(&mobile) } else { format!("{country}{}", digits(&mobile)) };
    (7..=15).contains(&whole.len()).then(|| format!("+{whole}"))
}

impl Dingtalk {
    /// Somebody, by unionId; case counts (§2).
    pub(super) fn identity(&self, unionid: &str) -> Result<Identity, Trouble> {
        if unionid.len() > 128 || !unionid.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Trouble::BadReply("a unionId that can't be one".to_owned()));
        }
        Ok(Identity { keys: vec![self.key(unionid)], ..Identity::default() })
    }

    /// The key of a unionId in this company's numbering (design.md §4).
    pub(super) fn key(&self, unionid: &str) -> Key {
        Key { space: format!("dingtalk:{}", self.corp_id), value: unionid.to_owned() }
    }

    fn outsider(&self, identity: &mut Identity, why: &str) -> Result<(), Trouble> {
        identity.is_outsider = true;
        if self.members_only { Err(identity.not_member(why)) } else { Ok(()) }
    }
}

/// Whether a record is of somebody who has opened DingTalk in this company.
pub(super) fn is_active(record: &Object) -> bool {
    record.get("active").is_none() || truth_of(record.get("active"))
}
