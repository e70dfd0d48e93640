//! The end of a pass: who was not seen is asked for by name before anybody goes,
//! because somebody who is moved while the lists are read stands in none of them.

use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::pass::{Pass, Settled, Sync};
use super::take::{LEFT, department, odd, person};
use crate::connectors::Trouble;
use crate::connectors::directory::{Roster, Wanted};
use crate::login::LoginError;
use crate::store::sync_pages::SyncPage;
use crate::store::sync_runs::SyncState;
use crate::store::sync_vanished::{Vanished, Vanishing};

/// Removals of one transaction.
const LEAVERS: usize = 100;
/// So many may vanish whatever the share.
const FEW: i64 = 5;
/// The share that may vanish, in percent.
const SHARE: i64 = 10;
/// Sentences that are kept of those who could not be asked for.
const FAILURES: usize = 20;
/// Differences that are kept of those who go.
const NAMES: i64 = 50;

/// What the platform said of one that was not seen.
enum Word {
    Gone,
    /// There, or not ours to see: they stay.
    Stays,
    /// The pass ended, or is another node's by now.
    Over,
}

impl Pass<'_> {
    /// Nobody is removed after a pass that missed something or saw nobody, nor when too many would be.
    pub(super) async fn finish(&mut self, how: &Sync, stop: &CancellationToken) -> Result<(), LoginError> {
        let vanishing = self.login.store.vanishing(&self.run).await?;
        self.run.gone = vanishing.people + if self.run.dry { vanishing.unlisted } else { 0 };
        if !self.run.failed.is_empty() {
            self.run.gone = 0;
            return self.end(SyncState::Incomplete).await;
        }
        if self.run.dry {
            self.name_the_vanishing().await?;
            return self.end(SyncState::Done).await;
        }
        // Orphaned memberships are looked at one by one in any case: most are of people outside of what can be seen.
        if !how.accept_removals && (is_much(&vanishing) || saw_nobody(&vanishing)) {
            self.name_the_vanishing().await?;
            return self.end(SyncState::Held).await;
        }
        let mut unreadable = Vec::new();
        if !self.ask_for_each(how, stop, &mut unreadable).await? {
            return Ok(());
        }
        unreadable.truncate(FAILURES);
        self.run.failed = unreadable;
        let gone = self.login.store.gone(&self.run).await?;
        self.run.gone = gone.people;
        let gone = Vanishing { people: gone.people, departments: gone.departments, ..vanishing };
        self.name_the_vanishing().await?;
        if !how.accept_removals && is_much(&gone) {
            return self.end(SyncState::Held).await;
        }
        self.remove().await
    }

    async fn name_the_vanishing(&mut self) -> Result<(), LoginError> {
        let names = self.login.store.vanishing_people(&self.run, NAMES.min(self.run.gone)).await?;
        self.run.examples.extend(names);
        self.run.examples.truncate(100);
        Ok(())
    }

    /// Asks for everybody and every department that was not seen; `false` when this node has no more to do.
    async fn ask_for_each(
        &mut self,
        how: &Sync,
        stop: &CancellationToken,
        unreadable: &mut Vec<String>,
    ) -> Result<bool, LoginError> {
        let mut after = None;
        while let Some(one) = self.login.store.unasked(&self.run, after.as_ref()).await? {
            if stop.is_cancelled() {
                return Ok(false);
            }
            match self.word_on(&one, how, unreadable).await? {
                Word::Gone => {
                    let (run, gone) = (self.run.clone(), one.clone());
                    let noted = self.login.store.write(move |tx| {
                        let (run, gone) = (run.clone(), gone.clone());
                        Box::pin(async move { tx.note_gone(&run, &gone).await })
                    });
                    noted.await?;
                }
                Word::Stays => {}
                Word::Over => return Ok(false),
            }
            after = Some(one);
        }
        Ok(true)
    }

    async fn word_on(&mut self, one: &Vanished, how: &Sync, unreadable: &mut Vec<String>) -> Result<Word, LoginError> {
        let wanted = match one {
            Vanished::Person(id) => Wanted::Person(id.clone()),
            Vanished::Department(id) => Wanted::Department(id.clone()),
        };
        let roster = match self.ask(&wanted).await? {
            None => return Ok(Word::Over),
            Some(Ok(roster)) => roster,
            Some(Err(trouble @ (Trouble::TryLater { .. } | Trouble::Unreachable(_)))) => {
                self.run.failed.push(trouble.to_string());
                self.end(SyncState::Failed).await?;
                return Ok(Word::Over);
            }
            Some(Err(trouble)) => Roster { failed: vec![format!("{}: {trouble}", one.id())], ..Roster::default() },
        };
        if roster.gone.iter().any(|id| id == one.id()) {
            return Ok(Word::Gone);
        }
        // A record that can't be used is of somebody who is there.
        let is_there = !roster.people.is_empty() || !roster.departments.is_empty() || !roster.odd.is_empty();
        // What is not ours to see any more goes only by an administrator's word (upstreams/dingtalk.md §8).
        if !is_there && how.accept_removals {
            return Ok(Word::Gone);
        }
        let page = SyncPage {
            departments: roster.departments.into_iter().map(department).collect(),
            people: roster.people.into_iter().map(|found| person(found, self.practice)).collect(),
            odd: roster.odd.into_iter().map(|record| odd(record, self.practice)).collect(),
            ..SyncPage::default()
        };
        unreadable.extend(roster.failed.into_iter().filter(|_| !is_there));
        Ok(if self.write(page, Settled::default()).await? { Word::Stays } else { Word::Over })
    }

    async fn remove(&mut self) -> Result<(), LoginError> {
        loop {
            let (run, now) = (self.run.clone(), self.login.clock.now());
            let entry = |_| self.login.directory_entry(&run.org_id, LEFT, &json!({}));
            let entries: Arc<Vec<_>> = Arc::new((0..LEAVERS).map(entry).collect());
            let gone = self.login.store.write(move |tx| {
                let (run, entries) = (run.clone(), Arc::clone(&entries));
                Box::pin(async move { tx.drop_vanished(&run, &entries, now).await })
            });
            if gone.await? == 0 {
                return self.end(SyncState::Done).await;
            }
        }
    }
}

fn is_much(vanishing: &Vanishing) -> bool {
    let most = |of: i64| FEW.max(of * SHARE / 100);
    vanishing.people > most(vanishing.of_people) || vanishing.departments > most(vanishing.of_departments)
}

/// However small the company: an empty answer is rather damage than everybody's leaving.
fn saw_nobody(vanishing: &Vanishing) -> bool {
    vanishing.of_people > 0 && vanishing.people == vanishing.of_people
}
