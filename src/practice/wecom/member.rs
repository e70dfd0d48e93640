//! Somebody in a company's directory.

use serde::{Deserialize, Serialize};

/// A member; texts that are empty count as not filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Member {
    pub(super) userid: String,
    pub(super) name: String,
    /// Places in departments; never empty.
    pub(super) departments: Vec<Place>,
    /// The first department when absent.
    pub(super) main_department: Option<u64>,
    pub(super) direct_leader: Vec<String>,
    pub(super) position: String,
    pub(super) telephone: String,
    pub(super) alias: String,
    /// 1 active, 2 disabled, 4 not activated, 5 left by themselves.
    pub(super) status: i64,
    pub(super) mobile: String,
    pub(super) email: String,
    pub(super) biz_mail: String,
    /// "0", "1" or "2".
    pub(super) gender: String,
    pub(super) address: String,
    /// The userid was made by the system and may change once.
    pub(super) generated: bool,
    /// The practice person behind it.
    pub(super) person: Option<String>,
}

/// A place in a department.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Place {
    pub(super) id: u64,
    /// Bigger comes first.
    pub(super) order: u64,
    pub(super) leader: bool,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            userid: String::new(),
            name: String::new(),
            departments: vec![Place { id: 1, ..Place::default() }],
            main_department: None,
            direct_leader: Vec::new(),
            position: String::new(),
            telephone: String::new(),
            alias: String::new(),
            status: 1,
            mobile: String::new(),
            email: String::new(),
            biz_mail: String::new(),
            gender: "0".to_owned(),
            address: String::new(),
            generated: false,
            person: None,
        }
    }
}

impl Member {
    /// The key: userids are unique whatever their case (§2).
    pub(super) fn key(&self) -> String {
        self.userid.to_ascii_lowercase()
    }

    pub(super) fn main(&self) -> u64 {
        self.main_department.or_else(|| self.departments.first().map(|place| place.id)).unwrap_or(1)
    }
}

/// 1 to 64 of `[0-9A-Za-z_.@-]`, the first a letter or digit.
pub(super) fn is_userid(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.@-".contains(&b))
        && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}
