//! The tree of departments.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A department; root is 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Department {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) name_en: Option<String>,
    pub(super) parentid: u64,
    pub(super) order: u64,
}

impl Default for Department {
    fn default() -> Self {
        Self { id: 0, name: String::new(), name_en: None, parentid: 1, order: 100_000_000 }
    }
}

/// A department and everything below it, the parent before its children.
pub(super) fn below(all: &BTreeMap<u64, Department>, from: u64) -> Vec<u64> {
    let mut children: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for department in all.values() {
        children.entry(department.parentid).or_default().push(department.id);
    }
    let (mut found, mut seen, mut open) = (Vec::new(), BTreeSet::new(), vec![from]);
    while let Some(id) = open.pop() {
        // A tree that a test tied into a ring ends here.
        if all.contains_key(&id) && seen.insert(id) {
            found.push(id);
            open.extend(children.get(&id).into_iter().flatten().rev());
        }
    }
    found
}

/// The department itself and those above it.
pub(super) fn above(all: &BTreeMap<u64, Department>, id: u64) -> Vec<u64> {
    let mut path = Vec::new();
    let mut at = id;
    while let Some(department) = all.get(&at) {
        if path.contains(&at) {
            break;
        }
        path.push(at);
        at = department.parentid;
    }
    path
}
