//! A platform's directory as it was last seen: everybody of the company, also
//! those who never signed in here. It proves nothing about anybody.

use super::audit::AuditEntry;
use super::row::{Row, Statement, statement, write_json};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{OrgId, UserId};
use crate::base::secret::digest;

/// Somebody of a company's directory.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RosterRow {
    /// The platform's own id (userid), folded as its keys are.
    pub id: String,
    /// `(space, value)` that a sign-in of theirs shows, strongest first.
    pub keys: Vec<(String, String)>,
    /// Their name.
    pub name: String,
    /// As the directory has it.
    pub email: Option<String>,
    /// As the directory has it.
    pub phone: Option<String>,
    /// Their position.
    pub title: Option<String>,
    /// The departments they are in, by id.
    pub departments: Vec<String>,
    /// Those they lead.
    pub leads: Vec<String>,
    /// `false`: known over there, but may not sign in.
    pub active: bool,
}

/// A row as listed: without keys and places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterListed {
    /// The platform's own id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their position.
    pub title: Option<String>,
    /// Whether they may sign in.
    pub active: bool,
    /// Who they are here, once they signed in.
    pub user_id: Option<UserId>,
}

/// What taking a row of a directory came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Not known before.
    New,
    /// Something is different.
    Changed,
    /// As it was.
    Same,
}

impl RosterRow {
    /// Says whether anything changed since it was last written.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        digest(&write_json(self))
    }
}

impl Store {
    /// People of a directory by id, after `after`, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn roster(&self, org: &OrgId, after: Option<&str>, limit: i64) -> Result<Vec<RosterListed>> {
        let select = statement(
            "SELECT r.id, r.name, r.title, r.active, m.user_id FROM roster AS r
            LEFT JOIN members AS m ON m.org_id = r.org_id AND m.person = r.id
            WHERE r.org_id = $1 AND (CAST($2 AS TEXT) IS NULL OR r.id > $2) ORDER BY r.id LIMIT $3",
        );
        self.all(select.bind(org.as_str()).bind(after).bind(limit), read).await
    }

    /// The directory's row of this platform id.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn roster_person(&self, org: &OrgId, id: &str) -> Result<Option<RosterListed>> {
        let select = statement(
            "SELECT r.id, r.name, r.title, r.active, m.user_id FROM roster AS r
            LEFT JOIN members AS m ON m.org_id = r.org_id AND m.person = r.id WHERE r.org_id = $1 AND r.id = $2",
        );
        let row = self.one(select.bind(org.as_str()).bind(id)).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }
}

impl Store {
    /// The platform's own id of whoever has this key in its directory.
    ///
    /// # Errors
    /// `Down`.
    pub async fn roster_person_of(&self, org: &OrgId, space: &str, value: &str) -> Result<Option<String>> {
        let select = statement("SELECT person FROM roster_keys WHERE org_id = $1 AND space = $2 AND value = $3");
        let row = self.one(select.bind(org.as_str()).bind(space).bind(value)).await?;
        row.map(|mut row| row.text()).transpose()
    }

    /// Whether the directory has somebody with this key who may sign in.
    ///
    /// # Errors
    /// `Down`.
    pub async fn roster_has(&self, org: &OrgId, space: &str, value: &str) -> Result<bool> {
        let select = statement(
            "SELECT r.id FROM roster_keys AS k JOIN roster AS r ON r.org_id = k.org_id AND r.id = k.person
            WHERE k.org_id = $1 AND k.space = $2 AND k.value = $3 AND r.active = 1",
        );
        Ok(self.one(select.bind(org.as_str()).bind(space).bind(value)).await?.is_some())
    }
}

fn read(row: &mut Row) -> Result<RosterListed> {
    Ok(RosterListed {
        id: row.text()?,
        name: row.text()?,
        title: row.maybe_text()?,
        active: row.flag()?,
        user_id: row.maybe_text()?.map(UserId::new),
    })
}

impl Tx {
    /// Takes a row of a directory: written where something changed, tied to the person who has one of its keys,
    /// and noted as seen by pass `seen`. Somebody who may no longer sign in over there leaves here, noted by `entry`.
    /// An unchanged row costs one statement.
    ///
    /// # Errors
    /// `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn sync_person(
        &mut self,
        org: &OrgId,
        row: &RosterRow,
        (seen, now): (i64, Seconds),
        entry: Option<&AuditEntry>,
    ) -> Result<Taken> {
        let fingerprint = row.fingerprint();
        let same = statement(
            "UPDATE roster SET seen = CASE WHEN seen < $4 THEN $4 ELSE seen END
            WHERE org_id = $1 AND id = $2 AND digest = $3",
        );
        if self.changed(same.bind(org.as_str()).bind(&row.id).bind(&fingerprint).bind(seen)).await? {
            return Ok(Taken::Same);
        }
        let insert = statement(
            "INSERT INTO roster (org_id, id, name, email, phone, title, active, digest, seen)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        );
        let is_new = self.changed(with_person(insert, org, row, &fingerprint).bind(seen)).await?;
        if !is_new {
            let update = statement(
                "UPDATE roster SET name = $3, email = $4, phone = $5, title = $6, active = $7, digest = $8,
                seen = CASE WHEN seen < $9 THEN $9 ELSE seen END WHERE org_id = $1 AND id = $2",
            );
            self.run(with_person(update, org, row, &fingerprint).bind(seen)).await?;
        }
        self.rewrite_keys(org, row).await?;
        self.rewrite_places(org, row).await?;
        if row.active {
            self.link_by_keys(org, row, now).await?;
        } else {
            let departure = self.end_person(org, &row.id, now, "left_organisation").await?;
            if let Some(entry) = entry {
                self.note_departure(entry, &row.id, &departure).await?;
            }
        }
        Ok(if is_new { Taken::New } else { Taken::Changed })
    }

    async fn rewrite_keys(&mut self, org: &OrgId, row: &RosterRow) -> Result<()> {
        let clear = statement("DELETE FROM roster_keys WHERE org_id = $1 AND person = $2");
        self.run(clear.bind(org.as_str()).bind(&row.id)).await?;
        for (space, value) in &row.keys {
            // A key that moved to another row of the directory goes with the row that was read last.
            let put = statement(
                "INSERT INTO roster_keys (org_id, space, value, person) VALUES ($1, $2, $3, $4)
                ON CONFLICT (org_id, space, value) DO UPDATE SET person = excluded.person",
            );
            self.run(put.bind(org.as_str()).bind(space).bind(value).bind(&row.id)).await?;
        }
        Ok(())
    }

    async fn rewrite_places(&mut self, org: &OrgId, row: &RosterRow) -> Result<()> {
        let clear = statement("DELETE FROM roster_departments WHERE org_id = $1 AND person = $2");
        self.run(clear.bind(org.as_str()).bind(&row.id)).await?;
        for department in &row.departments {
            let put = statement(
                "INSERT INTO roster_departments (org_id, person, department_id, leads) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING",
            );
            let leads = i64::from(row.leads.contains(department));
            self.run(put.bind(org.as_str()).bind(&row.id).bind(department).bind(leads)).await?;
        }
        Ok(())
    }

    /// Whoever has the strongest of these keys here is this row of the directory.
    async fn link_by_keys(&mut self, org: &OrgId, row: &RosterRow, now: Seconds) -> Result<()> {
        for (space, value) in &row.keys {
            let find = statement("SELECT user_id FROM identities WHERE space = $1 AND value = $2");
            let Some(mut found) = self.one(find.bind(space).bind(value)).await? else { continue };
            let user = UserId::new(found.text()?);
            self.link_member(org, &user, &row.id, now).await?;
            return Ok(());
        }
        Ok(())
    }

    /// The platform gave somebody another id of its own (a renamed userid), which is their key in `space` too: the row,
    /// the key and what the person has follow. A row of the new id that was read before is theirs, unless somebody
    /// else has it. `false` when nobody had the old one.
    ///
    /// # Errors
    /// `Conflict` when the new id is somebody else's, `Down`.
    pub async fn rename_person(&mut self, org: &OrgId, (from, to): (&str, &str), space: &str) -> Result<bool> {
        let other = statement(
            "SELECT m.user_id FROM members AS m WHERE m.org_id = $1 AND m.person = $3 AND NOT EXISTS
            (SELECT 1 FROM members AS same WHERE same.org_id = $1 AND same.person = $2 AND same.user_id = m.user_id)
            AND (EXISTS (SELECT 1 FROM roster AS r WHERE r.org_id = $1 AND r.id = $2)
            OR EXISTS (SELECT 1 FROM members AS old WHERE old.org_id = $1 AND old.person = $2)
            OR EXISTS (SELECT 1 FROM identities AS i WHERE i.space = $4 AND i.value = $2))",
        );
        if self.one(other.bind(org.as_str()).bind(from).bind(to).bind(space)).await?.is_some() {
            return Err(Error::Conflict("identity"));
        }
        let mut renamed = self.rename_identity(space, from, to).await?;
        let copy = statement(
            "INSERT INTO roster (org_id, id, name, email, phone, title, active, digest, seen)
            SELECT org_id, $3, name, email, phone, title, active, '', seen FROM roster
            WHERE org_id = $1 AND id = $2 ON CONFLICT DO NOTHING",
        );
        if self.changed(copy.bind(org.as_str()).bind(from).bind(to)).await? {
            let keys = statement(
                "UPDATE roster_keys SET person = $3, value = CASE WHEN space = $4 AND value = $2 THEN $3 ELSE value END
                WHERE org_id = $1 AND person = $2",
            );
            self.run(keys.bind(org.as_str()).bind(from).bind(to).bind(space)).await?;
            let places = statement("UPDATE roster_departments SET person = $3 WHERE org_id = $1 AND person = $2");
            self.run(places.bind(org.as_str()).bind(from).bind(to)).await?;
        }
        let member = statement("UPDATE members SET person = $3 WHERE org_id = $1 AND person = $2");
        renamed |= self.changed(member.bind(org.as_str()).bind(from).bind(to)).await?;
        let old = statement("DELETE FROM roster WHERE org_id = $1 AND id = $2");
        Ok(self.changed(old.bind(org.as_str()).bind(from)).await? | renamed)
    }
}

/// Binds organisation, id, name, e-mail, phone, title, active and fingerprint, in that order.
fn with_person<'q>(statement: Statement<'q>, org: &OrgId, row: &RosterRow, fingerprint: &str) -> Statement<'q> {
    statement
        .bind(org.as_str())
        .bind(&row.id)
        .bind(&row.name)
        .bind(row.email.as_deref())
        .bind(row.phone.as_deref())
        .bind(row.title.as_deref())
        .bind(i64::from(row.active))
        .bind(fingerprint.to_owned())
}
