//! The keys of an identity, as they are written: touched, added, changed, and never moved to another person.

use super::decide::KeyChange;
use super::recognise::{Arrival, profile_of};
use super::writes::{Event, Write};
use super::{Login, Visitor};
use crate::base::id::UserId;
use crate::connectors::Key;
use crate::store::identities::StoredIdentity;
use crate::store::merge_cases::MergeCase;

impl Login {
    /// The writes of a plan for `user`'s identity.
    pub(crate) fn key_writes(
        &self,
        user: &UserId,
        visitor: &Visitor,
        (arrival, found): (&Arrival, &[StoredIdentity]),
        (subject, changes): (Option<String>, Vec<KeyChange>),
    ) -> Vec<Write> {
        let silent = arrival.identity.silent;
        let mut writes = Vec::new();
        for change in changes {
            match change {
                KeyChange::Touch(key) => writes.push(self.used(arrival, found, key)),
                // What came without a tap recognises, and changes nothing.
                _ if silent => {}
                KeyChange::Add(key) => {
                    let mut identity = self.new_identity(user, arrival, key);
                    identity.subject = subject.clone().unwrap_or(identity.subject);
                    writes.push(Write::InsertIdentity(identity));
                }
                KeyChange::Replace { id, old, new } => {
                    writes.push(Write::Audit(self.changed_key(user, visitor, (arrival, &new.space))));
                    writes.push(Write::ChangeKey { id, old, new: new.value });
                }
                KeyChange::Join { from } => {
                    let into = subject.clone().unwrap_or_else(|| from.clone());
                    writes.push(Write::JoinSubjects { user: user.clone(), from, into });
                }
                KeyChange::Elsewhere { user: other, space } => {
                    let now = self.clock.now();
                    let case = MergeCase { id: self.random.ulid(now), user: user.clone(), other, space, found_at: now };
                    let event = Event {
                        actor: format!("user:{user}"),
                        action: "merge.proposed",
                        target: format!("user:{}", case.other),
                        outcome: "ok".to_owned(),
                        detail: serde_json::json!({ "space": case.space }),
                    };
                    writes.push(Write::MergeCase(case, self.entry(visitor, &event)));
                }
            }
        }
        writes
    }

    fn used(&self, arrival: &Arrival, found: &[StoredIdentity], Key { space, value }: Key) -> Write {
        // What comes without a tap says less than a sign-in does: the kept profile stays.
        let kept = found.iter().find(|row| arrival.identity.silent && row.space == space && row.value == value);
        let profile = kept.map_or_else(|| profile_of(&arrival.identity), |row| row.profile.clone());
        let connector = arrival.instance.row.id.clone();
        Write::TouchIdentity { space, value, profile, connector, at: self.clock.now() }
    }

    fn changed_key(
        &self,
        user: &UserId,
        visitor: &Visitor,
        (arrival, space): (&Arrival, &str),
    ) -> crate::store::audit::AuditEntry {
        let event = Event {
            actor: "system".to_owned(),
            action: "identity.key_changed",
            target: format!("user:{user}"),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "connector": arrival.instance.row.name, "space": space }),
        };
        self.entry(visitor, &event)
    }
}
