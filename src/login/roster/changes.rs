//! What a platform's directory says by itself. The pushes are hints: they may
//! come late, twice or not at all, so what they name is read again
//! (upstreams/wecom.md §8.5). Only leaving is believed at once.

use std::sync::Arc;

use super::pace::Pace;
use super::take::{department, person, rename};
use crate::base::clock::Seconds;
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

impl Login {
    /// People and departments that changed over there: `PersonChanged`, `DepartmentChanged`, `Left`, `Renamed`, and nothing else.
    pub(crate) async fn directory_news(
        &self,
        instance: &Arc<Instance>,
        news: Vec<News>,
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let Some(org) = self.store.org_mirroring(&instance.row.id).await? else { return Ok(()) };
        for what in news {
            match what {
                News::PersonChanged { person } => self.note_change(&org, false, person).await?,
                News::DepartmentChanged { department } => self.note_change(&org, true, department).await?,
                News::Left { person } => self.left(&org, person, visitor).await?,
                News::Renamed { from, to } => self.renamed(instance, &org, (from, to)).await?,
                News::Seen { .. } | News::Refused { .. } | News::Revoked { .. } | News::KeyChanged { .. } => {}
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
            session: None,
            agent: String::new(),
            address: "directory".to_owned(),
            request_id: String::new(),
        };
        self.directory_news(&instance.ok_or(LoginError::Unknown)?, news, &visitor).await
    }

    async fn note_change(&self, org: &Org, is_department: bool, id: String) -> Result<(), LoginError> {
        let due_at = self.clock.now() + DEBOUNCE;
        let change = DirectoryChange { org_id: org.id.clone(), is_department, id, due_at, tries: 0 };
        Ok(self.store_change(change).await?)
    }

    async fn store_change(&self, change: DirectoryChange) -> crate::store::Result<()> {
        let noted = self.store.write(move |tx| {
            let change = change.clone();
            Box::pin(async move { tx.note_directory_change(&change).await })
        });
        noted.await
    }

    /// Membership, sessions, grants and what applications are told of it: one transaction, now.
    async fn left(&self, org: &Org, person: String, visitor: &Visitor) -> Result<(), LoginError> {
        let now = self.clock.now();
        let event = Event {
            actor: "directory".to_owned(),
            action: "member.left",
            target: format!("org:{}", org.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "person": person }),
        };
        let (entry, org) = (self.entry(visitor, &event), org.id.clone());
        let left = self.store.write(move |tx| {
            let (org, person, entry) = (org.clone(), person.clone(), entry.clone());
            Box::pin(async move {
                let departure = tx.leave_by_person(&org, &person, now).await?;
                if departure.was_listed || departure.user_id.is_some() {
                    tx.audit(&entry).await?;
                }
                Ok(())
            })
        });
        Ok(left.await?)
    }

    async fn renamed(&self, instance: &Instance, org: &Org, (from, to): (String, String)) -> Result<(), LoginError> {
        // Only WeChat Work renames, and there the userid is the key (upstreams/wecom.md §2).
        let Some(space) = self.store.roster_space(&org.id, &from).await? else { return Ok(()) };
        let org = org.id.clone();
        let renamed = self.store.write(move |tx| {
            let (org, from, to, space) = (org.clone(), from.clone(), to.clone(), space.clone());
            Box::pin(async move { rename(tx, &org, (&from, &to), &space).await })
        });
        match renamed.await {
            Ok(_) => Ok(()),
            Err(crate::store::Error::Conflict(_)) => {
                tracing::warn!(
                    connector = instance.row.name,
                    "a renamed member meets another one; nothing was changed"
                );
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads again what is due; how many changes were dealt with. One node at a time does it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn read_changes(&self) -> Result<usize, LoginError> {
        let due = self.store.directory_changes_due(self.clock.now(), BATCH).await?;
        if due.is_empty() || !self.lease(READER).await {
            return Ok(0);
        }
        let mut pace = Pace::new(&self.clock);
        let mut done = 0;
        for change in due {
            match self.read_change(&change, &mut pace).await? {
                Ok(()) => {
                    let read = change.clone();
                    let dropped = self.store.write(move |tx| {
                        let read = read.clone();
                        Box::pin(async move { tx.drop_directory_change(&read).await })
                    });
                    dropped.await?;
                    done += 1;
                }
                Err(trouble) => self.put_off(change, &trouble).await?,
            }
        }
        Ok(done)
    }

    async fn put_off(&self, change: DirectoryChange, trouble: &Trouble) -> Result<(), LoginError> {
        let tries = change.tries + 1;
        tracing::warn!(org = change.org_id.as_str(), tries, %trouble, "a change of the directory has to wait");
        let pause = (DEBOUNCE << tries.min(12)).min(LONGEST);
        // Given up: the next pass over the whole directory finds it.
        let due_at = if tries >= TRIES { self.clock.now() + 86_400 } else { self.clock.now() + pause };
        Ok(self.store_change(DirectoryChange { due_at, tries, ..change }).await?)
    }

    async fn read_change(&self, change: &DirectoryChange, pace: &mut Pace) -> Result<Result<(), Trouble>, LoginError> {
        let Some(instance) = self.directory_of(&change.org_id).await? else { return Ok(Ok(())) };
        let (Some(connector), Some(turn)) = (&instance.connector, self.roster_turn(&instance)) else {
            return Ok(Ok(()));
        };
        let id = change.id.clone();
        let wanted = if change.is_department { Wanted::Department(id) } else { Wanted::Person(id) };
        let Some(reading) = connector.roster(&turn, wanted) else { return Ok(Ok(())) };
        pace.turn().await;
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
        let departments: Vec<_> = roster.departments.into_iter().map(department).collect();
        let (org, gone, is_department) = (change.org_id.clone(), roster.gone, change.is_department);
        let rows = Arc::new((people, departments, gone));
        let taken = self.store.write(move |tx| {
            let (org, rows) = (org.clone(), Arc::clone(&rows));
            Box::pin(async move {
                let number = tx.sync_number(&org).await?;
                for row in &rows.0 {
                    tx.sync_person(&org, row, number, now).await?;
                }
                for row in &rows.1 {
                    tx.sync_department(&org, row, number).await?;
                }
                for id in &rows.2 {
                    if is_department {
                        tx.drop_synced_department(&org, id).await?;
                    } else {
                        tx.leave_by_person(&org, id, now).await?;
                    }
                }
                Ok(())
            })
        });
        Ok(taken.await?)
    }
}
