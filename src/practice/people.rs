//! The people of the practice world, and what is odd about some of them.

use serde::{Deserialize, Serialize};

/// Somebody who can sign in at the practice platforms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    /// Names the person in the practice world; no platform shows it.
    pub(super) key: String,
    /// The numeric id (GitHub, oauth.example.net).
    pub(super) number: u64,
    /// The `sub` at Google and login.example.org.
    pub(super) sub: String,
    /// The name in URLs; can be changed, and taken by somebody else.
    pub(super) login: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) email_verified: bool,
    /// Whether GitHub's profile shows the address.
    #[serde(default)]
    pub(super) email_public: bool,
    /// Further, unverified addresses at GitHub (for paging).
    #[serde(default)]
    pub(super) more_emails: u16,
    /// Google Workspace domain.
    #[serde(default)]
    pub(super) hd: Option<String>,
    #[serde(default)]
    pub(super) locale: Option<String>,
    #[serde(default)]
    pub(super) orgs: Vec<Membership>,
    #[serde(default)]
    pub(super) groups: Vec<String>,
}

/// Belonging to a GitHub organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Membership {
    pub(super) login: String,
    pub(super) id: u64,
    /// `active`, or `pending` for somebody invited.
    pub(super) state: String,
    /// `admin`, `member` or `billing_manager`.
    pub(super) role: String,
    #[serde(default)]
    pub(super) teams: Vec<String>,
}

/// What is worth knowing about a person before picking them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trait {
    NoName,
    LongName,
    UnusualScript,
    NoMail,
    UnverifiedMail,
    CapitalMail,
    BigNumber,
    Workspace,
    Invited,
    ManyGroups,
}

impl Person {
    /// Somebody plain, to be changed by `..`.
    pub(super) fn plain(key: &str, number: u64, name: &str) -> Self {
        Self {
            key: key.to_owned(),
            number,
            sub: format!("1101694844743{number:08}"),
            login: key.to_owned(),
            name: Some(name.to_owned()),
            email: Some(format!("{key}@example.com")),
            email_verified: true,
            email_public: false,
            more_emails: 0,
            hd: None,
            locale: Some("en".to_owned()),
            orgs: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// What a page calls them.
    pub(super) fn shown(&self) -> &str {
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.login)
    }

    /// The letter on their card.
    pub(super) fn initial(&self) -> String {
        self.shown()
            .chars()
            .find(|c| c.is_alphanumeric())
            .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
    }

    /// What is odd about them.
    pub(super) fn traits(&self) -> Vec<Trait> {
        let name = self.name.as_deref().unwrap_or_default();
        let email = self.email.as_deref().unwrap_or_default();
        let odd = |c: char| matches!(u32::from(c), 0x0590..=0x08FF | 0x200B..=0x200F | 0x1_0000..);
        [
            (Trait::NoName, name.is_empty()),
            (Trait::LongName, name.chars().count() > 60),
            (Trait::UnusualScript, name.chars().any(odd)),
            (Trait::NoMail, email.is_empty()),
            (Trait::UnverifiedMail, !email.is_empty() && !self.email_verified),
            (Trait::CapitalMail, email.bytes().any(|b| b.is_ascii_uppercase())),
            (Trait::BigNumber, self.number > 1 << 53),
            (Trait::Workspace, self.hd.is_some()),
            (Trait::Invited, self.orgs.iter().any(|org| org.state == "pending")),
            (Trait::ManyGroups, self.groups.len() > 100),
        ]
        .into_iter()
        .filter_map(|(kind, holds)| holds.then_some(kind))
        .collect()
    }
}

fn membership(state: &str, role: &str) -> Membership {
    Membership {
        login: "practice-works".to_owned(),
        id: 9_919_001,
        state: state.to_owned(),
        role: role.to_owned(),
        teams: vec!["design".to_owned()],
    }
}

/// The people every practice world begins with: ordinary ones first.
pub(super) fn cast() -> Vec<Person> {
    vec![
        Person {
            locale: Some("zh-CN".to_owned()),
            orgs: vec![membership("active", "member")],
            groups: vec!["staff".to_owned(), "design".to_owned()],
            ..Person::plain("xiaoman", 20_583_231, "林小满")
        },
        Person {
            email_public: true,
            hd: Some("example.com".to_owned()),
            orgs: vec![membership("active", "admin")],
            groups: vec!["staff".to_owned(), "admins".to_owned()],
            ..Person::plain("amara", 31_400_271, "Amara Okafor")
        },
        Person { name: None, more_emails: 40, ..Person::plain("nameless", 3_000_000_001, "") },
        Person { email: None, email_verified: false, ..Person::plain("mailless", 41_000_112, "Ben Hollow") },
        Person { email_verified: false, ..Person::plain("unproven", 41_000_113, "Cleo Marsh") },
        Person {
            orgs: vec![membership("pending", "member")],
            email: Some("Dario.Conti@Example.COM".to_owned()),
            ..Person::plain("invited", 41_000_114, "Dario Conti")
        },
        Person::plain("fox", 9_007_199_254_740_993, "Zoë 🦊\u{200B} Tanaka"),
        Person::plain("layla", 41_000_115, "ليلى حداد"),
        Person {
            groups: (1..=300).map(|number| format!("group-{number:03}")).collect(),
            ..Person::plain("verbose", 41_000_116, &"Maximiliana ".repeat(25))
        },
    ]
}
