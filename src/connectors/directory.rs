//! A platform's directory: departments and the people in them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::wire::quoted;
use super::{AppTokens, Key};
use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;
use crate::base::outbound::Outbound;

/// What a connector is given to read its directory.
pub struct RosterTurn {
    /// The instance.
    pub connector: ConnectorId,
    /// The way out of this instance.
    pub outbound: Outbound,
    /// The moment.
    pub now: Seconds,
    /// App-level tokens, shared by nodes.
    pub tokens: Arc<dyn AppTokens>,
}

/// What is to be read. The caller walks the tree: it keeps what was found and what is still to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Where to begin: the departments that the application may see.
    Roots,
    /// The departments directly under this one.
    Under(String),
    /// The people directly in this department, page by page; `None` begins.
    PeopleIn {
        /// The platform's own id of the department.
        department: String,
        /// [`Roster::next`] of the page before.
        cursor: Option<String>,
    },
    /// One person, by the platform's own id.
    Person(String),
    /// One department, by the platform's own id.
    Department(String),
}

/// A part of the directory.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// Departments.
    pub departments: Vec<RosterDepartment>,
    /// People; one of several departments comes once per department.
    pub people: Vec<RosterPerson>,
    /// People outside of every visible department: each is to be asked for by itself.
    pub singles: Vec<String>,
    /// Departments that stand at the top of what can be seen: each is to be asked for by itself.
    pub branches: Vec<String>,
    /// The departments are the whole tree: nobody needs to ask what is under them.
    pub whole_tree: bool,
    /// What asks for the next page; `None` ends the list.
    pub next: Option<String>,
    /// Parts that could not be read, with the reason: the pass is not error-free, nothing is deleted after it.
    pub failed: Vec<String>,
    /// Records that can't be used: whoever has one is there and stays; the pass goes on without them.
    pub odd: Vec<OddRecord>,
    /// Ids that were asked for one by one and are not there any more.
    pub gone: Vec<String>,
}

/// Somebody or something that is there, with a record that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddRecord {
    /// The key of the person, where at least that could be read.
    pub key: Option<Key>,
    /// Which one, for administrators.
    pub told: String,
}

impl OddRecord {
    /// One in the list `of`, with the id and name that stand there.
    #[must_use]
    pub fn new(of: &str, key: Option<Key>, (id, name): (Option<String>, Option<String>)) -> Self {
        let id = id.map_or_else(|| "no id".to_owned(), |id| format!("the id \"{}\"", quoted(&id)));
        let name = name.map(|name| format!(" and the name \"{}\"", quoted(&name))).unwrap_or_default();
        Self { key, told: format!("{of}: a record with {id}{name}") }
    }
}

/// A department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterDepartment {
    /// The platform's own id.
    pub id: String,
    /// Its parent's; `None` for the root.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// Its place among its sisters.
    pub position: i64,
}

/// Somebody of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterPerson {
    /// The platform's own id (userid), folded as its keys are.
    pub id: String,
    /// The keys that a sign-in through this connector shows, strongest first.
    pub keys: Vec<Key>,
    /// Their name.
    pub name: String,
    /// As the directory has it; proves nothing.
    pub email: Option<String>,
    /// As the directory has it; proves nothing.
    pub phone: Option<String>,
    /// Their position.
    pub title: Option<String>,
    /// The departments they are in.
    pub departments: Vec<String>,
    /// Those they lead.
    pub leads: Vec<String>,
    /// `false`: known over there, but may not sign in (disabled, not activated).
    pub active: bool,
}
