//! When directories are read by themselves: what changed at once, the whole once a day, or once an hour where the
//! platform tells nothing, or as often as the organisation says; passes whose node died as soon as that shows.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use super::Sync;
use crate::base::clock::Seconds;
use crate::base::id::OrgId;
use crate::login::{Login, LoginError};
use crate::store::orgs::Org;
use crate::store::sync_runs::SyncState;

/// How often changes are looked for.
const CHANGES: Duration = Duration::from_secs(1);
/// How often a pass is looked for that is due or was left.
const PASSES: Duration = Duration::from_mins(1);
/// Between two passes where the platform tells what changes, in seconds: they find what was lost on the way.
const TOLD: Seconds = 86_400;
/// The same where it does not: they are how a leaver is found out.
const UNTOLD: Seconds = 3_600;
/// The same after a pass that failed.
const AGAIN: Seconds = 3_600;
/// Passes of one node at a time.
const AT_ONCE: usize = 4;
/// Organisations looked at in one go.
const PAGE: i64 = 100;

impl Login {
    /// Reads directories until `stop`. Every node may run it: passes and changes are leased.
    pub async fn keep_directories(&self, stop: &CancellationToken) {
        tokio::join!(self.keep_changes(stop), self.keep_passes(stop));
    }

    async fn keep_changes(&self, stop: &CancellationToken) {
        let mut tick = tokio::time::interval(CHANGES);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            if let Err(error) = self.read_changes().await {
                tracing::warn!(%error, "changes of directories have to wait");
            }
        }
    }

    /// Several at a time, so that a company of many thousands keeps no other waiting.
    async fn keep_passes(&self, stop: &CancellationToken) {
        let mut tick = tokio::time::interval(PASSES);
        let (mut passes, mut under_way) = (FuturesUnordered::new(), Vec::<OrgId>::new());
        let mut waiting = Vec::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(read) = passes.next(), if !passes.is_empty() => under_way.retain(|org| *org != read),
                _ = tick.tick() => match self.passes_due().await {
                    Ok(due) => waiting = due,
                    Err(error) => tracing::warn!(%error, "directories have to wait"),
                },
            }
            waiting.retain(|org| !under_way.contains(org));
            let room = AT_ONCE.saturating_sub(under_way.len()).min(waiting.len());
            for org in waiting.drain(..room) {
                under_way.push(org.clone());
                passes.push(self.pass_of(org, stop));
            }
        }
        // Each stops before its next question; what it has got is kept.
        while passes.next().await.is_some() {}
    }

    async fn pass_of(&self, org: OrgId, stop: &CancellationToken) -> OrgId {
        if let Err(error) = self.sync_directory(&org, &Sync::default(), stop).await {
            tracing::warn!(org = org.as_str(), %error, "a directory could not be read");
        }
        org
    }

    /// Organisations whose directory was left in the middle of a pass, or not read for as long as it may be.
    ///
    /// # Errors
    /// `Store`.
    pub async fn passes_due(&self) -> Result<Vec<OrgId>, LoginError> {
        let now = self.clock.now();
        let left = self.store.abandoned_syncs(now).await?;
        let mut due: Vec<OrgId> = left.into_iter().filter(|run| !run.dry).map(|run| run.org_id).collect();
        let mut after = None;
        loop {
            let page = self.store.orgs(after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(due) };
            after = Some(last.id.clone());
            for org in page.iter().filter(|org| org.enabled && org.connector_id.is_some()) {
                if self.is_due(org, now).await? && !due.contains(&org.id) {
                    due.push(org.id.clone());
                }
            }
        }
    }

    async fn is_due(&self, org: &Org, now: Seconds) -> Result<bool, LoginError> {
        let Some(instance) = self.directory_of(&org.id).await? else { return Ok(false) };
        let (Some(connector), Some(turn)) = (&instance.connector, self.roster_turn(&instance)) else {
            return Ok(false);
        };
        if connector.roster(&turn, crate::connectors::directory::Wanted::Roots).is_none() {
            return Ok(false);
        }
        let runs = self.store.sync_runs(&org.id, 20).await?;
        let Some(last) = runs.iter().find(|run| !run.dry) else { return Ok(true) };
        let usual = if connector.tells_changes() { TOLD } else { UNTOLD };
        let every = org.sync_every.unwrap_or(usual);
        let pause = if last.state == SyncState::Failed { AGAIN.min(every) } else { every };
        Ok(last.state != SyncState::Running && last.updated_at + pause <= now)
    }
}
