//! Everything somebody can do with their phone, by name; the page's forms and
//! the control API's JSON come here alike.

use super::super::Practice;
use super::super::fields::Fields;
use super::super::people::{Employee, Person};
use super::super::{wechat, wecom};
use super::acts::{Act, Cannot, act};

/// The practice account, when none is named.
const OFFICIAL: &str = "wxpracticeofficial0";

/// Why a deed is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The code says no.
    Code(Cannot),
    /// No deed of that name.
    Unknown,
    /// No official account of that id.
    NoAccount,
    /// They never belonged to that company.
    NoCompany,
    /// What was typed can't be used.
    Value,
}

impl Problem {
    /// In words of the control API.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Code(cannot) => cannot.words(),
            Self::Unknown => {
                "Say scan, confirm, refuse, follow, unfollow, say, nickname, mobile, unionid, leave or return"
            }
            Self::NoAccount => "No such official account",
            Self::NoCompany => "This person does not belong to that company",
            Self::Value => "This value can not be used",
        }
    }
}

/// Does what `name` says for the person.
pub(super) async fn perform(practice: &Practice, key: &str, name: &str, fields: &Fields) -> Result<(), Problem> {
    let known = practice.world().person(key).is_some();
    if !known {
        return Err(Problem::Code(Cannot::Nobody));
    }
    match name {
        "scan" => with_code(practice, key, Act::Scan, fields).await,
        "confirm" => with_code(practice, key, Act::Confirm, fields).await,
        "refuse" => with_code(practice, key, Act::Refuse, fields).await,
        "follow" | "unfollow" | "say" => with_account(practice, key, name, fields).await,
        _ => {
            themselves(practice, key, name, fields)?;
            // A company that they left, or came back to, tells of it.
            wecom::people_changed(practice);
            Ok(())
        }
    }
}

/// The code by its id, or by the text in its picture.
async fn with_code(practice: &Practice, key: &str, deed: Act, fields: &Fields) -> Result<(), Problem> {
    let id = {
        let world = practice.world();
        let by_content = || {
            let scan = world.phone.scan_by_content(fields.get("content")?.trim())?;
            Some(scan.id.clone())
        };
        fields.get("id").map(str::to_owned).or_else(by_content)
    };
    let id = id.ok_or(Problem::Code(Cannot::NoCode))?;
    act(practice, key, &id, deed).await.map_err(Problem::Code)
}

async fn with_account(practice: &Practice, key: &str, name: &str, fields: &Fields) -> Result<(), Problem> {
    let account = wechat::account(practice, fields.get("appid").unwrap_or(OFFICIAL)).ok_or(Problem::NoAccount)?;
    match name {
        "follow" => wechat::follow(practice, &account, key).await,
        "unfollow" => wechat::unfollow(practice, &account, key).await,
        _ => wechat::say(practice, &account, key, fields.get("text").ok_or(Problem::Value)?).await,
    };
    Ok(())
}

/// Changes what they are.
fn themselves(practice: &Practice, key: &str, name: &str, fields: &Fields) -> Result<(), Problem> {
    let mut world = practice.world();
    let mut person = world.person(key).cloned().ok_or(Problem::Code(Cannot::Nobody))?;
    let text = fields.get("text").map(str::trim).filter(|text| !text.is_empty());
    match name {
        "nickname" => person.wechat.nickname = text.map(|text| text.chars().take(64).collect()),
        "mobile" => person.mobile = text.map(|text| e164(text).ok_or(Problem::Value)).transpose()?,
        "unionid" => match text {
            Some("lose") => person.wechat.unionid_withheld = true,
            Some("regain") => person.wechat.unionid_withheld = false,
            Some("renew") => person.wechat.unionid_turn += 1,
            _ => return Err(Problem::Value),
        },
        "leave" => place(&mut person, fields)?.left = true,
        "return" => place(&mut person, fields)?.left = false,
        _ => return Err(Problem::Unknown),
    }
    world.put_person(person);
    Ok(())
}

fn place<'a>(person: &'a mut Person, fields: &Fields) -> Result<&'a mut Employee, Problem> {
    match fields.get("company") {
        Some("dingtalk") => person.dingtalk.as_mut(),
        Some("wecom") => person.wecom.as_mut(),
        _ => None,
    }
    .ok_or(Problem::NoCompany)
}

/// A number as short messages find it.
fn e164(text: &str) -> Option<String> {
    let number = phonenumber::parse(Some(phonenumber::country::CN), text).ok()?;
    number.is_valid().then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}
