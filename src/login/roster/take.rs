//! From a connector's words to the store's rows.

use std::collections::BTreeMap;

use serde_json::json;

use crate::base::id::OrgId;
use crate::connectors::directory::{OddRecord, RosterDepartment, RosterPerson};
use crate::connectors::{Identity, Key};
use crate::login::Login;
use crate::login::recognise::stored_keys;
use crate::store::audit::AuditEntry;
use crate::store::departments::Department;
use crate::store::roster::RosterRow;
use crate::store::sync_pages::OddRow;

/// Somebody is not of the company any more.
pub(super) const LEFT: &str = "member.left";
/// Somebody is of the company, and may not sign in over there.
const SHUT_OUT: &str = "member.shut_out";

/// A person's row; the keys of a practice platform stay in a world of their own.
pub(super) fn person(person: RosterPerson, practice: bool) -> RosterRow {
    let bare = Identity { keys: person.keys, ..Identity::default() };
    let keys = stored_keys(&bare, practice).into_iter().map(|Key { space, value }| (space, value)).collect();
    let clean = |text: &str| crate::base::people::clean_name(text, 100);
    RosterRow {
        id: person.id,
        keys,
        name: clean(&person.name),
        email: person.email.filter(|address| address.len() <= 254),
        phone: person.phone,
        title: person.title.map(|title| clean(&title)),
        departments: person.departments,
        leads: person.leads,
        active: person.active,
    }
}

/// A record that can't be used, with the key by which somebody is known here.
pub(super) fn odd(record: OddRecord, practice: bool) -> OddRow {
    let bare = Identity { keys: record.key.into_iter().collect(), ..Identity::default() };
    let key = stored_keys(&bare, practice).pop().map(|Key { space, value }| (space, value));
    OddRow { key, told: record.told }
}

/// A department's row.
pub(super) fn department(department: RosterDepartment) -> Department {
    Department {
        id: department.id,
        parent_id: department.parent,
        name: crate::base::people::clean_name(&department.name, 200),
        position: department.position,
        synced: true,
    }
}

impl Login {
    /// The audit's row of something that a directory brought about.
    pub(super) fn directory_entry(&self, org: &OrgId, action: &str, detail: &serde_json::Value) -> AuditEntry {
        self.entry_about(format!("org:{org}"), action, detail)
    }

    /// The same about anything else.
    pub(super) fn entry_about(&self, target: String, action: &str, detail: &serde_json::Value) -> AuditEntry {
        let now = self.clock.now();
        AuditEntry {
            id: self.random.ulid(now),
            at: now,
            actor: "directory".to_owned(),
            action: action.to_owned(),
            target,
            outcome: "ok".to_owned(),
            request_id: String::new(),
            address: "directory".to_owned(),
            detail: detail.to_string(),
        }
    }

    /// The same for those who may not sign in over there, by their id.
    pub(super) fn entries_of(&self, org: &OrgId, people: &[RosterRow]) -> BTreeMap<String, AuditEntry> {
        let shut_out = people.iter().filter(|row| !row.active);
        shut_out.map(|row| (row.id.clone(), self.directory_entry(org, SHUT_OUT, &json!({})))).collect()
    }
}
