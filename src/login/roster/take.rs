//! From a connector's words to the store's rows.

use crate::base::id::OrgId;
use crate::connectors::directory::{RosterDepartment, RosterPerson};
use crate::connectors::{Identity, Key};
use crate::login::recognise::stored_keys;
use crate::store::departments::Department;
use crate::store::roster::RosterRow;
use crate::store::{Result, Tx};

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

/// A member's own id changed: the row, the key, and the identity that has it, in one transaction.
pub(super) async fn rename(tx: &mut Tx, org: &OrgId, (from, to): (&str, &str), space: &str) -> Result<bool> {
    let renamed = tx.rename_person(org, from, to).await?;
    tx.rename_roster_key(org, space, from, to).await?;
    Ok(renamed)
}
