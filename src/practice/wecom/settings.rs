//! How a company set itself up, and how it is told to misbehave.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything about a company except its people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) name: String,
    /// Applications by agentid.
    pub(super) agents: BTreeMap<String, Agent>,
    pub(super) contact: ContactSync,
    pub(super) quirks: Quirks,
    /// Requests that every API takes (§6.5); none counts when absent.
    pub(super) limits: Option<Limits>,
    pub(super) fail: Option<Fail>,
}

/// A self-built application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Agent {
    pub(super) name: String,
    pub(super) secret: String,
    /// Made before 2022-06-20 20:00: reads the seven sensitive fields, needs no trusted IP.
    pub(super) old: bool,
    pub(super) disabled: bool,
    /// Departments (with everything below) and people that it sees.
    pub(super) departments: Vec<u64>,
    pub(super) users: Vec<String>,
    /// host[:port] for OAuth inside the client.
    pub(super) trusted_domain: String,
    /// host[:port] for the sign-in outside of it.
    pub(super) web_domain: String,
    /// Addresses that may call; all when absent.
    pub(super) trusted_ips: Option<Vec<String>>,
    /// Sensitive fields that the administrator ticked for `snsapi_privateinfo`.
    pub(super) private_fields: Vec<String>,
}

/// The contact-sync assistant (通讯录同步).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ContactSync {
    pub(super) secret: String,
    /// Its address was configured before 2022-08-15: everything is readable.
    pub(super) old_ip: bool,
    pub(super) trusted_ips: Option<Vec<String>>,
    /// Where events go; without it, the hook that is registered with the practice client.
    pub(super) hook: Option<String>,
    pub(super) token: String,
    pub(super) aes_key: String,
}

/// What is not in the documents, or differs from company to company.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Quirks {
    /// The web login turns members away who are outside the application's visible range.
    pub(super) range_at_login: bool,
    /// Refusing sends the browser back with `state` only.
    pub(super) cancel_returns: bool,
    /// `gettoken` repeats the token that lives.
    pub(super) same_token: bool,
    /// The address that callers seem to come from.
    pub(super) caller_ip: String,
    /// Even `gettoken` holds the caller's address against the list.
    pub(super) strict_ip: bool,
    /// Successful `gettoken` calls in an hour before 45009.
    pub(super) tokens_per_hour: Option<u32>,
    /// Events carry every field, as before 2022-08-15.
    pub(super) rich_events: bool,
    pub(super) duplicate_events: bool,
    /// An event overtakes the one before it.
    pub(super) out_of_order: bool,
    /// Events are sealed for another company.
    pub(super) wrong_receiver: bool,
    /// Events are signed with another token.
    pub(super) wrong_signature: bool,
    /// `order` and `is_leader_in_dept` are shorter than `department`.
    pub(super) ragged_arrays: bool,
}

/// Calls per API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) minute: u32,
    pub(super) hour: u32,
}

/// "The n-th request fails."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fail {
    /// Only requests whose path contains this; all when empty.
    #[serde(default)]
    pub(super) path: String,
    /// Which of the requests fails first, counted from 1 from the moment this is set.
    pub(super) at: u32,
    pub(super) errcode: i64,
    /// How many fail from there on.
    #[serde(default = "one")]
    pub(super) times: u32,
}

fn one() -> u32 {
    1
}

impl Default for Limits {
    fn default() -> Self {
        Self { minute: 10_000, hour: 150_000 }
    }
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            range_at_login: false,
            cancel_returns: false,
            same_token: true,
            caller_ip: "127.0.0.1".to_owned(),
            strict_ip: false,
            tokens_per_hour: None,
            rich_events: false,
            duplicate_events: false,
            out_of_order: false,
            wrong_receiver: false,
            wrong_signature: false,
            ragged_arrays: false,
        }
    }
}

impl Default for ContactSync {
    fn default() -> Self {
        Self {
            secret: "practice-contact-secret".to_owned(),
            old_ip: false,
            trusted_ips: None,
            hook: None,
            token: "practicetoken".to_owned(),
            aes_key: "practicePRACTICEpracticePRACTICEpracticeAES".to_owned(),
        }
    }
}

/// The seven fields that newer applications read with consent only (§6.1).
pub(super) const SENSITIVE: [&str; 7] = ["avatar", "gender", "mobile", "email", "biz_mail", "qr_code", "address"];

impl Default for Agent {
    fn default() -> Self {
        Self {
            name: "Hufu".to_owned(),
            secret: String::new(),
            old: false,
            disabled: false,
            departments: vec![1],
            users: Vec::new(),
            trusted_domain: String::new(),
            web_domain: String::new(),
            trusted_ips: None,
            private_fields: SENSITIVE.map(str::to_owned).to_vec(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "练习公司".to_owned(),
            agents: BTreeMap::new(),
            contact: ContactSync::default(),
            quirks: Quirks::default(),
            limits: None,
            fail: None,
        }
    }
}

impl Settings {
    /// A company with the application `1000002` for whoever is at `domain`, and another one beside it.
    pub(super) fn practice(name: &str, domain: &str, secret: &str) -> Self {
        let agent = |secret: String, name: &str| Agent {
            name: name.to_owned(),
            secret,
            trusted_domain: domain.to_owned(),
            web_domain: domain.to_owned(),
            ..Agent::default()
        };
        let agents = BTreeMap::from([
            ("1000002".to_owned(), agent(secret.to_owned(), "Hufu")),
            ("1000003".to_owned(), agent(format!("{secret}-1000003"), "OA")),
        ]);
        let contact = ContactSync { secret: format!("{secret}-contact"), ..ContactSync::default() };
        Self { name: name.to_owned(), agents, contact, ..Self::default() }
    }
}
