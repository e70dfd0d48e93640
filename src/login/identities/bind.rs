//! The rules for an account of a platform that is to become somebody's way in.

use super::{Change, Refused};
use crate::login::decide::{KeyChange, plan};
use crate::login::recognise::{Arrival, stored_keys};
use crate::login::writes::Write;
use crate::login::{Login, LoginError};
use crate::store::connectors::FirstSignIn;
use crate::store::identities::StoredIdentity;

/// What binding an account comes to, before it is written.
pub(super) struct Binding {
    /// Why not; the writes are then the word of it in the audit.
    pub refused: Option<Refused>,
    /// Names the way in.
    pub subject: String,
    /// It was not theirs before.
    pub is_new: bool,
    /// In one transaction. `Conflict(TAKEN)`: somebody was faster with the same account, maybe the same person.
    pub writes: Vec<Write>,
}

impl Login {
    /// What becomes of an identity that just came in, for a person who proved themselves.
    pub(super) async fn binding(&self, change: &Change<'_>, arrival: &Arrival) -> Result<Binding, LoginError> {
        let (user, row) = (&change.user.id, &arrival.instance.row);
        let keys = stored_keys(&arrival.identity, row.practice);
        let mut links = Vec::new();
        for key in &keys {
            links.extend(self.store.identity(&key.space, &key.value).await?);
        }
        let theirs = self.store.identities_of(user).await?;
        let (subject, changes) = plan(&keys, user, &links, &theirs);
        let is_new = subject.is_none();
        let subject = subject.unwrap_or_else(|| self.random.ulid(self.clock.now()));
        let refused = self.why_not(change, arrival, &links).await?;
        let adds = changes.iter().any(|change| !matches!(change, KeyChange::Touch(_)));
        let mut writes = Vec::new();
        if refused.is_some() || adds {
            let outcome = refused.map_or("ok", Refused::word);
            writes.push(self.noted(change, "identity.link", (outcome, Some(&row.name))));
        }
        if refused.is_none() {
            let plan = (Some(subject.clone()), changes);
            writes.extend(self.key_writes(user, change.visitor, (arrival, &links), plan));
            writes.extend(self.joins_by_link(arrival, user, change.visitor).await?);
        }
        Ok(Binding { refused, subject, is_new, writes })
    }

    async fn why_not(
        &self,
        change: &Change<'_>,
        arrival: &Arrival,
        links: &[StoredIdentity],
    ) -> Result<Option<Refused>, LoginError> {
        let keys = stored_keys(&arrival.identity, arrival.instance.row.practice);
        Ok(if arrival.identity.silent {
            Some(Refused::Silent)
        } else if keys.iter().any(|key| crate::login::otp::is_number(&key.space)) {
            Some(Refused::Number)
        } else if change.user.practice != arrival.instance.row.practice {
            Some(Refused::OtherWorld)
        } else if links.iter().any(|link| link.user_id != change.user.id) {
            Some(Refused::Taken)
        } else if links.is_empty() && self.is_kept_out(change, arrival).await? {
            Some(Refused::NotInvited)
        } else {
            None
        })
    }

    /// Whoever binds a company's account belongs to the company from then on: where it lets in only people it knows,
    /// nobody else comes in by this door either.
    async fn is_kept_out(&self, change: &Change<'_>, arrival: &Arrival) -> Result<bool, LoginError> {
        let row = &arrival.instance.row;
        let door = self.store.org_of_connector(&row.id).await?.filter(|door| door.is_upstream);
        let Some(door) = door else { return Ok(false) };
        if self.entrance(row).await?.0 != FirstSignIn::Invited || self.is_listed(arrival).await? {
            return Ok(false);
        }
        Ok(self.store.member(&door.org_id, &change.user.id).await?.is_none())
    }
}
