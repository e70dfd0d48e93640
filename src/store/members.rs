//! Who belongs to which organisation, with which roles.

use super::row::{Row, statement, write_json};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, OrgId, UserId};

/// How somebody came to belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberSource {
    /// An administrator said so.
    Manual,
    /// They are in the platform's directory.
    Synced,
    /// They signed in through a connector that leads there.
    Joined,
}

impl MemberSource {
    /// The word in the row.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Synced => "synced",
            Self::Joined => "joined",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self> {
        let all = [Self::Manual, Self::Synced, Self::Joined];
        all.into_iter().find(|it| it.name() == name).ok_or_else(|| Error::Corrupt("how a member came".to_owned()))
    }
}

/// Somebody who belongs to an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// To which.
    pub org_id: OrgId,
    /// Who.
    pub user_id: UserId,
    /// Since when.
    pub since: Seconds,
    /// How they came to.
    pub source: MemberSource,
    /// Their row in the directory (`RosterPerson::id`).
    pub person: Option<String>,
    /// `roles` in tokens.
    pub roles: Vec<String>,
}

/// A member with their name, for lists.
#[derive(Clone, Debug)]
pub struct MemberListed {
    /// The row.
    pub member: Member,
    /// What they are called.
    pub name: String,
    /// What they type to sign in.
    pub username: Option<String>,
}

/// An organisation somebody belongs to and that is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which.
    pub org_id: OrgId,
    /// What it is called.
    pub name: String,
    /// Its picture.
    pub logo: Option<String>,
    /// Theirs in it.
    pub roles: Vec<String>,
    /// Since when.
    pub since: Seconds,
}

impl Store {
    /// The organisations that are on and that this person belongs to, by name.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn memberships_of(&self, user: &UserId) -> Result<Vec<Membership>> {
        let select = statement(
            "SELECT o.id, o.name, o.logo, m.roles, m.since FROM members AS m JOIN orgs AS o ON o.id = m.org_id
            WHERE m.user_id = $1 AND o.enabled = 1 ORDER BY o.id",
        );
        let found = self.all(select.bind(user.as_str()), |row| {
            Ok(Membership {
                org_id: OrgId::new(row.text()?),
                name: row.text()?,
                logo: row.maybe_text()?,
                roles: row.json("roles of a member")?,
                since: row.number()?,
            })
        });
        let mut found = found.await?;
        found.sort_by_cached_key(|it| it.name.to_lowercase());
        Ok(found)
    }

    /// This person's row in this organisation.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn member(&self, org: &OrgId, user: &UserId) -> Result<Option<Member>> {
        let select = statement(
            "SELECT org_id, user_id, since, source, person, roles FROM members WHERE org_id = $1 AND user_id = $2",
        );
        let row = self.one(select.bind(org.as_str()).bind(user.as_str())).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Members by person, after `after`, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn members(&self, org: &OrgId, after: Option<&UserId>, limit: i64) -> Result<Vec<MemberListed>> {
        let select = statement(
            "SELECT m.org_id, m.user_id, m.since, m.source, m.person, m.roles, u.name, u.username
            FROM members AS m JOIN users AS u ON u.id = m.user_id
            WHERE m.org_id = $1 AND (CAST($2 AS TEXT) IS NULL OR m.user_id > $2) ORDER BY m.user_id LIMIT $3",
        );
        let select = select.bind(org.as_str()).bind(after.map(UserId::as_str)).bind(limit);
        self.all(select, |row| Ok(MemberListed { member: read(row)?, name: row.text()?, username: row.maybe_text()? }))
            .await
    }

    /// The organisation this person last chose for this application.
    ///
    /// # Errors
    /// `Down`.
    pub async fn org_choice(&self, user: &UserId, client: &ClientId) -> Result<Option<OrgId>> {
        let select = statement("SELECT org_id FROM org_choices WHERE user_id = $1 AND client_id = $2");
        let row = self.one(select.bind(user.as_str()).bind(client.as_str())).await?;
        row.map(|mut row| row.text().map(OrgId::new)).transpose()
    }
}

fn read(row: &mut Row) -> Result<Member> {
    Ok(Member {
        org_id: OrgId::new(row.text()?),
        user_id: UserId::new(row.text()?),
        since: row.number()?,
        source: MemberSource::named(&row.text()?)?,
        person: row.maybe_text()?,
        roles: row.json("roles of a member")?,
    })
}

impl Tx {
    /// Adds a member; `false` for one who belongs already and stays as they are, where there is no such organisation
    /// or person (any more), and where one of them is of a practice platform and the other is not.
    ///
    /// # Errors
    /// `Down`.
    pub async fn add_member(&mut self, member: &Member) -> Result<bool> {
        let insert = statement(
            "INSERT INTO members (org_id, user_id, since, source, person, roles) SELECT o.id, u.id, $3, $4, $5, $6
            FROM orgs AS o JOIN users AS u ON u.practice = o.practice WHERE o.id = $1 AND u.id = $2
            ON CONFLICT (org_id, user_id) DO NOTHING",
        );
        let insert = insert
            .bind(member.org_id.as_str())
            .bind(member.user_id.as_str())
            .bind(member.since)
            .bind(member.source.name())
            .bind(member.person.as_deref())
            .bind(write_json(&member.roles));
        self.changed(insert).await
    }

    /// Replaces a member's roles; `false` when they do not belong.
    ///
    /// # Errors
    /// `Down`.
    pub async fn set_member_roles(&mut self, org: &OrgId, user: &UserId, roles: &[String]) -> Result<bool> {
        let update = statement("UPDATE members SET roles = $3 WHERE org_id = $1 AND user_id = $2");
        self.changed(update.bind(org.as_str()).bind(user.as_str()).bind(write_json(&roles))).await
    }

    /// Puts a member into a department, or takes them out; the directory's own places stay.
    ///
    /// # Errors
    /// `Conflict("reference")` when they do not belong, `Down`.
    pub async fn place_member(&mut self, org: &OrgId, user: &UserId, department: &str, there: bool) -> Result<bool> {
        let change = if there {
            statement(
                "INSERT INTO member_departments (org_id, user_id, department_id) SELECT $1, $2, $3 FROM departments
                WHERE org_id = $1 AND id = $3 ON CONFLICT DO NOTHING",
            )
        } else {
            statement("DELETE FROM member_departments WHERE org_id = $1 AND user_id = $2 AND department_id = $3")
        };
        self.changed(change.bind(org.as_str()).bind(user.as_str()).bind(department)).await
    }

    /// Remembers which organisation somebody chose for an application.
    ///
    /// # Errors
    /// `Conflict("reference")` when either is gone, `Down`.
    pub async fn put_org_choice(&mut self, user: &UserId, client: &ClientId, org: &OrgId, now: Seconds) -> Result<()> {
        let put = statement(
            "INSERT INTO org_choices (user_id, client_id, org_id, chosen_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (user_id, client_id) DO UPDATE SET org_id = excluded.org_id, chosen_at = excluded.chosen_at",
        );
        self.run(put.bind(user.as_str()).bind(client.as_str()).bind(org.as_str()).bind(now)).await.map(|_| ())
    }

    /// Makes somebody who just signed in a member: with the directory's row where one of their keys is in it,
    /// otherwise as joined, by `person`, the platform's own id of them, where it gave one: that is how it will say
    /// that they left. Nothing happens for somebody the directory says may not sign in, nor between the practice world
    /// and the real one.
    ///
    /// # Errors
    /// `Down`.
    pub async fn join_org(
        &mut self,
        org: &OrgId,
        user: &UserId,
        (keys, person): (&[(String, String)], Option<&str>),
        now: Seconds,
    ) -> Result<bool> {
        for (space, value) in keys {
            let find = statement(
                "SELECT r.id, r.active FROM roster_keys AS k JOIN roster AS r ON r.org_id = k.org_id AND r.id = k.person
                WHERE k.org_id = $1 AND k.space = $2 AND k.value = $3",
            );
            let Some(mut row) = self.one(find.bind(org.as_str()).bind(space).bind(value)).await? else { continue };
            let (person, active) = (row.text()?, row.flag()?);
            return if active { self.link_member(org, user, &person, now).await } else { Ok(false) };
        }
        if let Some(person) = person {
            let listed = statement("SELECT active FROM roster WHERE org_id = $1 AND id = $2");
            if let Some(mut row) = self.one(listed.bind(org.as_str()).bind(person)).await? {
                return if row.flag()? { self.link_member(org, user, person, now).await } else { Ok(false) };
            }
        }
        let insert = statement(
            "INSERT INTO members (org_id, user_id, since, source, person, roles)
            SELECT o.id, u.id, $3, 'joined', $4, '[]' FROM orgs AS o JOIN users AS u ON u.practice = o.practice
            WHERE o.id = $1 AND u.id = $2 ON CONFLICT (org_id, user_id) DO UPDATE SET person = excluded.person
            WHERE excluded.person IS NOT NULL AND (members.person IS NULL OR members.person <> excluded.person)",
        );
        self.changed(insert.bind(org.as_str()).bind(user.as_str()).bind(now).bind(person)).await
    }

    /// Ties a person to their row of the directory, within one world; one added by hand stays so and gets the row too.
    ///
    /// # Errors
    /// `Down`.
    pub async fn link_member(&mut self, org: &OrgId, user: &UserId, person: &str, now: Seconds) -> Result<bool> {
        let link = statement(
            "INSERT INTO members (org_id, user_id, since, source, person, roles)
            SELECT o.id, u.id, $3, 'synced', $4, '[]' FROM orgs AS o JOIN users AS u ON u.practice = o.practice
            WHERE o.id = $1 AND u.id = $2 ON CONFLICT (org_id, user_id) DO UPDATE SET person = excluded.person,
            source = CASE WHEN members.source = 'manual' THEN members.source ELSE excluded.source END
            WHERE members.person IS NULL OR members.person <> excluded.person OR members.source = 'joined'",
        );
        self.changed(link.bind(org.as_str()).bind(user.as_str()).bind(now).bind(person)).await
    }
}
