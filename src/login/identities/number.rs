//! The rules for a number: one is a person's way in, and it becomes theirs by a code to it.

use super::Change;
use crate::login::otp;
use crate::login::writes::Write;
use crate::login::{Login, LoginError};
use crate::store::identities::StoredIdentity;
use crate::store::users::User;

/// What makes a proven number somebody's, before it is written.
pub(super) struct Numbering {
    /// Names the way in.
    pub subject: String,
    /// With the number in their profile. `Conflict("phone")` when somebody only wrote it down as theirs.
    pub named: Vec<Write>,
    /// For that: it becomes a way in, not an attribute.
    pub unnamed: Vec<Write>,
}

impl Login {
    /// The number in the place of `old`, which was proven, or as the first one; `None` where no code can be sent any
    /// more. `Conflict(SECOND)` for another one besides, `Conflict(CHANGED)` when `old` is not theirs any more.
    pub(super) async fn numbering(
        &self,
        change: &Change<'_>,
        old: Option<&StoredIdentity>,
        number: &str,
    ) -> Result<Option<Numbering>, LoginError> {
        let (user, now) = (change.user, self.clock.now());
        let Some(sms) = self.sms(user.practice).await? else { return Ok(None) };
        let (subject, mut writes): (String, Vec<Write>) = if let Some(old) = old {
            // It was proven just now, whenever the one before was used last (security.md row 196).
            let used = self.number_used(&StoredIdentity {
                value: number.to_owned(),
                connector_id: sms.row.id.clone(),
                ..old.clone()
            });
            let (id, was, new) = (old.id.clone(), old.value.clone(), number.to_owned());
            let change = (was != new).then_some(Write::ChangeNumber { id, old: was, new });
            (old.subject.clone(), change.into_iter().chain([used]).collect())
        } else {
            let id = self.random.ulid(now);
            let row = StoredIdentity {
                id: id.clone(),
                user_id: user.id.clone(),
                space: otp::space(user.practice).to_owned(),
                value: number.to_owned(),
                connector_id: sms.row.id.clone(),
                profile: "{}".to_owned(),
                first_used_at: now,
                last_used_at: now,
                subject: id.clone(),
            };
            (id, vec![Write::InsertIdentity(row)])
        };
        writes.push(self.noted(change, "phone.bind", ("ok", Some(sms.row.id.as_str()))));
        let with = User { phone: Some(number.to_owned()), phone_verified: true, updated_at: now, ..user.clone() };
        // The one that was changed is theirs no more, in their profile neither.
        let gone = old.is_some_and(|old| user.phone.as_ref() == Some(&old.value));
        let mut without = User { updated_at: now, ..user.clone() };
        if gone {
            (without.phone, without.phone_verified) = (None, false);
        }
        // The person's row changes either way, so that of two changes at once one is told to look again.
        let and = |user: User| [writes.clone(), vec![Write::UpdateUser(user)]].concat();
        Ok(Some(Numbering { subject, named: and(with), unnamed: and(without) }))
    }

    /// The number that is a person's way in.
    pub(crate) async fn number_of(&self, user: &User) -> crate::store::Result<Option<StoredIdentity>> {
        let space = otp::space(user.practice);
        let mut all = self.store.identities_of(&user.id).await?;
        all.retain(|row| row.space == space);
        // A merge of long ago may have left two: the one that is also their number of record comes first.
        all.sort_by_key(|row| user.phone.as_deref() != Some(row.value.as_str()));
        Ok(all.into_iter().next())
    }
}
