//! People whose platform gave them other subjects, because it moved them to another account:
//! their identities follow. Nobody is merged: where the new subject is somebody's, it stays so.

use super::connectors::Instance;
use super::recognise::stored_keys;
use super::writes::{Event, TAKEN, Write, commit};
use super::{Login, LoginError, Visitor};
use crate::connectors::directory::RosterTurn;
use crate::connectors::moving::{AT_ONCE, Moving};
use crate::connectors::{Identity, Key, Trouble};
use crate::store::Error;
use crate::store::identities::StoredIdentity;

/// What a move came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// Identities under their new subjects.
    pub moved: usize,
    /// Those whose new subject is somebody's already: left as they are.
    pub taken: usize,
    /// Those about whom the platform told nothing: left as they are.
    pub untold: usize,
}

/// Why a move stopped. What was moved until then stays moved; the same again goes on with the rest.
#[derive(Debug, thiserror::Error)]
pub enum MoveTrouble {
    /// No such instance, or none that may be asked.
    #[error("this connector can not be asked who was moved to it from there")]
    NotHere,
    /// The platform's.
    #[error(transparent)]
    Platform(#[from] Trouble),
    /// The engine's own.
    #[error(transparent)]
    Login(#[from] LoginError),
}

impl From<Error> for MoveTrouble {
    fn from(error: Error) -> Self {
        Self::Login(error.into())
    }
}

impl Login {
    /// Asks the platform of `connector` about everybody known by another application's subjects, page by page.
    ///
    /// # Errors
    /// [`MoveTrouble`].
    pub async fn move_subjects(
        &self,
        connector: &str,
        moving: &Moving,
        visitor: &Visitor,
    ) -> Result<Moved, MoveTrouble> {
        let instance = self.connectors.by_name(connector).await?.ok_or(MoveTrouble::NotHere)?;
        let (Some(asked), Some(outbound)) = (&instance.connector, instance.outbound.clone()) else {
            return Err(MoveTrouble::NotHere);
        };
        let space = asked.left_space(&moving.application).ok_or(MoveTrouble::NotHere)?;
        let space = stored(&instance, Key { space, value: String::new() }).space;
        let tokens = self.app_tokens(instance.row.practice);
        let turn = RosterTurn { connector: instance.row.id.clone(), outbound, now: self.clock.now(), tokens };
        let (mut moved, mut after) = (Moved::default(), String::new());
        loop {
            let page = self.store.identities_in(&space, &after, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(moved) };
            after.clone_from(&last.value);
            let subjects: Vec<String> = page.iter().map(|link| link.value.clone()).collect();
            let told = asked.moved(&turn, moving, &subjects).await?;
            for link in page {
                let new = told.iter().find(|(from, _)| from.value == link.value);
                match new {
                    None => moved.untold += 1,
                    Some((_, to)) if self.move_one(&instance, link, to, visitor).await? => moved.moved += 1,
                    Some(_) => moved.taken += 1,
                }
            }
        }
    }

    /// One identity and its audit row; `false` when the new subject is somebody's.
    async fn move_one(
        &self,
        instance: &Instance,
        link: StoredIdentity,
        to: &Key,
        visitor: &Visitor,
    ) -> Result<bool, LoginError> {
        let (from, to) = (Key { space: link.space, value: link.value }, stored(instance, to.clone()));
        let event = Event {
            actor: format!("connector:{}", instance.row.name),
            action: "identity.key_changed",
            target: format!("user:{}", link.user_id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "from": from.space, "to": to.space }),
        };
        let entry = Write::Audit(self.entry(visitor, &event));
        match commit(&self.store, vec![Write::RekeyIdentity { id: link.id, from, to }, entry]).await {
            Ok(()) => Ok(true),
            Err(Error::Conflict(TAKEN)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// A key as it is stored: a practice platform's stands apart.
fn stored(instance: &Instance, key: Key) -> Key {
    let bare = Identity { keys: vec![key.clone()], ..Identity::default() };
    stored_keys(&bare, instance.row.practice).pop().unwrap_or(key)
}
