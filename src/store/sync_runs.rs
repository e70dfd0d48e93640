//! Passes over a platform's directory: who runs one, how far it is, what it
//! changed. A pass is taken up where it stood by whichever node is left.

use serde::{Deserialize, Serialize};

use super::row::{Row, listed, statement};
use super::sync_queue::SyncStep;
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::OrgId;

/// How a pass stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Pages are still to come; there is at most one such pass an organisation.
    Running,
    /// Everything was read, and who was not seen is gone.
    Done,
    /// Parts could not be read: nobody was removed.
    Incomplete,
    /// More would have vanished than the threshold allows: nobody was removed.
    Held,
    /// It was stopped, or the platform refused.
    Failed,
}

impl SyncState {
    const ALL: [Self; 5] = [Self::Running, Self::Done, Self::Incomplete, Self::Held, Self::Failed];

    /// The word in the row.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Incomplete => "incomplete",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }

    fn named(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| Error::Corrupt("a sync run".to_owned()))
    }
}

/// One difference, for people to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `new`, `changed` or `gone`.
    pub change: String,
    /// The platform's own id.
    pub id: String,
    /// The person's name.
    pub name: String,
}

/// A pass over a directory.
#[derive(Clone, Debug)]
pub struct SyncRun {
    /// ULID.
    pub id: String,
    /// Whose directory.
    pub org_id: OrgId,
    /// Grows within an organisation; what carries a smaller one was not seen by this pass.
    pub number: i64,
    /// Changes nothing, only counts.
    pub dry: bool,
    /// How it stands.
    pub state: SyncState,
    /// Since when.
    pub started_at: Seconds,
    /// When the last page was taken.
    pub updated_at: Seconds,
    /// When it ended.
    pub ended_at: Option<Seconds>,
    /// Pages taken.
    pub pages: i64,
    /// What asks for the next page; `None` before the first and after the last.
    pub next: Option<String>,
    /// People new to the directory.
    pub added: i64,
    /// People something changed of.
    pub changed: i64,
    /// People who were not seen: removed, or that would be (dry).
    pub gone: i64,
    /// Departments that are new or changed.
    pub departments: i64,
    /// What could not be read, at most 20 sentences.
    pub failed: Vec<String>,
    /// Records that could not be used, at most 20 sentences: who has one stays.
    pub odd: Vec<String>,
    /// At most 100 differences.
    pub examples: Vec<Difference>,
    /// The node that runs it.
    pub node: String,
    /// Until when nobody else may take it up.
    pub leased_until: Seconds,
}

macro_rules! columns {
    () => {
        listed!(""; "id", "org_id", "number", "dry", "state", "started_at", "updated_at", "ended_at", "pages", "next",
            "added", "changed", "gone", "departments", "failed", "odd", "examples", "node", "leased_until")
    };
}

impl Store {
    /// The pass with this id.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn sync_run(&self, id: &str) -> Result<Option<SyncRun>> {
        let select = statement(concat!("SELECT ", columns!(), " FROM sync_runs WHERE id = $1"));
        self.one(select.bind(id)).await?.map(|mut row| read(&mut row)).transpose()
    }

    /// The last passes over an organisation's directory, newest first, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn sync_runs(&self, org: &OrgId, limit: i64) -> Result<Vec<SyncRun>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM sync_runs WHERE org_id = $1 ORDER BY number DESC LIMIT $2"
        ));
        self.all(select.bind(org.as_str()).bind(limit), read).await
    }

    /// Passes that nobody works on at `now`: their node died.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn abandoned_syncs(&self, now: Seconds) -> Result<Vec<SyncRun>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM sync_runs WHERE state = 'running' AND leased_until <= $1 ORDER BY id LIMIT 100"
        ));
        self.all(select.bind(now), read).await
    }
}

fn read(row: &mut Row) -> Result<SyncRun> {
    Ok(SyncRun {
        id: row.text()?,
        org_id: OrgId::new(row.text()?),
        number: row.number()?,
        dry: row.flag()?,
        state: SyncState::named(&row.text()?)?,
        started_at: row.number()?,
        updated_at: row.number()?,
        ended_at: row.maybe_number()?,
        pages: row.number()?,
        next: row.maybe_text()?,
        added: row.number()?,
        changed: row.number()?,
        gone: row.number()?,
        departments: row.number()?,
        failed: row.json("what a sync could not read")?,
        odd: row.json("odd records of a sync")?,
        examples: row.json("differences of a sync")?,
        node: row.text()?,
        leased_until: row.number()?,
    })
}

impl Tx {
    /// Begins a pass at `run.started_at` with its first question queued, unless one is running: then answers that one.
    /// The number is found here.
    ///
    /// # Errors
    /// `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn begin_sync(&mut self, run: &SyncRun) -> Result<SyncRun> {
        let insert = statement(
            "INSERT INTO sync_runs (id, org_id, number, dry, state, started_at, updated_at, pages, added, changed, gone,
            departments, failed, examples, node, leased_until)
            SELECT $1, $2, CAST(COALESCE(MAX(number), 0) + 1 AS BIGINT), $3, 'running', $4, $4, 0, 0, 0, 0, 0,
            '[]', '[]', $5, $6 FROM sync_runs WHERE org_id = $2 ON CONFLICT DO NOTHING",
        );
        let insert = insert
            .bind(&run.id)
            .bind(run.org_id.as_str())
            .bind(i64::from(run.dry))
            .bind(run.started_at)
            .bind(&run.node)
            .bind(run.leased_until);
        if self.changed(insert).await? {
            self.queue_sync(&run.id, SyncStep::Roots, &[String::new()]).await?;
        }
        let running =
            statement(concat!("SELECT ", columns!(), " FROM sync_runs WHERE org_id = $1 AND state = 'running'"));
        let row = self.one(running.bind(run.org_id.as_str())).await?;
        read(&mut row.ok_or(Error::Conflict("sync"))?)
    }

    /// Takes a pass up, or keeps it: while nobody else holds it. `false` when somebody does, or it ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn lease_sync(&mut self, id: &str, node: &str, now: Seconds, until: Seconds) -> Result<bool> {
        let update = statement(
            "UPDATE sync_runs SET node = $2, leased_until = $4
            WHERE id = $1 AND state = 'running' AND (node = $2 OR leased_until <= $3)",
        );
        self.changed(update.bind(id).bind(node).bind(now).bind(until)).await
    }

    /// Ends a pass of this node with what is to be told of it; `false` when it is not this node's any more.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_sync(&mut self, run: &SyncRun, state: SyncState, now: Seconds) -> Result<bool> {
        let update = statement(
            "UPDATE sync_runs SET state = $3, ended_at = $4, updated_at = $4, gone = $5, examples = $6, failed = $7
            WHERE id = $1 AND node = $2 AND state = 'running'",
        );
        let update = update
            .bind(&run.id)
            .bind(&run.node)
            .bind(state.name())
            .bind(now)
            .bind(run.gone)
            .bind(super::row::write_json(&run.examples))
            .bind(super::row::write_json(&run.failed));
        let ended = self.changed(update).await?;
        if ended {
            self.run(statement("DELETE FROM sync_seen WHERE run_id = $1").bind(&run.id)).await?;
        }
        Ok(ended)
    }
}
