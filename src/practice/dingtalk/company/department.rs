//! A department.

use serde::{Deserialize, Serialize};

use super::ROOT;

/// What is written down of a department; its id names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::practice::dingtalk) struct Department {
    pub(in crate::practice::dingtalk) name: String,
    /// Any number: a test may make a circle or name a parent that is not there.
    pub(in crate::practice::dingtalk) parent: u64,
    pub(in crate::practice::dingtalk) order: u64,
    pub(in crate::practice::dingtalk) managers: Vec<String>,
    pub(in crate::practice::dingtalk) source_identifier: Option<String>,
    /// It comes from an associated organisation (§12.1).
    pub(in crate::practice::dingtalk) from_union_org: bool,
}

impl Default for Department {
    fn default() -> Self {
        Self::named("")
    }
}

impl Department {
    pub(in crate::practice::dingtalk) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            parent: ROOT,
            order: 1,
            managers: Vec::new(),
            source_identifier: None,
            from_union_org: false,
        }
    }
}
