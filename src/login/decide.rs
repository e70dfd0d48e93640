//! Whose identity is this? Two pure functions: which person, and what becomes of the keys (design.md §4).

use super::interaction::UpstreamNotice;
use crate::base::id::UserId;
use crate::connectors::Key;
use crate::store::connectors::FirstSignIn;
use crate::store::identities::StoredIdentity;

/// A person that a key led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub user: UserId,
    /// May sign in.
    pub active: bool,
    /// Lives in the practice world.
    pub practice: bool,
}

/// What is known about an identity that just came in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and the table of tests names them all")]
pub struct Evidence {
    /// Everybody its keys belong to, in the order of the keys, each once.
    pub by_key: Vec<Found>,
    /// The first of them was found by the strongest key.
    pub by_strongest: bool,
    /// Its proven e-mail or phone is somebody's of the same world. That never selects them.
    pub resembles: bool,
    /// The connector is a practice one.
    pub practice: bool,
    /// The rule for unknown people: the organisation's, else the connector's.
    pub rule: FirstSignIn,
    /// Whether new people are let in at all.
    pub registration: bool,
    /// It came without a tap (upstreams/wechat.md §4.6).
    pub silent: bool,
    /// It says nothing that a person could be called by.
    pub nameless: bool,
    /// Codes can be sent to phones here.
    pub codes: bool,
    /// It is a phone that was not used for so long that it may be another person's, and they have other ways in.
    pub stale: bool,
}

/// Whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This person's.
    User {
        /// Who.
        user: UserId,
        /// Others whom its weaker keys belong to: proposed for a merge, never merged silently.
        others: Vec<UserId>,
    },
    /// Nobody's yet: the two doors; the one for new people may be closed.
    ProveOldAccount {
        /// "I am new here" is open.
        may_create: bool,
    },
    /// Nobody's yet: a number and its code say whose, or with what number a person is created.
    ProvePhone {
        /// A number that is nobody's makes a person.
        may_create: bool,
    },
    /// Nobody's: a person is created.
    Enrol,
    /// The person may not sign in, or nobody new is let in.
    Refuse(UpstreamNotice),
    /// Its keys belong to several people, and the strongest to none; they are never merged silently.
    Ambiguous,
    /// Nobody's, and it came without a tap: nothing happens.
    Nothing,
}

/// Whose identity this is. An e-mail or phone never selects a person; only a key does.
#[must_use]
pub fn decide(evidence: &Evidence) -> Decision {
    match evidence.by_key.as_slice() {
        [] => unknown(evidence),
        [_, _, ..] if !evidence.by_strongest => Decision::Ambiguous,
        [found, ..] if !found.active || found.practice != evidence.practice => {
            Decision::Refuse(UpstreamNotice::NotAllowed)
        }
        [_, ..] if evidence.stale => Decision::Refuse(UpstreamNotice::Stale),
        [found, others @ ..] => Decision::User {
            user: found.user.clone(),
            others: others
                .iter()
                .filter(|other| other.practice == found.practice)
                .map(|other| other.user.clone())
                .collect(),
        },
    }
}

fn unknown(evidence: &Evidence) -> Decision {
    if evidence.silent {
        return Decision::Nothing;
    }
    match (evidence.rule, evidence.registration, evidence.resembles) {
        (FirstSignIn::Invited, _, _) | (FirstSignIn::Create, false, false) => {
            Decision::Refuse(UpstreamNotice::NotInvited)
        }
        (FirstSignIn::BindPhone, may_create, _) if evidence.codes => Decision::ProvePhone { may_create },
        (FirstSignIn::BindPhone, _, _) => Decision::Refuse(UpstreamNotice::Misconfigured),
        (FirstSignIn::Create, true, false) if !evidence.nameless => Decision::Enrol,
        (FirstSignIn::Ask | FirstSignIn::Create, may_create, _) => Decision::ProveOldAccount { may_create },
    }
}

/// What becomes of one key of an identity that is a person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// Theirs already: the use is noted.
    Touch(Key),
    /// New to us: it joins the subject it came with (a late unionid, another application).
    Add(Key),
    /// The platform gave the subject another value in this space (the binding to the Open Platform changed).
    Replace {
        /// The row.
        id: String,
        /// Its value so far.
        old: String,
        /// Its new one.
        new: Key,
    },
    /// Two subjects of one person are one.
    Join {
        /// The subject that ends.
        from: String,
    },
    /// It is somebody else's: nothing is changed.
    Elsewhere {
        /// Whose.
        user: UserId,
        /// In which space.
        space: String,
    },
}

/// What becomes of the keys of an identity that was recognised as `user`'s (upstreams/wechat.md §9.2), and the
/// subject they belong to. `found` are the stored rows of those keys, `theirs` all rows of the person.
#[must_use]
pub fn plan(
    keys: &[Key],
    user: &UserId,
    found: &[StoredIdentity],
    theirs: &[StoredIdentity],
) -> (Option<String>, Vec<KeyChange>) {
    let row = |key: &Key| found.iter().find(|row| row.space == key.space && row.value == key.value);
    let own = |key: &Key| row(key).filter(|row| row.user_id == *user);
    let subject = keys.iter().find_map(own).map(|row| row.subject.clone());
    let mut changes = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        match row(key) {
            Some(row) if row.user_id != *user => {
                changes.push(KeyChange::Elsewhere { user: row.user_id.clone(), space: row.space.clone() });
            }
            Some(row) => {
                changes.push(KeyChange::Touch(key.clone()));
                if subject.as_ref().is_some_and(|subject| *subject != row.subject) {
                    changes.push(KeyChange::Join { from: row.subject.clone() });
                }
            }
            None => {
                // The strongest key stands for itself: another value of it is another account over there.
                let before = theirs
                    .iter()
                    .find(|row| place > 0 && row.space == key.space && Some(&row.subject) == subject.as_ref());
                changes.push(match before {
                    Some(row) => KeyChange::Replace { id: row.id.clone(), old: row.value.clone(), new: key.clone() },
                    None => KeyChange::Add(key.clone()),
                });
            }
        }
    }
    (subject, changes)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
