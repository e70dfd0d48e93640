//! Merges of two people: what went over from one to the other, so that it can go back.

use serde::{Deserialize, Serialize};

use super::identities::StoredIdentity;
use super::members::{Member, MemberSource};
use super::row::{Row, statement};
use super::{Result, Store};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, OrgId, UserId};

/// One merge.
#[derive(Clone, Debug)]
pub struct Merge {
    /// ULID.
    pub id: String,
    /// Who is left.
    pub kept: UserId,
    /// Who was absorbed: kept out, and empty.
    pub absorbed: UserId,
    /// When.
    pub at: Seconds,
    /// What went over.
    pub moved: Moved,
    /// When it went back.
    pub undone_at: Option<Seconds>,
}

/// What goes over in a merge. Each row is named with what it was, so that nothing else goes back in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Ways in: the row, and the subject it belonged to.
    pub identities: Vec<(String, String)>,
    /// Numbers that sign nobody in meanwhile: people have one.
    #[serde(default)]
    pub dropped: Vec<StoredIdentity>,
    /// When the password was set, where the one kept had none.
    pub password: Option<Seconds>,
    /// What the one kept did not have.
    pub names: Names,
    /// Consents for applications to which the one kept had given none, and when they were given.
    pub consents: Vec<(ClientId, Seconds)>,
    /// Memberships.
    pub members: Vec<MovedMember>,
    /// Applications that knew only the absorbed one, and the `sub` by which they go on knowing them.
    pub subjects: Vec<(ClientId, String)>,
}

/// Sign-in names, each with whether it is proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// As written.
    pub username: Option<String>,
    /// The address.
    pub email: Option<(String, bool)>,
    /// E.164.
    pub phone: Option<(String, bool)>,
}

/// One membership of the absorbed one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedMember {
    /// The organisation.
    pub org: OrgId,
    /// As it was.
    pub was: Place,
    /// What the one kept was there before, if anything.
    pub kept_was: Option<Place>,
    /// What the one kept is there now.
    pub is: Place,
}

/// What somebody is in an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Since when.
    pub since: Seconds,
    /// How they came to be.
    pub source: MemberSource,
    /// Their row in the directory.
    pub person: Option<String>,
    /// Their roles.
    pub roles: Vec<String>,
    /// Departments given by hand.
    pub departments: Vec<String>,
}

impl Place {
    /// The row of this person.
    pub(super) fn member(&self, org: &OrgId, user: &UserId) -> Member {
        Member {
            org_id: org.clone(),
            user_id: user.clone(),
            since: self.since,
            source: self.source,
            person: self.person.clone(),
            roles: self.roles.clone(),
        }
    }
}

macro_rules! columns {
    () => {
        $crate::store::row::listed!(""; "id", "kept_id", "absorbed_id", "at", "moved", "undone_at")
    };
}
pub(super) use columns;

impl Store {
    /// The merge that absorbed this person, while it stands.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn merge_of(&self, absorbed: &UserId) -> Result<Option<Merge>> {
        let select =
            statement(concat!("SELECT ", columns!(), " FROM merges WHERE absorbed_id = $1 AND undone_at IS NULL"));
        let row = self.one(select.bind(absorbed.as_str())).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Merges, newest first, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn merges(&self, limit: i64) -> Result<Vec<Merge>> {
        let select = statement(concat!("SELECT ", columns!(), " FROM merges ORDER BY at DESC, id DESC LIMIT $1"));
        self.all(select.bind(limit), read).await
    }

    /// Every place of a person in organisations, those that are off included.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn places_of(&self, user: &UserId) -> Result<Vec<(OrgId, Place)>> {
        let select =
            statement("SELECT org_id, since, source, person, roles FROM members WHERE user_id = $1 ORDER BY org_id");
        let mut places = self.all(select.bind(user.as_str()), place).await?;
        let select = statement(
            "SELECT org_id, department_id FROM member_departments WHERE user_id = $1 ORDER BY org_id, department_id",
        );
        let departments =
            self.all(select.bind(user.as_str()), |row| Ok((OrgId::new(row.text()?), row.text()?))).await?;
        for (org, department) in departments {
            if let Some((_, place)) = places.iter_mut().find(|(id, _)| *id == org) {
                place.departments.push(department);
            }
        }
        Ok(places)
    }

    /// The applications that know a person: by a consent, or a grant that stands in the books.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn clients_knowing(&self, user: &UserId) -> Result<Vec<ClientId>> {
        let select = statement(
            "SELECT client_id FROM consents WHERE user_id = $1 UNION SELECT client_id FROM grants WHERE user_id = $1
            UNION SELECT client_id FROM moved_subjects WHERE user_id = $1 ORDER BY 1",
        );
        self.all(select.bind(user.as_str()), |row| row.text().map(ClientId::new)).await
    }
}

fn place(row: &mut Row) -> Result<(OrgId, Place)> {
    let org = OrgId::new(row.text()?);
    let (since, source) = (row.number()?, MemberSource::named(&row.text()?)?);
    let (person, roles) = (row.maybe_text()?, row.json("roles of a member")?);
    Ok((org, Place { since, source, person, roles, departments: Vec::new() }))
}

fn read(row: &mut Row) -> Result<Merge> {
    Ok(Merge {
        id: row.text()?,
        kept: UserId::new(row.text()?),
        absorbed: UserId::new(row.text()?),
        at: row.number()?,
        moved: row.json("what a merge moved")?,
        undone_at: row.maybe_number()?,
    })
}
