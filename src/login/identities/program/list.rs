//! A person's account and ways in, as their applications are told.

use serde::Serialize;

use super::{Asker, IdentityTrouble};
use crate::base::clock::Seconds;
use crate::base::id::{OrgId, UserId};
use crate::connectors::Identity;
use crate::login::Login;
use crate::login::otp::{is_number, shown};
use crate::store::identities::StoredIdentity;

/// A person, in short.
#[expect(clippy::struct_excessive_bools, reason = "each is a member of the answer, and none excludes another")]
#[derive(Debug, Serialize)]
pub struct Account {
    /// Ours; what a service names them by.
    pub id: UserId,
    /// What the application that asks calls them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// What they are called.
    pub name: String,
    /// What they type to sign in.
    pub username: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Whether it was proven.
    pub email_verified: bool,
    /// Their number, E.164.
    pub phone_number: Option<String>,
    /// Whether it was proven.
    pub phone_number_verified: bool,
    /// They can sign in by a password.
    pub has_password: bool,
    /// Of the practice world.
    pub practice: bool,
    /// What they belong to.
    pub organizations: Vec<Belonging>,
}

/// An organisation of theirs.
#[derive(Debug, Serialize)]
pub struct Belonging {
    /// `org_id` in tokens.
    pub id: OrgId,
    /// What it is called.
    pub name: String,
    /// Theirs in it.
    pub roles: Vec<String>,
}

/// One way in: a platform's account, or a number. All keys of one account over there are one.
#[derive(Debug, Serialize)]
pub struct WayIn {
    /// Names it in a path.
    pub subject: String,
    /// The method's name; absent where it is gone.
    pub connector: Option<String>,
    /// The platform.
    pub kind: Option<String>,
    /// What people read on its button.
    pub title: Option<String>,
    /// How the platform calls them; the number, as it may be shown.
    pub name: String,
    /// A number: a code to it comes before it is taken away.
    pub is_number: bool,
    /// When it was bound.
    pub bound_at: Seconds,
    /// When it was last used.
    pub used_at: Seconds,
    /// Another one that works would be left.
    pub removable: bool,
}

impl Login {
    /// Who they are here.
    ///
    /// # Errors
    /// `Login`.
    pub async fn account_of(&self, asker: &Asker) -> Result<Account, IdentityTrouble> {
        let user = &asker.user;
        let organizations = self.store.memberships_of(&user.id).await?.into_iter();
        Ok(Account {
            id: user.id.clone(),
            sub: asker.sub.clone(),
            name: user.name.clone(),
            username: user.username.clone(),
            email: user.email.as_ref().map(|email| email.as_str().to_owned()),
            email_verified: user.email_verified,
            phone_number: user.phone.clone(),
            phone_number_verified: user.phone_verified,
            has_password: self.store.password_of(&user.id).await?.is_some(),
            practice: user.practice,
            organizations: organizations
                .map(|one| Belonging { id: one.org_id, name: one.name, roles: one.roles })
                .collect(),
        })
    }

    /// Their ways in but the password, oldest first.
    ///
    /// # Errors
    /// `Login`.
    pub async fn ways_in_of(&self, asker: &Asker) -> Result<Vec<WayIn>, IdentityTrouble> {
        let mut subjects: Vec<Vec<StoredIdentity>> = Vec::new();
        let rows = self.store.identities_of(&asker.user.id).await?;
        let (working, password) = self.ways_that_work(&asker.user).await?;
        for row in rows {
            match subjects.iter_mut().find(|rows| rows[0].subject == row.subject) {
                Some(rows) => rows.push(row),
                None => subjects.push(vec![row]),
            }
        }
        let mut ways = Vec::new();
        for rows in &subjects {
            if let Some(last) = rows.iter().max_by_key(|row| row.last_used_at) {
                let removable = password || working.iter().any(|subject| *subject != last.subject);
                let bound_at = rows.iter().map(|row| row.first_used_at).min().unwrap_or(last.first_used_at);
                ways.push(self.way_in_of(last, (bound_at, removable)).await?);
            }
        }
        Ok(ways)
    }

    async fn way_in_of(
        &self,
        row: &StoredIdentity,
        (bound_at, removable): (Seconds, bool),
    ) -> Result<WayIn, IdentityTrouble> {
        let is_number = is_number(&row.space);
        let profile: Identity = serde_json::from_str(&row.profile).unwrap_or_default();
        let told = profile.name.or(profile.username).or(profile.email.map(|(address, _)| address));
        let connector = self.connectors.by_id(&row.connector_id).await?;
        let connector = connector.as_ref().map(|instance| &instance.row);
        Ok(WayIn {
            subject: row.subject.clone(),
            connector: connector.map(|row| row.name.clone()),
            kind: connector.map(|row| row.kind.clone()),
            title: connector.map(|row| row.title.clone()),
            name: if is_number { shown(&row.value) } else { told.unwrap_or_default() },
            is_number,
            bound_at,
            used_at: row.last_used_at,
            removable,
        })
    }
}
