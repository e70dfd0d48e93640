//! What a sign-in says of a company's people: whoever its platform calls no member, just now and by their own key, has
//! left. Where a platform has no directory this is the only word of it there is.

use std::sync::Arc;

use crate::base::id::OrgId;
use crate::connectors::{Identity, Key};
use crate::login::connectors::Instance;
use crate::login::recognise::stored_keys;
use crate::login::{Login, LoginError, Visitor};
use crate::store::identities::StoredIdentity;
use crate::store::members::{Member, MemberSource};

/// What the platform made of somebody whom it calls no member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// They were turned away.
    Shut,
    /// It lets in others than members, too: what a stranger to the company got by it is theirs.
    Open,
}

impl Login {
    /// Ends what somebody known by these keys has by the company's word, as its directory's word of a leaver does.
    /// Nothing happens to a membership that never stood on this account: one given by hand, or by another account.
    pub(crate) async fn not_of_company(
        &self,
        instance: &Arc<Instance>,
        (identity, door): (&Identity, Door),
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let row = &instance.row;
        let Some(org) = self.store.org_mirroring(&row.id).await? else { return Ok(()) };
        for key in stored_keys(identity, row.practice) {
            let Some(link) = self.store.identity(&key.space, &key.value).await? else { continue };
            let known_as = self.known_as(&org.id, (&key, &link), identity).await?;
            let member = self.store.member(&org.id, &link.user_id).await?;
            let is_theirs = door == Door::Shut && link.connector_id == row.id;
            for person in standing_on(member, known_as, is_theirs) {
                self.left(&org, person, visitor).await?;
            }
        }
        Ok(())
    }

    /// What the platform may call whoever holds this key: its directory's row of the key, the id it gave with an
    /// earlier sign-in, or the key itself.
    async fn known_as(
        &self,
        org: &OrgId,
        (key, link): (&Key, &StoredIdentity),
        identity: &Identity,
    ) -> Result<Vec<String>, LoginError> {
        let before = serde_json::from_str::<Identity>(&link.profile).ok().and_then(|profile| profile.member);
        let listed = self.store.roster_person_of(org, &key.space, &key.value).await?;
        let mut known_as: Vec<String> = [identity.member.clone(), listed, before].into_iter().flatten().collect();
        known_as.push(key.value.clone());
        Ok(known_as)
    }
}

/// The ids by which they are to leave. `is_theirs`: they came through this connector before, and are turned away now.
fn standing_on(member: Option<Member>, known_as: Vec<String>, is_theirs: bool) -> Vec<String> {
    match member {
        Some(Member { person: Some(person), .. }) => {
            known_as.into_iter().find(|id| *id == person).into_iter().collect()
        }
        // From before the platform's id was noted with each sign-in; what an administrator gave is no word of it.
        Some(Member { source: MemberSource::Manual, .. }) => Vec::new(),
        Some(_) | None if is_theirs => known_as,
        Some(_) | None => Vec::new(),
    }
}
