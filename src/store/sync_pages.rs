//! One page of a directory, taken in one transaction together with the place
//! where the pass goes on: killed in between, it was taken whole or not at all.

use std::collections::BTreeMap;

use super::audit::AuditEntry;
use super::departments::Department;
use super::roster::{RosterRow, Taken};
use super::row::{statement, write_json};
use super::sync_runs::{Difference, SyncRun};
use super::{Result, Tx};
use crate::base::clock::Seconds;

/// Differences that a pass keeps.
const EXAMPLES: usize = 100;

/// Sentences of failure that a pass keeps.
const FAILURES: usize = 20;

/// A page of a directory. At most a few hundred rows: a transaction must end within ten seconds.
#[derive(Clone, Debug, Default)]
pub struct SyncPage {
    /// In any order.
    pub departments: Vec<Department>,
    /// In any order; one who comes twice counts once.
    pub people: Vec<RosterRow>,
    /// What asks for the next page; `None` after the last.
    pub next: Option<String>,
    /// What could not be read.
    pub failed: Vec<String>,
    /// Records that could not be used.
    pub odd: Vec<OddRow>,
    /// The audit's rows of people who may not sign in over there, by their id: written where something ends of theirs.
    pub entries: BTreeMap<String, AuditEntry>,
}

/// Somebody who is in the directory with a record that can't be used.
#[derive(Clone, Debug)]
pub struct OddRow {
    /// Their key, where it is known.
    pub key: Option<(String, String)>,
    /// What is told of it.
    pub told: String,
}

impl Tx {
    /// Takes the page after `run.pages`, and answers the pass as it stands then; `None` when it is not this node's
    /// any more or the page was taken before. A dry pass only counts.
    ///
    /// # Errors
    /// `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn take_page(
        &mut self,
        run: &SyncRun,
        page: &SyncPage,
        now: Seconds,
        leased_until: Seconds,
    ) -> Result<Option<SyncRun>> {
        let mut after =
            SyncRun { pages: run.pages + 1, next: page.next.clone(), updated_at: now, leased_until, ..run.clone() };
        // The place in the queue first: whoever loses the race for it writes nothing.
        let hold = statement(
            "UPDATE sync_runs SET pages = pages + 1, next = $4, updated_at = $5, leased_until = $6
            WHERE id = $1 AND node = $2 AND pages = $3 AND state = 'running'",
        );
        let hold = hold.bind(&run.id).bind(&run.node).bind(run.pages).bind(page.next.as_deref());
        if !self.changed(hold.bind(now).bind(leased_until)).await? {
            return Ok(None);
        }
        for department in &page.departments {
            if self.take_department(run, department).await? {
                after.departments += 1;
            }
        }
        let left = self.somebody_left(run).await?;
        for person in &page.people {
            // They left after the platform was asked for this page.
            if left && self.left_meanwhile(run, &person.id).await? {
                continue;
            }
            let taken = self.take_person(run, person, (now, page.entries.get(&person.id))).await?;
            let (count, change) = match taken {
                Taken::Same => continue,
                Taken::New => (&mut after.added, "new"),
                Taken::Changed => (&mut after.changed, "changed"),
            };
            *count += 1;
            if after.examples.len() < EXAMPLES {
                let (id, name) = (person.id.clone(), person.name.clone());
                after.examples.push(Difference { change: change.to_owned(), id, name });
            }
        }
        let room = FAILURES.saturating_sub(after.failed.len());
        after.failed.extend(page.failed.iter().take(room).cloned());
        for odd in &page.odd {
            self.keep_odd(run, odd).await?;
            // Somebody in several departments comes once for each.
            if after.odd.len() < FAILURES && !after.odd.contains(&odd.told) {
                after.odd.push(odd.told.clone());
            }
        }
        self.note_page(&after).await?;
        Ok(Some(after))
    }

    async fn note_page(&mut self, run: &SyncRun) -> Result<()> {
        let note = statement(
            "UPDATE sync_runs SET added = $2, changed = $3, departments = $4, failed = $5, examples = $6, odd = $7
            WHERE id = $1",
        );
        let note = note
            .bind(&run.id)
            .bind(run.added)
            .bind(run.changed)
            .bind(run.departments)
            .bind(write_json(&run.failed))
            .bind(write_json(&run.examples))
            .bind(write_json(&run.odd));
        self.run(note).await.map(|_| ())
    }

    /// Whoever has this key was seen, and stays as they are.
    async fn keep_odd(&mut self, run: &SyncRun, odd: &OddRow) -> Result<()> {
        let Some((space, value)) = &odd.key else { return Ok(()) };
        let (mark, number) = if run.dry {
            let mark = "INSERT INTO sync_seen (run_id, kind, id) SELECT $4, 'person', k.person FROM roster_keys AS k
                WHERE k.org_id = $1 AND k.space = $2 AND k.value = $3 ON CONFLICT DO NOTHING";
            (statement(mark), None)
        } else {
            let mark = "UPDATE roster SET seen = CASE WHEN seen < $4 THEN $4 ELSE seen END WHERE org_id = $1 AND id IN
                (SELECT k.person FROM roster_keys AS k WHERE k.org_id = $1 AND k.space = $2 AND k.value = $3)";
            (statement(mark), Some(run.number))
        };
        let mark = mark.bind(run.org_id.as_str()).bind(space).bind(value);
        let mark = match number {
            Some(number) => mark.bind(number),
            None => mark.bind(&run.id),
        };
        self.run(mark).await.map(|_| ())
    }

    async fn take_department(&mut self, run: &SyncRun, department: &Department) -> Result<bool> {
        if !run.dry {
            return Ok(self.sync_department(&run.org_id, department, run.number).await?.is_some());
        }
        if !self.first_seen(run, "department", &department.id).await? {
            return Ok(false);
        }
        let same = statement(
            "SELECT id FROM departments WHERE org_id = $1 AND id = $2 AND name = $3 AND position = $4 AND synced = 1
            AND COALESCE(parent_id, '') = $5",
        );
        let same = same
            .bind(run.org_id.as_str())
            .bind(&department.id)
            .bind(&department.name)
            .bind(department.position)
            .bind(department.parent_id.as_deref().unwrap_or_default());
        Ok(self.one(same).await?.is_none())
    }

    async fn take_person(
        &mut self,
        run: &SyncRun,
        person: &RosterRow,
        (now, entry): (Seconds, Option<&AuditEntry>),
    ) -> Result<Taken> {
        if !run.dry {
            return self.sync_person(&run.org_id, person, (run.number, now), entry).await;
        }
        if !self.first_seen(run, "person", &person.id).await? {
            return Ok(Taken::Same);
        }
        let known = statement("SELECT digest FROM roster WHERE org_id = $1 AND id = $2");
        let Some(mut row) = self.one(known.bind(run.org_id.as_str()).bind(&person.id)).await? else {
            return Ok(Taken::New);
        };
        Ok(if row.text()? == person.fingerprint() { Taken::Same } else { Taken::Changed })
    }

    async fn first_seen(&mut self, run: &SyncRun, kind: &'static str, id: &str) -> Result<bool> {
        let mark = statement("INSERT INTO sync_seen (run_id, kind, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        self.changed(mark.bind(&run.id).bind(kind).bind(id)).await
    }

    async fn somebody_left(&mut self, run: &SyncRun) -> Result<bool> {
        let any = statement("SELECT id FROM sync_seen WHERE run_id = $1 AND kind = 'left_person' LIMIT 1");
        Ok(self.one(any.bind(&run.id)).await?.is_some())
    }

    async fn left_meanwhile(&mut self, run: &SyncRun, person: &str) -> Result<bool> {
        let mark = statement("SELECT id FROM sync_seen WHERE run_id = $1 AND kind = 'left_person' AND id = $2");
        Ok(self.one(mark.bind(&run.id).bind(person)).await?.is_some())
    }

    /// The number that rows read one by one are noted under, so that a pass under way does not take them for gone.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sync_number(&mut self, org: &crate::base::id::OrgId) -> Result<i64> {
        let select = statement("SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) FROM sync_runs WHERE org_id = $1");
        self.one(select.bind(org.as_str())).await?.map_or(Ok(0), |mut row| row.number())
    }
}
