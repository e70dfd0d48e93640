//! What platforms tell us by themselves, and what follows from it.

use std::sync::Arc;

use super::connectors::Instance;
use super::recognise::{profile_of, stored_keys};
use super::writes::{Event, SEEN, Write, commit};
use super::{Login, LoginError, Visitor};
use crate::base::clock::Seconds;
use crate::connectors::hook::News;
use crate::connectors::push::WINDOW;
use crate::connectors::{Identity, Key};
use crate::store::Error;

/// How long a message is remembered, in seconds: longer than its signature can be good.
const REMEMBERED: Seconds = 2 * WINDOW + 60;

impl Login {
    /// Does what follows from each of them, in order. What failed is told again by the platform, so everything bears repeating.
    pub(crate) async fn news(
        &self,
        instance: &Arc<Instance>,
        news: Vec<News>,
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let mut directory = Vec::new();
        for what in news {
            match what {
                News::Seen { scene, identity, approved } => {
                    self.scene_seen(instance, &scene, (*identity, approved), visitor).await?;
                }
                News::Revoked { key, closed, message } => {
                    self.revoked(instance, (key, closed), &message, visitor).await?;
                }
                News::PersonChanged { .. }
                | News::DepartmentChanged { .. }
                | News::Left { .. }
                | News::Renamed { .. } => directory.push(what),
            }
        }
        if directory.is_empty() { Ok(()) } else { self.directory_news(instance, directory, visitor).await }
    }

    /// Somebody took back what they had allowed: sessions by this connector end,
    /// the copy of their profile goes. A closed account signs nobody in any more;
    /// the person stays (upstreams/wechat.md §5.10).
    async fn revoked(
        &self,
        instance: &Instance,
        (key, closed): (Key, bool),
        message: &str,
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let now = self.clock.now();
        let until = now + REMEMBERED;
        let bare = Identity { keys: vec![key], ..Identity::default() };
        for Key { space, value } in stored_keys(&bare, instance.row.practice) {
            let Some(link) = self.store.identity(&space, &value).await? else { continue };
            let others = self.store.identities_of(&link.user_id).await?.len() > 1
                || self.store.password_of(&link.user_id).await?.is_some();
            let event = Event {
                actor: format!("connector:{}", instance.row.name),
                action: if closed { "identity.closed" } else { "identity.revoked" },
                target: format!("user:{}", link.user_id),
                outcome: if closed && !others { "no other way in" } else { "ok" }.to_owned(),
                detail: serde_json::json!({ "space": space }),
            };
            let gone = if closed {
                Write::DeleteIdentity { user: link.user_id.clone(), id: link.id.clone() }
            } else {
                Write::ProfileOf { id: link.id.clone(), profile: profile_of(&bare) }
            };
            let connector = link.connector_id.clone();
            let ended = Write::EndSessionsBy { user: link.user_id.clone(), connector, at: now, reason: "revoked" };
            // With its effect or not at all: what failed is told again, and then it counts.
            let key = format!("heard:{}:{message}:{}", instance.row.id, link.id);
            let writes =
                vec![Write::Once { key, at: now, until }, gone, ended, Write::Audit(self.entry(visitor, &event))];
            match commit(&self.store, writes).await {
                Ok(()) | Err(Error::Conflict(SEEN)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
