//! One pass over a directory. Each answer of the platform is taken in one
//! transaction together with what is still to be asked: a node that dies leaves
//! a pass that another takes up, and no list of people is ever held in memory.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::pace::Pace;
use super::take::{department, person};
use crate::base::clock::Seconds;
use crate::base::id::OrgId;
use crate::connectors::Connector;
use crate::connectors::directory::{Roster, RosterTurn, Wanted};
use crate::login::connectors::Instance;
use crate::login::{Login, LoginError};
use crate::store::roster::RosterRow;
use crate::store::sync_pages::SyncPage;
use crate::store::sync_queue::SyncStep;
use crate::store::sync_runs::{SyncRun, SyncState};

/// How long a node that fell silent keeps a pass from the others, in seconds.
const LEASE: Seconds = 90;
/// Rows of one transaction.
const CHUNK: usize = 400;
/// People who are removed in one transaction.
const LEAVERS: u64 = 100;
/// So many may vanish whatever the share.
const FEW: i64 = 5;
/// The share that may vanish, in percent.
const SHARE: i64 = 10;
/// Between the parts of a stored position.
const MARK: char = '\n';

/// What to do with a directory.
#[derive(Clone, Debug, Default)]
pub struct Sync {
    /// Only count, and tell the differences.
    pub dry: bool,
    /// Remove those who vanished, however many.
    pub accept_removals: bool,
}

/// Everything a pass holds.
struct Pass<'a> {
    login: &'a Login,
    connector: &'a dyn Connector,
    turn: RosterTurn,
    practice: bool,
    run: SyncRun,
    pace: Pace,
}

/// What was asked, and what its answer settles.
struct Asked {
    wanted: Wanted,
    step: Option<(SyncStep, String)>,
}

impl Login {
    /// Reads an organisation's directory as a whole, or goes on with a pass that was left; how it stands then.
    /// Stopped by `stop`, it is left for whoever comes next.
    ///
    /// # Errors
    /// `Unknown` when the organisation has no directory; `Store`. A platform's trouble ends the pass as `Failed`.
    pub async fn sync_directory(
        &self,
        org: &OrgId,
        how: &Sync,
        stop: &CancellationToken,
    ) -> Result<SyncRun, LoginError> {
        let instance = self.directory_of(org).await?.ok_or(LoginError::Unknown)?;
        let (Some(connector), Some(turn)) = (instance.connector.clone(), self.roster_turn(&instance)) else {
            return Err(LoginError::Unknown);
        };
        let run = self.begin_pass(org, how.dry).await?;
        let now = self.clock.now();
        if !self.hold_pass(&run, now).await? {
            return Ok(run);
        }
        let run = SyncRun { node: self.node.to_string(), ..run };
        let pace = Pace::new(&self.clock);
        let mut pass =
            Pass { login: self, connector: connector.as_ref(), turn, practice: instance.row.practice, run, pace };
        pass.walk(how, stop).await?;
        Ok(pass.run)
    }

    /// The connector whose platform this organisation is, where it has a directory.
    pub(super) async fn directory_of(&self, org: &OrgId) -> Result<Option<Arc<Instance>>, LoginError> {
        let Some(connector) = self.store.org(org).await?.filter(|org| org.enabled).and_then(|org| org.connector_id)
        else {
            return Ok(None);
        };
        Ok(self.connectors.by_id(&connector).await?.filter(|instance| instance.is_usable()))
    }

    /// What a connector is given to read its directory: more patience and room than a sign-in has.
    pub(super) fn roster_turn(&self, instance: &Instance) -> Option<RosterTurn> {
        Some(RosterTurn {
            connector: instance.row.id.clone(),
            outbound: self.connectors.roster_outbound(instance.row.practice)?,
            now: self.clock.now(),
            tokens: self.app_tokens(instance.row.practice),
        })
    }

    async fn begin_pass(&self, org: &OrgId, dry: bool) -> Result<SyncRun, LoginError> {
        let now = self.clock.now();
        let run = SyncRun {
            id: self.random.ulid(now),
            org_id: org.clone(),
            number: 0,
            dry,
            state: SyncState::Running,
            started_at: now,
            updated_at: now,
            ended_at: None,
            pages: 0,
            next: None,
            added: 0,
            changed: 0,
            gone: 0,
            departments: 0,
            failed: Vec::new(),
            examples: Vec::new(),
            node: self.node.to_string(),
            leased_until: now + LEASE,
        };
        let begun = self.store.write(move |tx| {
            let run = run.clone();
            Box::pin(async move { tx.begin_sync(&run).await })
        });
        Ok(begun.await?)
    }

    async fn hold_pass(&self, run: &SyncRun, now: Seconds) -> Result<bool, LoginError> {
        let (id, node) = (run.id.clone(), Arc::clone(&self.node));
        let held = self.store.write(move |tx| {
            let (id, node) = (id.clone(), Arc::clone(&node));
            Box::pin(async move { tx.lease_sync(&id, &node, now, now + LEASE).await })
        });
        Ok(held.await?)
    }
}

impl Pass<'_> {
    async fn walk(&mut self, how: &Sync, stop: &CancellationToken) -> Result<(), LoginError> {
        while !stop.is_cancelled() {
            let Some(asked) = self.next().await? else { return self.finish(how).await };
            self.turn.now = self.login.clock.now();
            let (connector, turn, pace) = (self.connector, &self.turn, &mut self.pace);
            let answer = pace
                .ask(|| {
                    let reading = connector.roster(turn, asked.wanted.clone());
                    async move {
                        match reading {
                            Some(reading) => reading.await,
                            None => Err(crate::connectors::Trouble::Misconfigured("it has no directory".to_owned())),
                        }
                    }
                })
                .await;
            match answer {
                Ok(roster) => {
                    if !self.take(&asked, roster).await? {
                        return Ok(());
                    }
                }
                Err(trouble) => {
                    self.run.failed.push(trouble.to_string());
                    return self.end(SyncState::Failed).await;
                }
            }
        }
        Ok(())
    }

    /// The next question; `None` when there is none left.
    async fn next(&self) -> Result<Option<Asked>, LoginError> {
        if self.run.pages == 0 {
            return Ok(Some(Asked { wanted: Wanted::Roots, step: None }));
        }
        if let Some((id, cursor)) = self.run.next.as_deref().and_then(|next| next.split_once(MARK)) {
            let wanted = Wanted::PeopleIn { department: id.to_owned(), cursor: Some(cursor.to_owned()) };
            return Ok(Some(Asked { wanted, step: Some((SyncStep::PeopleIn, id.to_owned())) }));
        }
        let queued = self.login.store.queued_sync(&self.run.id).await?;
        Ok(queued.map(|(step, id)| {
            let wanted = match step {
                SyncStep::Under => Wanted::Under(id.clone()),
                SyncStep::Single => Wanted::Person(id.clone()),
                SyncStep::PeopleIn => Wanted::PeopleIn { department: id.clone(), cursor: None },
            };
            Asked { wanted, step: Some((step, id)) }
        }))
    }

    /// Takes an answer in transactions of a bearable size; the last of them settles the question. `false`: the pass
    /// is another node's by now.
    async fn take(&mut self, asked: &Asked, roster: Roster) -> Result<bool, LoginError> {
        let (is_tree, next) = (!roster.whole_tree, roster.next.clone());
        let found: Vec<String> = roster.departments.iter().map(|department| department.id.clone()).collect();
        let mut departments: Vec<_> = roster.departments.into_iter().map(department).collect();
        let practice = self.practice;
        let mut people: Vec<RosterRow> = roster.people.into_iter().map(|p| person(p, practice)).collect();
        let here = self.run.next.clone();
        while people.len() + departments.len() > CHUNK {
            let part = departments.len().min(CHUNK);
            let departments = departments.drain(..part).collect();
            let part = people.len().min(CHUNK - part);
            let people = people.drain(..part).collect();
            let page = SyncPage { departments, people, next: here.clone(), failed: Vec::new() };
            if !self.write(page, Settled::default()).await? {
                return Ok(false);
            }
        }
        let id = asked.step.as_ref().map(|(_, id)| id.clone()).unwrap_or_default();
        let next = next.map(|cursor| format!("{id}{MARK}{cursor}"));
        // Mid-department the question stands: a node that takes over asks for the same page.
        let done = if next.is_some() { None } else { asked.step.clone() };
        let settled = Settled { done, found, is_tree, singles: roster.singles };
        let page = SyncPage { departments, people, next, failed: roster.failed };
        self.write(page, settled).await
    }

    async fn write(&mut self, page: SyncPage, settled: Settled) -> Result<bool, LoginError> {
        let (run, now) = (self.run.clone(), self.login.clock.now());
        let (page, settled) = (Arc::new(page), Arc::new(settled));
        let taken = self.login.store.write(move |tx| {
            let (run, page, settled) = (run.clone(), Arc::clone(&page), Arc::clone(&settled));
            Box::pin(async move {
                let after = tx.take_page(&run, &page, now, now + LEASE).await?;
                if after.is_some() {
                    if settled.is_tree {
                        tx.queue_sync(&run.id, SyncStep::Under, &settled.found).await?;
                    }
                    tx.queue_sync(&run.id, SyncStep::PeopleIn, &settled.found).await?;
                    tx.queue_sync(&run.id, SyncStep::Single, &settled.singles).await?;
                    if let Some((step, id)) = &settled.done {
                        tx.unqueue_sync(&run.id, *step, id).await?;
                    }
                }
                Ok(after)
            })
        });
        match taken.await? {
            Some(after) => {
                self.run = after;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Nobody is removed after a pass that missed something, nor when too many would be.
    async fn finish(&mut self, how: &Sync) -> Result<(), LoginError> {
        let vanishing = self.login.store.vanishing(&self.run).await?;
        self.run.gone = vanishing.people;
        let room = usize::try_from(vanishing.people).unwrap_or_default().min(50);
        let names = self.login.store.vanishing_people(&self.run, i64::try_from(room).unwrap_or_default()).await?;
        self.run.examples.extend(names);
        self.run.examples.truncate(100);
        if !self.run.failed.is_empty() {
            self.run.gone = 0;
            return self.end(SyncState::Incomplete).await;
        }
        if self.run.dry {
            return self.end(SyncState::Done).await;
        }
        let most = FEW.max(vanishing.of_people * SHARE / 100);
        let most_departments = FEW.max(vanishing.of_departments * SHARE / 100);
        let many = vanishing.people > most || vanishing.departments > most_departments;
        if many && !how.accept_removals {
            return self.end(SyncState::Held).await;
        }
        loop {
            let (run, now) = (self.run.clone(), self.login.clock.now());
            let gone = self.login.store.write(move |tx| {
                let run = run.clone();
                Box::pin(async move { tx.drop_vanished(&run, LEAVERS, now).await })
            });
            if gone.await? == 0 {
                return self.end(SyncState::Done).await;
            }
        }
    }

    async fn end(&mut self, state: SyncState) -> Result<(), LoginError> {
        let (run, now) = (self.run.clone(), self.login.clock.now());
        let ended = self.login.store.write(move |tx| {
            let run = run.clone();
            Box::pin(async move { tx.end_sync(&run, state, now).await })
        });
        if ended.await? {
            (self.run.state, self.run.ended_at) = (state, Some(now));
            let SyncRun { org_id, added, changed, gone, .. } = &self.run;
            tracing::info!(org = org_id.as_str(), state = state.name(), added, changed, gone, "a directory was read");
        }
        Ok(())
    }
}

/// What the last transaction of an answer writes besides its rows.
#[derive(Default)]
struct Settled {
    done: Option<(SyncStep, String)>,
    found: Vec<String>,
    is_tree: bool,
    singles: Vec<String>,
}
