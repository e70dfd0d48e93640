//! People.

use serde::{Deserialize, Serialize};

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::UserId;
use crate::base::people::Email;

/// A person, as stored.
#[derive(Clone, Debug)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Raised by each change; a change names the version it saw.
    pub version: i64,
    /// Since when.
    pub created_at: Seconds,
    /// OIDC `updated_at`.
    pub updated_at: Seconds,
    /// What they type to sign in, as written.
    pub username: Option<String>,
    /// What they are called.
    pub name: String,
    /// Their address, and whether it was proven.
    pub email: Option<Email>,
    /// Proven by a connector's rule or by us.
    pub email_verified: bool,
    /// E.164.
    pub phone: Option<String>,
    /// Proven by a code of ours.
    pub phone_verified: bool,
    /// BCP 47.
    pub locale: Option<String>,
    /// The remaining standard claims.
    pub profile: Profile,
    /// Whether they may sign in.
    pub state: UserState,
    /// May open the console.
    pub administrator: bool,
    /// Exists only for practice platforms (design.md §9).
    pub practice: bool,
    /// Grants and sessions made before this moment are dead.
    pub tokens_not_before: Seconds,
}

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserState {
    /// Yes.
    Active,
    /// Not until an administrator says so.
    Disabled,
}

/// The standard claims (OIDC Core §5.1) that have no column of their own; empty ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// OIDC Core §5.1.1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// What a typed name may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    Username,
    Email,
    Phone,
}

impl Store {
    /// The person with this id.
    pub async fn user(&self, _id: &UserId) -> Result<Option<User>> {
        todo!()
    }
    /// The person whom this folded sign-in name belongs to.
    pub async fn user_by_name(&self, _kind: NameKind, _folded: &str) -> Result<Option<User>> {
        todo!()
    }
    /// People by id, after `after`, at most `limit`; `search` matches user name, name or e-mail (folded, prefix-free contains).
    pub async fn users(&self, _search: Option<&str>, _after: Option<&UserId>, _limit: i64) -> Result<Vec<User>> {
        todo!()
    }
    /// How many administrators there are who may sign in.
    pub async fn administrators(&self) -> Result<i64> {
        todo!()
    }
}

impl Tx {
    /// Adds a person and claims their sign-in names (username; e-mail and phone where given);
    /// `Conflict("username" | "email" | "phone")` names what is taken.
    pub async fn insert_user(&mut self, _user: &User) -> Result<()> {
        todo!()
    }
    /// Writes all columns where the version is still `user.version`, and moves the sign-in names; `false` when it is not.
    pub async fn update_user(&mut self, _user: &User) -> Result<bool> {
        todo!()
    }
    /// Raises `tokens_not_before` to `now` (never lowers it): every grant and session made before is dead.
    pub async fn end_everything_of_user(&mut self, _id: &UserId, _now: Seconds) -> Result<()> {
        todo!()
    }
    /// Removes a person with identities, credentials, consents and sessions; subjects stay, so that none is used again.
    pub async fn delete_user(&mut self, _id: &UserId) -> Result<bool> {
        todo!()
    }
}
