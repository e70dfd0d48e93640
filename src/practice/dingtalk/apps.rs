//! What DingTalk's console keeps about an application.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::CORP;

/// Every permission point that the simulated interfaces ask for.
const PERMISSIONS: [&str; 10] = [
    "open_app_api_base",
    "qyapi_base",
    "Contact.User.Read",
    "Contact.User.mobile",
    "qyapi_get_member",
    "qyapi_get_department_list",
    "qyapi_get_department_member",
    "qyapi_get_member_by_mobile",
    "Contact.Common.Read",
    "Contact.Org.Read",
];

/// The settings of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct App {
    /// The company that owns an internal application.
    pub(super) corp_id: String,
    /// The developer's own company: unionIds are the same in all of its applications (§2).
    pub(super) developer: String,
    /// A third-party (ISV) application: masked numbers, and only the companies that opened it.
    pub(super) third_party: bool,
    /// The companies that opened a third-party application.
    pub(super) authorised: BTreeSet<String>,
    /// Without a published version nobody signs in (§3.1).
    pub(super) published: bool,
    pub(super) disabled: bool,
    /// Permission points that were granted.
    pub(super) permissions: BTreeSet<String>,
    /// Granted personal fields of the directory: `mobile`, `email`.
    pub(super) fields: BTreeSet<String>,
    /// The contact scope: departments, with all below them.
    pub(super) scope_departments: Vec<u64>,
    /// The contact scope: single people.
    pub(super) scope_users: Vec<String>,
    /// Addresses that may call; `None`: all of them.
    pub(super) ip_whitelist: Option<Vec<String>>,
    pub(super) suite_ticket: String,
    pub(super) events: Way,
    /// Of the encrypted push.
    pub(super) token: String,
    /// 43 characters; the last one has spare bits that are not zero, as DingTalk's own do (§10.2).
    pub(super) aes_key: String,
    /// How long a push waits for its answer (§10.2).
    pub(super) push_milliseconds: u64,
    /// How long after a failed push the next one follows (§10.2).
    pub(super) retry_milliseconds: Vec<u64>,
    /// Set by `register_call_back`: these events only, and the company's id as owner (§10.2).
    pub(super) callback_tags: Option<BTreeSet<String>>,
}

/// How events leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    Off,
    #[default]
    Stream,
    Http,
}

impl Default for App {
    fn default() -> Self {
        Self {
            corp_id: CORP.to_owned(),
            developer: CORP.to_owned(),
            third_party: false,
            authorised: BTreeSet::new(),
            published: true,
            disabled: false,
            permissions: PERMISSIONS.into_iter().map(str::to_owned).collect(),
            fields: ["mobile", "email"].into_iter().map(str::to_owned).collect(),
            scope_departments: vec![1],
            scope_users: Vec::new(),
            ip_whitelist: None,
            suite_ticket: "practice-suite-ticket".to_owned(),
            events: Way::Stream,
            token: "practicetoken".to_owned(),
            aes_key: "practiceDINGTALKpracticeDINGTALKpracticeAES".to_owned(),
            push_milliseconds: 1500,
            retry_milliseconds: vec![10_000, 30_000],
            callback_tags: None,
        }
    }
}

impl App {
    /// Whether it works for that company.
    pub(super) fn serves(&self, corp: &str) -> bool {
        if self.third_party { self.authorised.contains(corp) } else { self.corp_id == corp }
    }

    /// Whether a permission point or personal field was granted; none is always granted.
    pub(super) fn may(&self, permission: &str) -> bool {
        permission.is_empty() || self.permissions.contains(permission)
    }
}
