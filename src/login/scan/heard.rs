//! What the platform says of a scene: somebody scanned it, somebody said no.

use std::sync::Arc;

use super::scene::{SceneState, key_digest};
use crate::base::secret::digest;
use crate::connectors::Identity;
use crate::login::connectors::Instance;
use crate::login::recognise::{cleaned, stored_keys};
use crate::login::writes::{Event, Write, commit};
use crate::login::{Login, LoginError, Visitor};

/// What a scan did.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scanned {
    New,
    Before,
    /// Somebody else was faster.
    Other,
}

impl Login {
    /// Somebody held a phone up to the picture. The first one counts; a second person is ignored and noted.
    pub(crate) async fn scene_seen(
        &self,
        instance: &Arc<Instance>,
        scene: &str,
        (identity, approved): (Identity, bool),
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let scene = digest(scene);
        let identity = cleaned(identity);
        let Some(key) = stored_keys(&identity, instance.row.practice).first().map(key_digest) else { return Ok(()) };
        let scanner = self.scanner(&scene, &identity, instance.row.practice)?;
        let scanned = std::sync::Mutex::new(Scanned::Before);
        let note = |what| {
            if let Ok(mut scanned) = scanned.lock() {
                *scanned = what;
            }
        };
        self.change_scene(&scene, |held| {
            note(Scanned::Before);
            if held.connector != instance.row.id {
                return None;
            }
            // What would be linked has to be named on the phone first.
            let approved = approved && held.links.is_none() && held.binds.is_none();
            let next = |scanner| if approved { SceneState::Approved(scanner) } else { SceneState::Seen(scanner) };
            match &held.state {
                SceneState::Waiting => {
                    note(Scanned::New);
                    Some(next(scanner.clone()))
                }
                SceneState::Seen(before) if before.key == key => approved.then(|| next(scanner.clone())),
                SceneState::Approved(before) if before.key == key => None,
                SceneState::Seen(_) | SceneState::Approved(_) => {
                    note(Scanned::Other);
                    None
                }
                SceneState::Refused => None,
            }
        })
        .await?;
        let scanned = scanned.lock().map_or(Scanned::Before, |scanned| *scanned);
        match scanned {
            Scanned::Before => Ok(()),
            Scanned::New => self.note_scan(instance, "ok", visitor).await,
            Scanned::Other => self.note_scan(instance, "a second person", visitor).await,
        }
    }

    pub(super) async fn note_scan(
        &self,
        instance: &Instance,
        outcome: &str,
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let event = Event {
            actor: "anonymous".to_owned(),
            action: "scan",
            target: format!("connector:{}", instance.row.name),
            outcome: outcome.to_owned(),
            detail: serde_json::json!({}),
        };
        Ok(commit(&self.store, vec![Write::Audit(self.entry(visitor, &event))]).await?)
    }
}
