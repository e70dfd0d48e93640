//! What somebody did and what was done to them, in plain words.

use crate::base::clock::Seconds;
use crate::store::audit::AuditEntry;
use crate::store::users::User;
use crate::store::{Result, Store};
use crate::web::moment::Moment;
use crate::web::texts::account::Texts;

/// How far back the list goes, in seconds.
const LOOKS_BACK: Seconds = 90 * 86_400;
/// Rows that are read, and lines that are shown.
const READ: i64 = 200;
const SHOWN: usize = 30;

/// Something that happened.
pub(super) struct Did {
    pub text: &'static str,
    /// Empty where it happened at no browser of theirs.
    pub address: String,
    pub at: Moment,
}

/// The last of what happened within 90 days.
pub(super) async fn activity(store: &Store, user: &User, now: Seconds, t: &Texts) -> Result<Vec<Did>> {
    let who = format!("user:{}", user.id);
    let entries = store.audit_of(&who, now - LOOKS_BACK, READ).await?;
    let line = |entry: AuditEntry| {
        let text = words(&entry, &who, t)?;
        // Where an administrator sat is none of their business.
        let address = if entry.actor == who || entry.actor == "anonymous" { entry.address } else { String::new() };
        Some(Did { text, address, at: Moment::new(entry.at) })
    };
    Ok(entries.into_iter().filter_map(line).take(SHOWN).collect())
}

/// `None` for what says nothing to a person: the work of an administrator on others, the inside of the machine.
fn words(entry: &AuditEntry, who: &str, t: &Texts) -> Option<&'static str> {
    let done = entry.outcome == "ok";
    match entry.action.as_str() {
        "sign_in" => Some(if done { t.did_sign_in } else { t.did_sign_in_failed }),
        "sign_out" | "sign_out_everywhere" | "user.sign_out" if entry.target == who || entry.actor == who => {
            Some(t.did_sign_out)
        }
        "password.change" | "password.set" | "password.forgotten" if done => Some(t.did_password),
        "phone.bind" => Some(t.did_phone),
        "phone.unbind" => Some(t.did_no_phone),
        "identity.link" => Some(if done { t.did_link } else { t.did_link_refused }),
        "identity.unlink" | "identity.revoked" | "identity.closed" if done => Some(t.did_unlink),
        "profile.update" => Some(t.did_profile),
        "consent.give" => Some(t.did_consent),
        "consent.withdraw" => Some(t.did_withdraw),
        "user.register" => Some(t.did_register),
        "organisation.join" => Some(t.did_join),
        "member.left" => Some(t.did_leave),
        "user.merge" | "user.unmerge" => Some(t.did_merge),
        // What else was done to their account was done by an administrator.
        other if entry.target == who && entry.actor != who && other.starts_with("user.") => Some(t.did_administrator),
        _ => None,
    }
}
