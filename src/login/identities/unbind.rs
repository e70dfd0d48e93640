//! The rules for taking a way in away: what goes with it, and that one that works is left.

use std::collections::BTreeSet;

use super::Change;
use crate::login::otp::{self, is_number};
use crate::login::writes::Write;
use crate::login::{Login, LoginError};
use crate::store::identities::{StoredIdentity, WorkingWays};
use crate::store::users::User;

impl Login {
    /// Every key of a subject goes (`rows`, at least one), and the sessions that began by its methods end.
    /// `Conflict(LAST)` when the person could not come in any more. Of a number, a code to it was brought.
    pub(super) async fn unbinding(
        &self,
        change: &Change<'_>,
        rows: &[StoredIdentity],
    ) -> Result<Vec<Write>, LoginError> {
        let (user, now) = (change.user, self.clock.now());
        let mut writes = Vec::new();
        let number = rows.iter().find(|row| is_number(&row.space));
        if number.is_some_and(|row| user.phone.as_ref() == Some(&row.value)) {
            // First: whether a password is still a way in hangs on the names that are left.
            let without = User { phone: None, phone_verified: false, updated_at: now, ..user.clone() };
            writes.push(Write::UpdateUser(without));
        }
        let action = if number.is_some() { "phone.unbind" } else { "identity.unlink" };
        let working = self.working_ways(user).await?;
        for row in rows.iter().take(1) {
            let (user, subject) = (user.id.clone(), row.subject.clone());
            writes.push(Write::DeleteSubject { user, subject, working: working.clone() });
            writes.push(self.noted(change, action, ("ok", Some(row.connector_id.as_str()))));
        }
        // One account over there may have come through several methods (a website and an official account).
        let methods: BTreeSet<_> = rows.iter().map(|row| row.connector_id.clone()).collect();
        writes.extend(methods.into_iter().map(|connector| Write::EndSessionsBy {
            user: user.id.clone(),
            connector,
            at: now,
            reason: "unbound",
        }));
        Ok(writes)
    }

    /// Every key of one of a person's subjects.
    pub(super) async fn keys_of(&self, user: &User, subject: &str) -> crate::store::Result<Vec<StoredIdentity>> {
        let mut rows = self.store.identities_of(&user.id).await?;
        rows.retain(|row| row.subject == subject);
        Ok(rows)
    }

    /// Which methods let a person of this world in right now: one that is switched off lets in nobody, and neither
    /// does a password that no form asks for.
    async fn working_ways(&self, user: &User) -> crate::store::Result<WorkingWays> {
        let all = self.connectors.all().await?;
        let on = || all.iter().filter(|method| method.is_usable());
        let codes = on().any(|method| method.row.kind == "sms" && method.row.practice == user.practice);
        Ok(WorkingWays {
            connectors: on().filter(|method| !method.is_password()).map(|method| method.row.id.clone()).collect(),
            numbers: codes.then(|| otp::space(user.practice).to_owned()),
            password: on().any(|method| method.is_password()),
        })
    }

    /// The ways of a person that let them in right now, by their subjects, and whether a password is one more.
    ///
    /// # Errors
    /// The store's.
    pub async fn ways_that_work(&self, user: &User) -> crate::store::Result<(Vec<String>, bool)> {
        let working = self.working_ways(user).await?;
        let rows = self.store.identities_of(&user.id).await?;
        let mut subjects: Vec<String> =
            rows.into_iter().filter(|row| working.has(row)).map(|row| row.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let named = user.username.is_some() || user.email.is_some() || user.phone.is_some();
        let password = working.password && named && self.store.password_of(&user.id).await?.is_some();
        Ok((subjects, password))
    }
}
