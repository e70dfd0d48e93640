//! A member who has another id over there, which was their key here (upstreams/wecom.md §8.5, §9): what they have
//! follows, listed by a reading or not. Where the new id is somebody's already nothing moves, and a merge is proposed.

use serde_json::json;

use crate::connectors::{Identity, Key};
use crate::login::connectors::Instance;
use crate::login::recognise::stored_keys;
use crate::login::{Login, LoginError};
use crate::store::Error;
use crate::store::audit::AuditEntry;
use crate::store::merge_cases::MergeCase;
use crate::store::orgs::Org;

impl Login {
    pub(super) async fn renamed(
        &self,
        instance: &Instance,
        org: Option<&Org>,
        (from, to): (Key, Key),
    ) -> Result<(), LoginError> {
        let bare = Identity { keys: vec![from, to], ..Identity::default() };
        let keys = stored_keys(&bare, instance.row.practice);
        let [Key { space, value: from }, Key { value: to, .. }] = keys.as_slice() else { return Ok(()) };
        let target = org.map_or_else(|| format!("connector:{}", instance.row.name), |org| format!("org:{}", org.id));
        let entry = self.entry_about(target, "member.renamed", &json!({ "from": from, "to": to }));
        let wanted = (org.map(|org| org.id.clone()), space.clone(), from.clone(), to.clone(), entry.clone());
        let renamed = self.store.write(move |tx| {
            let (org, space, from, to, entry) = wanted.clone();
            Box::pin(async move {
                let done = match &org {
                    Some(org) => tx.rename_person(org, (&from, &to), &space).await?,
                    None => tx.rename_identity(&space, &from, &to).await?,
                };
                if done { tx.audit(&entry).await } else { Ok(()) }
            })
        });
        match renamed.await {
            Err(Error::Conflict(_)) => self.met_another(instance, (space, from, to), entry).await,
            other => Ok(other?),
        }
    }

    /// The new id is another person's here: somebody signed in by it before the platform told us. Nobody is merged
    /// without an administrator's word.
    async fn met_another(
        &self,
        instance: &Instance,
        (space, from, to): (&str, &str, &str),
        entry: AuditEntry,
    ) -> Result<(), LoginError> {
        tracing::warn!(connector = instance.row.name, "a renamed member meets another one; nothing was changed");
        let (one, other) = (self.store.identity(space, from).await?, self.store.identity(space, to).await?);
        let now = self.clock.now();
        let case = one.zip(other).filter(|(one, other)| one.user_id != other.user_id).map(|(one, other)| MergeCase {
            id: self.random.ulid(now),
            user: one.user_id,
            other: other.user_id,
            space: space.to_owned(),
            found_at: now,
        });
        let entry = AuditEntry { outcome: "the new id is somebody else's".to_owned(), ..entry };
        let told = self.store.write(move |tx| {
            let (case, entry) = (case.clone(), entry.clone());
            Box::pin(async move {
                // Told again, it stands already.
                let is_new = match &case {
                    Some(case) => tx.put_merge_case(case).await?,
                    None => true,
                };
                if is_new { tx.audit(&entry).await } else { Ok(()) }
            })
        });
        Ok(told.await?)
    }
}
