//! What a pass over a directory still has to ask for, and what changed between
//! passes: rows, so that a pass needs no memory and another node can go on.

use super::row::{Statement, statement};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::OrgId;

/// How many ids one statement queues.
const WIDTH: usize = 20;

/// Their places in it.
macro_rules! ids {
    () => {
        "(CAST($4 AS TEXT)), ($5), ($6), ($7), ($8), ($9), ($10), ($11), ($12), ($13),
        ($14), ($15), ($16), ($17), ($18), ($19), ($20), ($21), ($22), ($23)"
    };
}

/// A question a pass still has to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncStep {
    /// Where the directory begins.
    Roots,
    /// A department that stands at the top of what can be seen, by id.
    Branch,
    /// What is under a department.
    Under,
    /// One person by id.
    Single,
    /// The people in a department.
    PeopleIn,
}

impl SyncStep {
    /// In this order: the tree first, so that people find their departments.
    const ALL: [Self; 5] = [Self::Roots, Self::Branch, Self::Under, Self::Single, Self::PeopleIn];

    const fn name(self) -> &'static str {
        match self {
            Self::Roots => "todo_roots",
            Self::Branch => "todo_branch",
            Self::Under => "todo_under",
            Self::Single => "todo_single",
            Self::PeopleIn => "todo_people",
        }
    }

    /// The mark that it was queued once in this pass: a circle of departments ends there.
    const fn mark(self) -> &'static str {
        match self {
            Self::Roots => "was_roots",
            Self::Branch => "was_branch",
            Self::Under => "was_under",
            Self::Single => "was_single",
            Self::PeopleIn => "was_people",
        }
    }
}

/// Something that changed over there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryChange {
    /// Whose directory.
    pub org_id: OrgId,
    /// A department, else a person.
    pub is_department: bool,
    /// The platform's own id.
    pub id: String,
    /// From when on it may be read again.
    pub due_at: Seconds,
    /// How often that failed.
    pub tries: i64,
}

impl DirectoryChange {
    const fn kind(&self) -> &'static str {
        if self.is_department { "department" } else { "person" }
    }
}

impl Store {
    /// The next question of a pass; `None` when all are asked.
    ///
    /// # Errors
    /// `Down`.
    pub async fn queued_sync(&self, run: &str) -> Result<Option<(SyncStep, String)>> {
        for step in SyncStep::ALL {
            let select = statement("SELECT id FROM sync_seen WHERE run_id = $1 AND kind = $2 ORDER BY id LIMIT 1");
            if let Some(mut row) = self.one(select.bind(run).bind(step.name())).await? {
                return Ok(Some((step, row.text()?)));
            }
        }
        Ok(None)
    }

    /// Changes that may be read again at `now`, at most `limit`: one of each organisation, then the next of each, so
    /// that nobody waits for another's. Within an organisation the longest due first.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn directory_changes_due(&self, now: Seconds, limit: i64) -> Result<Vec<DirectoryChange>> {
        let select = statement(
            "SELECT org_id, kind, id, due_at, tries FROM (SELECT org_id, kind, id, due_at, tries,
            ROW_NUMBER() OVER (PARTITION BY org_id ORDER BY due_at, kind, id) AS place
            FROM directory_changes WHERE due_at <= $1) AS due ORDER BY place, due_at, org_id LIMIT $2",
        );
        self.all(select.bind(now).bind(limit), |row| {
            Ok(DirectoryChange {
                org_id: OrgId::new(row.text()?),
                is_department: row.text()? == "department",
                id: row.text()?,
                due_at: row.number()?,
                tries: row.number()?,
            })
        })
        .await
    }
}

impl Tx {
    /// Queues questions of a pass, each at most once in the whole pass.
    ///
    /// # Errors
    /// `Conflict("reference")` when the pass is gone, `Down`.
    pub async fn queue_sync(&mut self, run: &str, step: SyncStep, ids: &[String]) -> Result<()> {
        for some in ids.chunks(WIDTH) {
            // Short lists are filled up with what is in them: one text serves all lengths.
            let filled = || some.iter().chain(std::iter::repeat(&some[0])).take(WIDTH).map(String::as_str);
            let put = statement(concat!(
                "INSERT INTO sync_seen (run_id, kind, id) SELECT $1, $2, asked.column1 FROM (VALUES ",
                ids!(),
                ") AS asked WHERE NOT EXISTS (SELECT 1 FROM sync_seen AS was WHERE was.run_id = $1 AND was.kind = $3
                AND was.id = asked.column1) ON CONFLICT DO NOTHING"
            ));
            let mark = statement(concat!(
                "INSERT INTO sync_seen (run_id, kind, id) SELECT $1, $3, asked.column1 FROM (VALUES ",
                ids!(),
                ") AS asked WHERE $2 <> '' ON CONFLICT DO NOTHING"
            ));
            for statement in [put, mark] {
                let bound = statement.bind(run).bind(step.name()).bind(step.mark());
                self.run(filled().fold(bound, Statement::bind)).await?;
            }
        }
        Ok(())
    }

    /// A question was answered; `false` when it was not queued.
    ///
    /// # Errors
    /// `Down`.
    pub async fn unqueue_sync(&mut self, run: &str, step: SyncStep, id: &str) -> Result<bool> {
        let delete = statement("DELETE FROM sync_seen WHERE run_id = $1 AND kind = $2 AND id = $3");
        self.changed(delete.bind(run).bind(step.name()).bind(id)).await
    }

    /// Notes that something changed; said twice before it is read, it is read once.
    ///
    /// # Errors
    /// `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn note_directory_change(&mut self, change: &DirectoryChange) -> Result<()> {
        let put = statement(
            "INSERT INTO directory_changes (org_id, kind, id, due_at, tries) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (org_id, kind, id) DO UPDATE SET due_at = excluded.due_at, tries = excluded.tries",
        );
        let put = put.bind(change.org_id.as_str()).bind(change.kind()).bind(&change.id);
        self.run(put.bind(change.due_at).bind(change.tries)).await.map(|_| ())
    }

    /// A change was read as it stood in `change`; `false` when it was told again meanwhile.
    ///
    /// # Errors
    /// `Down`.
    pub async fn drop_directory_change(&mut self, change: &DirectoryChange) -> Result<bool> {
        let delete =
            statement("DELETE FROM directory_changes WHERE org_id = $1 AND kind = $2 AND id = $3 AND due_at = $4");
        let delete = delete.bind(change.org_id.as_str()).bind(change.kind()).bind(&change.id);
        self.changed(delete.bind(change.due_at)).await
    }

    /// A change could not be read as it stood in `seen`: it is as in `again` now; `false` when it was told anew meanwhile.
    ///
    /// # Errors
    /// `Down`.
    pub async fn put_off_directory_change(&mut self, seen: &DirectoryChange, again: &DirectoryChange) -> Result<bool> {
        let update = statement(
            "UPDATE directory_changes SET due_at = $5, tries = $6
            WHERE org_id = $1 AND kind = $2 AND id = $3 AND due_at = $4",
        );
        let update = update.bind(seen.org_id.as_str()).bind(seen.kind()).bind(&seen.id).bind(seen.due_at);
        self.changed(update.bind(again.due_at).bind(again.tries)).await
    }

    /// Nothing of an organisation that is due at `now` is read before `until`; how many changes wait.
    ///
    /// # Errors
    /// `Down`.
    pub async fn put_off_directory_changes(&mut self, org: &OrgId, now: Seconds, until: Seconds) -> Result<u64> {
        let update = statement("UPDATE directory_changes SET due_at = $3 WHERE org_id = $1 AND due_at <= $2");
        self.run(update.bind(org.as_str()).bind(now).bind(until)).await
    }
}
