//! Who and what a pass over a directory did not see: counted, asked for one by
//! one, and removed where the platform says that they are gone.

use super::audit::AuditEntry;
use super::row::statement;
use super::sync_runs::{Difference, SyncRun};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;

/// How much of a directory a pass did not see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vanishing {
    /// People of the directory who would go.
    pub people: i64,
    /// Of so many.
    pub of_people: i64,
    /// Members by sign-in whom the directory never listed: gone, or outside of what can be seen.
    pub unlisted: i64,
    /// Departments that would go.
    pub departments: i64,
    /// Of so many.
    pub of_departments: i64,
}

/// What the platform confirmed to be gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// People, listed or not.
    pub people: i64,
    /// Departments.
    pub departments: i64,
}

/// One that a pass did not see, by the platform's own id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vanished {
    /// Somebody.
    Person(String),
    /// A department.
    Department(String),
}

impl Vanished {
    /// The platform's own id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Person(id) | Self::Department(id) => id,
        }
    }

    const fn mark(&self) -> &'static str {
        match self {
            Self::Person(_) => "gone_person",
            Self::Department(_) => "gone_department",
        }
    }
}

/// Members of organisation $1, not by an administrator's word, whose id of the platform its directory does not have.
macro_rules! unlisted {
    ($what:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM members AS m WHERE m.org_id = $1 AND m.person IS NOT NULL AND m.source <> 'manual'
            AND NOT EXISTS (SELECT 1 FROM roster AS listed WHERE listed.org_id = $1 AND listed.id = m.person)"
        )
    };
}

/// What pass $3 (numbered $2), which writes nothing else, has not noted either.
macro_rules! unseen {
    ($kind:literal, $id:literal) => {
        concat!(
            " AND NOT EXISTS (SELECT 1 FROM sync_seen AS s WHERE s.run_id = $3 AND s.kind = '",
            $kind,
            "' AND s.id = ",
            $id,
            ")"
        )
    };
}

impl Store {
    /// How much of the directory this pass has not seen (yet).
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn vanishing(&self, run: &SyncRun) -> Result<Vanishing> {
        // A real pass notes nobody in `sync_seen` under these kinds: one text serves both.
        let select = statement(concat!(
            "SELECT CAST((SELECT COUNT(*) FROM roster AS r WHERE r.org_id = $1 AND r.seen < $2",
            unseen!("person", "r.id"),
            ") AS BIGINT), CAST((SELECT COUNT(*) FROM roster WHERE org_id = $1) AS BIGINT), CAST((",
            unlisted!("COUNT(*)"),
            unseen!("person", "m.person"),
            ") AS BIGINT), CAST((SELECT COUNT(*) FROM departments AS d WHERE d.org_id = $1 AND d.synced = 1
            AND d.seen < $2",
            unseen!("department", "d.id"),
            ") AS BIGINT), CAST((SELECT COUNT(*) FROM departments WHERE org_id = $1 AND synced = 1) AS BIGINT)",
        ));
        let row = self.one(select.bind(run.org_id.as_str()).bind(run.number).bind(&run.id)).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))?;
        Ok(Vanishing {
            people: row.number()?,
            of_people: row.number()?,
            unlisted: row.number()?,
            departments: row.number()?,
            of_departments: row.number()?,
        })
    }

    /// Some of the people a pass did not see, as differences: those that are confirmed to be gone go first.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn vanishing_people(&self, run: &SyncRun, limit: i64) -> Result<Vec<Difference>> {
        let confirmed = statement(
            "SELECT s.id, COALESCE(r.name, s.id) FROM sync_seen AS s
            LEFT JOIN roster AS r ON r.org_id = $2 AND r.id = s.id
            WHERE s.run_id = $1 AND s.kind = 'gone_person' ORDER BY s.id LIMIT $3",
        );
        let read = |row: &mut super::row::Row| {
            Ok(Difference { change: "gone".to_owned(), id: row.text()?, name: row.text()? })
        };
        let found = self.all(confirmed.bind(&run.id).bind(run.org_id.as_str()).bind(limit), read).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        let unseen = statement(concat!(
            "SELECT r.id, r.name FROM roster AS r WHERE r.org_id = $1 AND r.seen < $2",
            unseen!("person", "r.id"),
            " ORDER BY r.id LIMIT $4",
        ));
        self.all(unseen.bind(run.org_id.as_str()).bind(run.number).bind(&run.id).bind(limit), read).await
    }

    /// The next one that a real pass did not see, after `after`, and that is not confirmed to be gone: people, then
    /// departments, by id.
    ///
    /// # Errors
    /// `Down`.
    pub async fn unasked(&self, run: &SyncRun, after: Option<&Vanished>) -> Result<Option<Vanished>> {
        let person = statement(concat!(
            "SELECT v.id FROM (SELECT r.id AS id FROM roster AS r WHERE r.org_id = $1 AND r.seen < $2 UNION ",
            unlisted!("m.person"),
            ") AS v WHERE v.id > $4",
            unseen!("gone_person", "v.id"),
            " ORDER BY v.id LIMIT 1"
        ));
        let department = statement(concat!(
            "SELECT d.id FROM departments AS d WHERE d.org_id = $1 AND d.synced = 1 AND d.seen < $2 AND d.id > $4",
            unseen!("gone_department", "d.id"),
            " ORDER BY d.id LIMIT 1"
        ));
        let (from, in_departments) = match after {
            Some(Vanished::Department(id)) => (id.as_str(), true),
            Some(Vanished::Person(id)) => (id.as_str(), false),
            None => ("", false),
        };
        if !in_departments {
            let bound = person.bind(run.org_id.as_str()).bind(run.number).bind(&run.id).bind(from);
            if let Some(mut row) = self.one(bound).await? {
                return Ok(Some(Vanished::Person(row.text()?)));
            }
        }
        let from = if in_departments { from } else { "" };
        let bound = department.bind(run.org_id.as_str()).bind(run.number).bind(&run.id).bind(from);
        self.one(bound).await?.map(|mut row| Ok(Vanished::Department(row.text()?))).transpose()
    }

    /// How much is confirmed to be gone.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn gone(&self, run: &SyncRun) -> Result<Gone> {
        let select = statement(
            "SELECT CAST((SELECT COUNT(*) FROM sync_seen WHERE run_id = $1 AND kind = 'gone_person') AS BIGINT),
            CAST((SELECT COUNT(*) FROM sync_seen WHERE run_id = $1 AND kind = 'gone_department') AS BIGINT)",
        );
        let row = self.one(select.bind(&run.id)).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))?;
        Ok(Gone { people: row.number()?, departments: row.number()? })
    }
}

impl Tx {
    /// The platform says that one whom this node's pass did not see is gone; `false` when the pass is another node's.
    ///
    /// # Errors
    /// `Down`.
    pub async fn note_gone(&mut self, run: &SyncRun, gone: &Vanished) -> Result<bool> {
        let mark = statement(
            "INSERT INTO sync_seen (run_id, kind, id) SELECT id, $3, $4 FROM sync_runs
            WHERE id = $1 AND node = $2 AND state = 'running' AND dry = 0 ON CONFLICT DO NOTHING",
        );
        self.changed(mark.bind(&run.id).bind(&run.node).bind(gone.mark()).bind(gone.id())).await
    }

    /// Removes those who are confirmed to be gone and did not come back since, people (as leavers, each noted by one of
    /// `entries`) before departments, as many as there are entries; how many were dealt with. Repeat it until that is
    /// 0, then `end_sync`. It goes on only while this node holds the pass.
    ///
    /// # Errors
    /// `Down`.
    pub async fn drop_vanished(&mut self, run: &SyncRun, entries: &[AuditEntry], now: Seconds) -> Result<u64> {
        let hold = statement(
            "UPDATE sync_runs SET updated_at = $3 WHERE id = $1 AND node = $2 AND state = 'running' AND dry = 0",
        );
        if !self.changed(hold.bind(&run.id).bind(&run.node).bind(now)).await? {
            return Ok(0);
        }
        let mut gone = 0;
        for entry in entries {
            if let Some(id) = self.take_mark(run, "gone_person").await? {
                let back = statement("SELECT id FROM roster WHERE org_id = $1 AND id = $2 AND seen >= $3");
                if self.one(back.bind(run.org_id.as_str()).bind(&id).bind(run.number)).await?.is_none() {
                    self.leave_by_person(&run.org_id, &id, now, entry).await?;
                }
            } else if let Some(id) = self.take_mark(run, "gone_department").await? {
                let back = statement("SELECT id FROM departments WHERE org_id = $1 AND id = $2 AND seen >= $3");
                if self.one(back.bind(run.org_id.as_str()).bind(&id).bind(run.number)).await?.is_none() {
                    self.drop_synced_department(&run.org_id, &id).await?;
                }
            } else {
                break;
            }
            gone += 1;
        }
        Ok(gone)
    }

    /// Takes the first of these marks away.
    async fn take_mark(&mut self, run: &SyncRun, kind: &'static str) -> Result<Option<String>> {
        let take = statement(
            "DELETE FROM sync_seen WHERE run_id = $1 AND kind = $2 AND id =
            (SELECT MIN(id) FROM sync_seen WHERE run_id = $1 AND kind = $2) RETURNING id",
        );
        self.one(take.bind(&run.id).bind(kind)).await?.map(|mut row| row.text()).transpose()
    }
}
