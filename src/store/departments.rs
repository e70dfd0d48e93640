//! Departments: a tree in each organisation, by hand or as a platform's directory has it.

use super::row::{Row, Statement, statement};
use super::{Result, Store, Tx};
use crate::base::id::{OrgId, UserId};

/// A department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// The platform's own id, or a ULID for one made by hand; unique in its organisation.
    pub id: String,
    /// Whose it is under; `None` for the top. Its parent may not be there (yet).
    pub parent_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// Its place among its sisters.
    pub position: i64,
    /// Mirrored from a directory; `false` for one made by hand, which no synchronisation touches.
    pub synced: bool,
}

/// A department somebody is in, with the names above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The department's id.
    pub id: String,
    /// Names from the top down, its own last; at most 32 of them.
    pub path: Vec<String>,
}

/// How deep a tree is followed: a circle of parents ends there too.
const DEEPEST: usize = 32;

impl Store {
    /// Departments of an organisation, by id, after `after`, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn departments(&self, org: &OrgId, after: Option<&str>, limit: i64) -> Result<Vec<Department>> {
        let select = statement(
            "SELECT id, parent_id, name, position, synced FROM departments
            WHERE org_id = $1 AND (CAST($2 AS TEXT) IS NULL OR id > $2) ORDER BY id LIMIT $3",
        );
        self.all(select.bind(org.as_str()).bind(after).bind(limit), read).await
    }

    /// The department with this id.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn department(&self, org: &OrgId, id: &str) -> Result<Option<Department>> {
        let select =
            statement("SELECT id, parent_id, name, position, synced FROM departments WHERE org_id = $1 AND id = $2");
        let row = self.one(select.bind(org.as_str()).bind(id)).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Where a member stands: their departments by hand and by the directory, each with its path.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn placements(&self, org: &OrgId, user: &UserId) -> Result<Vec<Placement>> {
        // One SELECT climbs from every department at once; UNION makes a circle end.
        let select = statement(
            "WITH RECURSIVE own (id) AS (
                SELECT department_id FROM member_departments WHERE org_id = $1 AND user_id = $2
                UNION SELECT r.department_id FROM roster_departments AS r
                JOIN members AS m ON m.org_id = r.org_id AND m.person = r.person
                WHERE m.org_id = $1 AND m.user_id = $2
            ), above (id, parent_id, name) AS (
                SELECT d.id, d.parent_id, d.name FROM departments AS d JOIN own ON own.id = d.id WHERE d.org_id = $1
                UNION SELECT d.id, d.parent_id, d.name FROM departments AS d JOIN above ON d.id = above.parent_id
                WHERE d.org_id = $1
            ) SELECT above.id, above.parent_id, above.name,
            CASE WHEN own.id IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
            FROM above LEFT JOIN own ON own.id = above.id ORDER BY above.id",
        );
        let rows = self
            .all(select.bind(org.as_str()).bind(user.as_str()), |row| {
                Ok((row.text()?, row.maybe_text()?, row.text()?, row.flag()?))
            })
            .await?;
        let above = |id: &str| rows.iter().find(|row| row.0 == id);
        let path = |id: &str| {
            let mut names = Vec::new();
            let mut at = above(id);
            while let Some((_, parent, name, _)) = at.filter(|_| names.len() < DEEPEST) {
                names.push(name.clone());
                at = parent.as_deref().and_then(above);
            }
            names.reverse();
            names
        };
        Ok(rows.iter().filter(|row| row.3).map(|row| Placement { id: row.0.clone(), path: path(&row.0) }).collect())
    }
}

fn read(row: &mut Row) -> Result<Department> {
    Ok(Department {
        id: row.text()?,
        parent_id: row.maybe_text()?,
        name: row.text()?,
        position: row.number()?,
        synced: row.flag()?,
    })
}

impl Tx {
    /// Adds or changes one made by hand; `false` when the id is that of a mirrored one.
    ///
    /// # Errors
    /// `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn put_department(&mut self, org: &OrgId, department: &Department) -> Result<bool> {
        let put = statement(
            "INSERT INTO departments (org_id, id, parent_id, name, position, synced, seen)
            VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT (org_id, id) DO UPDATE SET
            parent_id = excluded.parent_id, name = excluded.name, position = excluded.position
            WHERE departments.synced = 0",
        );
        let put = put
            .bind(org.as_str())
            .bind(&department.id)
            .bind(department.parent_id.as_deref())
            .bind(&department.name)
            .bind(department.position);
        self.changed(put).await
    }

    /// Removes one made by hand, that has none below it; people in it only lose the place.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_department(&mut self, org: &OrgId, id: &str) -> Result<bool> {
        let delete = statement(
            "DELETE FROM departments WHERE org_id = $1 AND id = $2 AND synced = 0 AND NOT EXISTS
            (SELECT 1 FROM departments AS below WHERE below.org_id = $1 AND below.parent_id = $2)",
        );
        if !self.changed(delete.bind(org.as_str()).bind(id)).await? {
            return Ok(false);
        }
        let leave = statement("DELETE FROM member_departments WHERE org_id = $1 AND department_id = $2");
        self.run(leave.bind(org.as_str()).bind(id)).await?;
        Ok(true)
    }

    /// Adds or changes a mirrored one and notes that pass `seen` saw it. Answers what that changed:
    /// `Some(true)` new, `Some(false)` changed, `None` as it was.
    ///
    /// # Errors
    /// `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn sync_department(&mut self, org: &OrgId, department: &Department, seen: i64) -> Result<Option<bool>> {
        let same = statement(
            "UPDATE departments SET seen = CASE WHEN seen < $6 THEN $6 ELSE seen END
            WHERE org_id = $1 AND id = $2 AND name = $3 AND position = $4 AND synced = 1
            AND COALESCE(parent_id, '') = $5",
        );
        let same = same
            .bind(org.as_str())
            .bind(&department.id)
            .bind(&department.name)
            .bind(department.position)
            .bind(department.parent_id.as_deref().unwrap_or_default())
            .bind(seen);
        if self.changed(same).await? {
            return Ok(None);
        }
        let insert = statement(
            "INSERT INTO departments (org_id, id, parent_id, name, position, synced, seen)
            VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT DO NOTHING",
        );
        if self.changed(with_place(insert, org, department).bind(seen)).await? {
            return Ok(Some(true));
        }
        let update = statement(
            "UPDATE departments SET parent_id = $3, name = $4, position = $5, synced = 1,
            seen = CASE WHEN seen < $6 THEN $6 ELSE seen END WHERE org_id = $1 AND id = $2",
        );
        self.run(with_place(update, org, department).bind(seen)).await?;
        Ok(Some(false))
    }

    /// Removes a mirrored one that the directory no longer has. Who was in it is written anew when they are read again.
    ///
    /// # Errors
    /// `Down`.
    pub async fn drop_synced_department(&mut self, org: &OrgId, id: &str) -> Result<bool> {
        let people = statement(
            "UPDATE roster SET digest = '' WHERE org_id = $1 AND id IN
            (SELECT person FROM roster_departments WHERE org_id = $1 AND department_id = $2)",
        );
        self.run(people.bind(org.as_str()).bind(id)).await?;
        let places = statement("DELETE FROM roster_departments WHERE org_id = $1 AND department_id = $2");
        self.run(places.bind(org.as_str()).bind(id)).await?;
        let delete = statement("DELETE FROM departments WHERE org_id = $1 AND id = $2 AND synced = 1");
        self.changed(delete.bind(org.as_str()).bind(id)).await
    }
}

/// Binds organisation, id, parent, name and position, in that order.
fn with_place<'q>(statement: Statement<'q>, org: &OrgId, department: &Department) -> Statement<'q> {
    statement
        .bind(org.as_str())
        .bind(&department.id)
        .bind(department.parent_id.as_deref())
        .bind(&department.name)
        .bind(department.position)
}
