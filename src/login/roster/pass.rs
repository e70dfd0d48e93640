//! One pass over a directory. Each answer of the platform is taken in one
//! transaction together with what is still to be asked: a node that dies leaves
//! a pass that another takes up, and no list of people is ever held in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::pace::Pace;
use super::take::{department, odd, person};
use crate::base::clock::Seconds;
use crate::base::id::OrgId;
use crate::connectors::directory::{Roster, RosterTurn, Wanted};
use crate::connectors::{Connector, Trouble};
use crate::login::connectors::Instance;
use crate::login::{Login, LoginError};
use crate::store::audit::AuditEntry;
use crate::store::departments::Department;
use crate::store::roster::RosterRow;
use crate::store::sync_pages::SyncPage;
use crate::store::sync_queue::SyncStep;
use crate::store::sync_runs::{SyncRun, SyncState};

/// How long a node that fell silent keeps a pass from the others, in seconds.
const LEASE: Seconds = 90;
/// What one question or one pause takes at most, and some more, in seconds: the lease has to be longer.
const LONGEST: Seconds = 75;
/// Rows of one transaction.
const CHUNK: usize = 400;
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
pub(super) struct Pass<'a> {
    pub(super) login: &'a Login,
    connector: &'a dyn Connector,
    turn: RosterTurn,
    pub(super) practice: bool,
    pub(super) run: SyncRun,
    pace: Pace,
}

/// What was asked, and what its answer settles.
struct Asked {
    wanted: Wanted,
    step: SyncStep,
    /// Of a department or a person.
    id: String,
}

/// What the platform said to a question, or why it says nothing.
pub(super) type Answer = Result<Roster, Trouble>;

impl Login {
    /// Reads an organisation's directory as a whole, or goes on with a pass that was left; how it stands then.
    /// Stopped by `stop`, it is left for whoever comes next. One of the other sort (dry, real) is answered as it stands;
    /// only a dry one that was left is given up for a real one.
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
        if !self.hold_pass(&run, self.clock.now()).await? {
            return Ok(run);
        }
        let run = SyncRun { node: self.node.to_string(), ..run };
        let pace = Pace::new(&self.store, &self.clock, &instance);
        let mut pass =
            Pass { login: self, connector: connector.as_ref(), turn, practice: instance.row.practice, run, pace };
        if pass.run.dry != how.dry {
            // A dry pass must not remove, and a real one must not be taken for one that only counts.
            if !pass.run.dry {
                return Ok(pass.run);
            }
            pass.end(SyncState::Failed).await?;
            return Box::pin(self.sync_directory(org, how, stop)).await;
        }
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
            odd: Vec::new(),
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
            let Some(asked) = self.next().await? else { return self.finish(how, stop).await };
            match self.ask(&asked.wanted).await? {
                Some(Ok(roster)) => {
                    if !self.take(&asked, roster).await? {
                        return Ok(());
                    }
                }
                Some(Err(trouble)) => {
                    self.run.failed.push(trouble.to_string());
                    return self.end(SyncState::Failed).await;
                }
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Asks until there is an answer, or a trouble that waiting does not mend. `None`: the pass is another node's by now.
    pub(super) async fn ask(&mut self, wanted: &Wanted) -> Result<Option<Answer>, LoginError> {
        let mut tries = 0;
        loop {
            if !self.keep().await? {
                return Ok(None);
            }
            self.pace.turn().await?;
            self.turn.now = self.login.clock.now();
            let answer = match self.connector.roster(&self.turn, wanted.clone()) {
                Some(reading) => reading.await,
                None => Err(Trouble::Misconfigured("it has no directory".to_owned())),
            };
            let pause = answer.as_ref().err().and_then(|trouble| self.pace.pause(trouble, tries));
            let Some(pause) = pause else { return Ok(Some(answer)) };
            if !self.keep().await? {
                return Ok(None);
            }
            self.login.clock.sleep(pause).await;
            tries += 1;
        }
    }

    /// Keeps the pass from the others for as long as one question or one pause may take; `false` when it is another's.
    async fn keep(&mut self) -> Result<bool, LoginError> {
        let now = self.login.clock.now();
        if self.run.leased_until >= now + LONGEST {
            return Ok(true);
        }
        let held = self.login.hold_pass(&self.run, now).await?;
        if held {
            self.run.leased_until = now + LEASE;
        }
        Ok(held)
    }

    /// The next question; `None` when there is none left.
    async fn next(&self) -> Result<Option<Asked>, LoginError> {
        if let Some((id, cursor)) = self.run.next.as_deref().and_then(|next| next.split_once(MARK)) {
            let wanted = Wanted::PeopleIn { department: id.to_owned(), cursor: Some(cursor.to_owned()) };
            return Ok(Some(Asked { wanted, step: SyncStep::PeopleIn, id: id.to_owned() }));
        }
        let queued = self.login.store.queued_sync(&self.run.id).await?;
        Ok(queued.map(|(step, id)| {
            let wanted = match step {
                SyncStep::Roots => Wanted::Roots,
                SyncStep::Branch => Wanted::Department(id.clone()),
                SyncStep::Under => Wanted::Under(id.clone()),
                SyncStep::Single => Wanted::Person(id.clone()),
                SyncStep::PeopleIn => Wanted::PeopleIn { department: id.clone(), cursor: None },
            };
            Asked { wanted, step, id }
        }))
    }

    /// Takes an answer in transactions of a bearable size; the last of them settles the question, so that a pass left
    /// in between asks it again. `false`: the pass is another node's by now.
    async fn take(&mut self, asked: &Asked, mut roster: Roster) -> Result<bool, LoginError> {
        if asked.step == SyncStep::Branch {
            // What is above a visible branch can't be seen: the branch stands at the top.
            roster.departments.iter_mut().for_each(|branch| branch.parent = None);
            roster.failed.extend(roster.gone.iter().map(|id| format!("{id}: in the scope, and not there")));
        }
        let next = roster.next.take().map(|cursor| format!("{}{MARK}{cursor}", asked.id));
        let failed = std::mem::take(&mut roster.failed);
        let kept = std::mem::take(&mut roster.odd).into_iter().map(|record| odd(record, self.practice));
        let kept = kept.collect::<Vec<_>>();
        let mut rest = Rest::of(roster, self.practice);
        loop {
            let (mut page, mut settled) = rest.part();
            let is_last = rest.is_empty();
            if is_last {
                (page.next, page.failed, page.odd) = (next.clone(), failed.clone(), kept.clone());
                // Mid-department the question stands: a node that takes over asks for the same page.
                settled.done = next.is_none().then(|| (asked.step, asked.id.clone()));
            } else {
                page.next.clone_from(&self.run.next);
            }
            if !self.write(page, settled).await? {
                return Ok(false);
            }
            if is_last {
                return Ok(true);
            }
        }
    }

    pub(super) async fn write(&mut self, page: SyncPage, settled: Settled) -> Result<bool, LoginError> {
        let (run, now) = (self.run.clone(), self.login.clock.now());
        let entries = self.login.entries_of(&run.org_id, &page.people);
        let (page, settled) = (Arc::new(SyncPage { entries, ..page }), Arc::new(settled));
        let taken = self.login.store.write(move |tx| {
            let (run, page, settled) = (run.clone(), Arc::clone(&page), Arc::clone(&settled));
            Box::pin(async move {
                let after = tx.take_page(&run, &page, now, now + LEASE).await?;
                if after.is_some() {
                    for (step, ids) in &settled.queue {
                        tx.queue_sync(&run.id, *step, ids).await?;
                    }
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

    pub(super) async fn end(&mut self, state: SyncState) -> Result<(), LoginError> {
        let (run, now) = (self.run.clone(), self.login.clock.now());
        let SyncRun { number, dry, added, changed, gone, .. } = run;
        let told = json!({ "number": number, "dry": dry, "added": added, "changed": changed, "gone": gone,
            "quarantined": run.odd });
        let entry = self.login.directory_entry(&run.org_id, "directory.read", &told);
        let entry = AuditEntry { outcome: state.name().to_owned(), ..entry };
        let ended = self.login.store.write(move |tx| {
            let (run, entry) = (run.clone(), entry.clone());
            Box::pin(async move {
                let ended = tx.end_sync(&run, state, now).await?;
                if ended {
                    tx.audit(&entry).await?;
                }
                Ok(ended)
            })
        });
        if !ended.await? {
            return Ok(());
        }
        metrics::counter!("hufu_directory_reads_total", "outcome" => state.name()).increment(1);
        (self.run.state, self.run.ended_at) = (state, Some(now));
        let (org, state, why) = (self.run.org_id.as_str(), state.name(), self.run.failed.first());
        if self.run.state == SyncState::Done {
            tracing::info!(org, state, dry, added, changed, gone, "a directory was read");
        } else {
            tracing::warn!(org, state, dry, gone, why, "a directory was read, and nobody was removed: look at it");
        }
        Ok(())
    }
}

/// What the transaction of a page writes besides its rows.
#[derive(Default)]
pub(super) struct Settled {
    done: Option<(SyncStep, String)>,
    queue: Vec<(SyncStep, Vec<String>)>,
}

/// What of an answer is still to be taken.
struct Rest {
    departments: VecDeque<Department>,
    people: VecDeque<RosterRow>,
    singles: VecDeque<String>,
    branches: VecDeque<String>,
    is_tree: bool,
}

impl Rest {
    fn of(roster: Roster, practice: bool) -> Self {
        Self {
            departments: roster.departments.into_iter().map(department).collect(),
            people: roster.people.into_iter().map(|found| person(found, practice)).collect(),
            singles: roster.singles.into(),
            branches: roster.branches.into(),
            is_tree: !roster.whole_tree,
        }
    }

    fn is_empty(&self) -> bool {
        self.departments.len() + self.people.len() + self.singles.len() + self.branches.len() == 0
    }

    /// The next so many rows, with what is to be asked because of them.
    fn part(&mut self) -> (SyncPage, Settled) {
        let mut room = CHUNK;
        let departments = some(&mut self.departments, &mut room);
        let page = SyncPage { departments, people: some(&mut self.people, &mut room), ..SyncPage::default() };
        let found: Vec<String> = page.departments.iter().map(|department| department.id.clone()).collect();
        let under = if self.is_tree { found.clone() } else { Vec::new() };
        let queue = vec![
            (SyncStep::Under, under),
            (SyncStep::PeopleIn, found),
            (SyncStep::Single, some(&mut self.singles, &mut room)),
            (SyncStep::Branch, some(&mut self.branches, &mut room)),
        ];
        (page, Settled { done: None, queue })
    }
}

fn some<T>(from: &mut VecDeque<T>, room: &mut usize) -> Vec<T> {
    let part = from.len().min(*room);
    *room -= part;
    from.drain(..part).collect()
}
