//! What a platform's directory says by itself. The pushes are hints: they may
//! come late, twice or not at all, so what they name is read again
//! (upstreams/wecom.md §8.5). Only leaving is believed at once.

use std::sync::Arc;

use serde_json::json;

use super::pace::Pace;
use super::take::{LEFT, department, person};
use crate::base::clock::Seconds;
use crate::base::id::OrgId;
use crate::base::lang::{Lang, Wish};
use crate::connectors::Trouble;
use crate::connectors::directory::{Roster, Wanted};
use crate::connectors::hook::News;
use crate::login::connectors::Instance;
use crate::login::writes::Event;
use crate::login::{Login, LoginError, Visitor};
use crate::store::orgs::Org;
use crate::store::sync_queue::DirectoryChange;

/// Several changes of one person come together; they are read once (upstreams/dingtalk.md §12.3).
const DEBOUNCE: Seconds = 2;
/// The longest pause after a reading that failed, in seconds.
const LONGEST: Seconds = 600;
/// After so many the next pass has to do.
const TRIES: i64 = 10;
/// Changes that are read in one go.
const BATCH: i64 = 50;
/// The lease of the node that reads.
const READER: &str = "directory-changes";
/// How long one question may keep it, in seconds.
const READING: Seconds = 90;

impl Login {
    /// People and departments that changed over there: `PersonChanged`, `DepartmentChanged`, `Left`, `Renamed`, and
    /// nothing else. Without an organisation only who is renamed concerns us: they may have signed in.
    pub(crate) async fn directory_news(
        &self,
        instance: &Arc<Instance>,
        news: Vec<News>,
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let org = self.store.org_mirroring(&instance.row.id).await?;
        for what in news {
            match (what, &org) {
                (News::Renamed { from, to }, org) => self.renamed(instance, org.as_ref(), (from, to)).await?,
                (News::PersonChanged { person }, Some(org)) => self.note_change(org, false, person).await?,
                (News::DepartmentChanged { department }, Some(org)) => self.note_change(org, true, department).await?,
                (News::Left { person }, Some(org)) => self.left(org, person, visitor).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What the platform of a connector says of its directory, outside of any request.
    ///
    /// # Errors
    /// `Unknown` where no usable instance has this name; `Store`.
    pub async fn hear_directory(&self, connector: &str, news: Vec<News>) -> Result<(), LoginError> {
        let instance = self.connectors.by_name(connector).await?.filter(|instance| instance.is_usable());
        let visitor = Visitor {
            browser: String::new(),
            last_way: None,
            session: None,
            agent: String::new(),
            wish: Wish::unsaid(Lang::Zh),
            address: "directory".to_owned(),
            request_id: String::new(),
        };
        self.directory_news(&instance.ok_or(LoginError::Unknown)?, news, &visitor).await
    }

    async fn note_change(&self, org: &Org, is_department: bool, id: String) -> Result<(), LoginError> {
        let change = self.change_of(org, is_department, id);
        let noted = self.store.write(move |tx| {
            let change = change.clone();
            Box::pin(async move { tx.note_directory_change(&change).await })
        });
        Ok(noted.await?)
    }

    fn change_of(&self, org: &Org, is_department: bool, id: String) -> DirectoryChange {
        DirectoryChange { org_id: org.id.clone(), is_department, id, due_at: self.clock.now() + DEBOUNCE, tries: 0 }
    }

    /// Membership, sessions, grants and what applications are told of it: one transaction, now. They are looked for
    /// again a moment later, for hints overtake each other: an answer that was under way may have brought them back,
    /// and this one may be older than their return.
    pub(super) async fn left(&self, org: &Org, person: String, visitor: &Visitor) -> Result<(), LoginError> {
        let now = self.clock.now();
        let event = Event {
            actor: "directory".to_owned(),
            action: LEFT,
            target: format!("org:{}", org.id),
            outcome: "ok".to_owned(),
            detail: serde_json::Value::Null,
        };
        let (entry, again) = (self.entry(visitor, &event), self.change_of(org, false, person));
        let left = self.store.write(move |tx| {
            let (entry, again) = (entry.clone(), again.clone());
            Box::pin(async move {
                tx.leave_by_person(&again.org_id, &again.id, now, &entry).await?;
                tx.note_directory_change(&again).await
            })
        });
        Ok(left.await?)
    }

    /// Reads again what is due; how many changes were dealt with. One node at a time does it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn read_changes(&self) -> Result<usize, LoginError> {
        let due = self.store.directory_changes_due(self.clock.now(), BATCH).await?;
        let mut waiting: Vec<OrgId> = Vec::new();
        let mut done = 0;
        for change in due {
            if waiting.contains(&change.org_id) {
                continue;
            }
            // Before each question, for one may take as long as the platform is patient with us.
            if !self.lease_for(READER, READING).await {
                return Ok(done);
            }
            match self.read_change(&change).await? {
                Ok(()) => {
                    let read = change.clone();
                    let dropped = self.store.write(move |tx| {
                        let read = read.clone();
                        Box::pin(async move { tx.drop_directory_change(&read).await })
                    });
                    dropped.await?;
                    done += 1;
                }
                Err(trouble) => {
                    // Whoever does not answer is not asked for the rest now: others are waiting.
                    let all = matches!(trouble, Trouble::TryLater { .. } | Trouble::Unreachable(_));
                    waiting.extend(all.then(|| change.org_id.clone()));
                    self.put_off(change, &trouble, all).await?;
                }
            }
        }
        Ok(done)
    }

    async fn put_off(&self, seen: DirectoryChange, trouble: &Trouble, all: bool) -> Result<(), LoginError> {
        let (now, tries) = (self.clock.now(), seen.tries + 1);
        tracing::warn!(org = seen.org_id.as_str(), tries, %trouble, "a change of the directory has to wait");
        let pause = (DEBOUNCE << tries.min(12)).min(LONGEST);
        // Given up: the next pass over the whole directory finds it.
        let due_at = if tries >= TRIES { now + 86_400 } else { now + pause };
        let put_off = self.store.write(move |tx| {
            let (seen, again) = (seen.clone(), DirectoryChange { due_at, tries, ..seen.clone() });
            Box::pin(async move {
                tx.put_off_directory_change(&seen, &again).await?;
                if all {
                    tx.put_off_directory_changes(&seen.org_id, now, now + pause).await?;
                }
                Ok(())
            })
        });
        Ok(put_off.await?)
    }

    async fn read_change(&self, change: &DirectoryChange) -> Result<Result<(), Trouble>, LoginError> {
        let Some(instance) = self.directory_of(&change.org_id).await? else { return Ok(Ok(())) };
        let (Some(connector), Some(turn)) = (&instance.connector, self.roster_turn(&instance)) else {
            return Ok(Ok(()));
        };
        let id = change.id.clone();
        let wanted = if change.is_department { Wanted::Department(id) } else { Wanted::Person(id) };
        let Some(reading) = connector.roster(&turn, wanted) else { return Ok(Ok(())) };
        Pace::new(&self.store, &self.clock, &instance).turn().await?;
        match reading.await {
            Ok(roster) => {
                self.take_change(change, roster, instance.row.practice).await?;
                Ok(Ok(()))
            }
            Err(trouble) => Ok(Err(trouble)),
        }
    }

    async fn take_change(&self, change: &DirectoryChange, roster: Roster, practice: bool) -> Result<(), LoginError> {
        let now = self.clock.now();
        let people: Vec<_> = roster.people.into_iter().map(|found| person(found, practice)).collect();
        let entries = self.entries_of(&change.org_id, &people);
        let departments: Vec<_> = roster.departments.into_iter().map(department).collect();
        let leavers = roster.gone.into_iter().map(|id| (id, self.directory_entry(&change.org_id, LEFT, &json!({}))));
        let rows = Arc::new((people, entries, departments, leavers.collect::<Vec<_>>()));
        let (org, is_department) = (change.org_id.clone(), change.is_department);
        let taken = self.store.write(move |tx| {
            let (org, rows) = (org.clone(), Arc::clone(&rows));
            Box::pin(async move {
                let (people, entries, departments, leavers) = &*rows;
                let number = tx.sync_number(&org).await?;
                for row in people {
                    tx.sync_person(&org, row, (number, now), entries.get(&row.id)).await?;
                }
                for row in departments {
                    tx.sync_department(&org, row, number).await?;
                }
                for (id, entry) in leavers {
                    if is_department {
                        tx.drop_synced_department(&org, id).await?;
                    } else {
                        tx.leave_by_person(&org, id, now, entry).await?;
                    }
                }
                Ok(())
            })
        });
        Ok(taken.await?)
    }
}
