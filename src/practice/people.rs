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
    /// Mobile number in E.164 (`+8613800000001`): where short messages reach them.
    #[serde(default)]
    pub(super) mobile: Option<String>,
    /// What WeChat knows of them.
    #[serde(default)]
    pub(super) wechat: WechatSelf,
    /// Their place in the DingTalk company `dingpractice`; `None` is somebody from outside.
    #[serde(default)]
    pub(super) dingtalk: Option<Employee>,
    /// Their place in the WeCom company `wwpractice00000000`; `None` is somebody from outside.
    #[serde(default)]
    pub(super) wecom: Option<Employee>,
}

/// Somebody's WeChat.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that a test turns")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WechatSelf {
    /// What they call themselves there; `None`: their name.
    pub(super) nickname: Option<String>,
    /// Bytes in the nickname's JSON that no strict reader takes.
    pub(super) odd: Option<OddBytes>,
    /// No picture: an empty `headimgurl`.
    pub(super) no_avatar: bool,
    /// No answer tells their unionid, as if it were not there yet.
    pub(super) unionid_withheld: bool,
    /// Their unionid begins anew with this, as after a lost and regained binding; part of its derivation.
    pub(super) unionid_turn: u32,
    /// A high-risk user: 40226 at `jscode2session`.
    pub(super) risky: bool,
    /// A limited user: 50002 at `/sns/*`.
    pub(super) limited: bool,
}

/// What a WeChat nickname can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OddBytes {
    /// A raw 0x08 inside the JSON string.
    Control,
    /// ED A0 BD: half of an emoji, no UTF-8.
    LoneSurrogate,
}

/// A place in a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Employee {
    /// The company's own id for them.
    pub(super) userid: String,
    /// They left: the platform no longer calls them a member.
    #[serde(default)]
    pub(super) left: bool,
}

impl Employee {
    fn named(userid: &str) -> Self {
        Self { userid: userid.to_owned(), left: false }
    }
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
            mobile: None,
            wechat: WechatSelf::default(),
            dingtalk: None,
            wecom: None,
        }
    }

    /// The mobile number as country code and national number (`86`, `13800000001`).
    pub(super) fn mobile_parts(&self) -> Option<(String, String)> {
        let number = phonenumber::parse(None, self.mobile.as_deref()?).ok()?;
        Some((number.code().value().to_string(), number.national().value().to_string()))
    }

    /// What WeChat shows as their name.
    pub(super) fn nickname(&self) -> &str {
        self.wechat.nickname.as_deref().or(self.name.as_deref()).unwrap_or_default()
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
    [colleagues(), strangers()].concat()
}

/// Two with everything, and two who lack something.
fn colleagues() -> Vec<Person> {
    vec![
        Person {
            locale: Some("zh-CN".to_owned()),
            orgs: vec![membership("active", "member")],
            groups: vec!["staff".to_owned(), "design".to_owned()],
            mobile: Some("+8613800000001".to_owned()),
            wechat: WechatSelf { nickname: Some("小满".to_owned()), ..WechatSelf::default() },
            dingtalk: Some(Employee::named("manager4220")),
            wecom: Some(Employee::named("LinXiaoMan")),
            ..Person::plain("xiaoman", 20_583_231, "林小满")
        },
        Person {
            email_public: true,
            hd: Some("example.com".to_owned()),
            orgs: vec![membership("active", "admin")],
            groups: vec!["staff".to_owned(), "admins".to_owned()],
            mobile: Some("+8613800000002".to_owned()),
            dingtalk: Some(Employee::named("0156")),
            wecom: Some(Employee::named("amara")),
            ..Person::plain("amara", 31_400_271, "Amara Okafor")
        },
        Person {
            name: None,
            more_emails: 40,
            mobile: Some("+8613800000003".to_owned()),
            wechat: WechatSelf { no_avatar: true, ..WechatSelf::default() },
            ..Person::plain("nameless", 3_000_000_001, "")
        },
        Person {
            email: None,
            email_verified: false,
            mobile: Some("+12025550104".to_owned()),
            ..Person::plain("mailless", 41_000_112, "Ben Hollow")
        },
    ]
}

/// Those with something odd about them.
fn strangers() -> Vec<Person> {
    vec![
        Person {
            email_verified: false,
            mobile: Some("+8613800000005".to_owned()),
            wechat: WechatSelf { odd: Some(OddBytes::LoneSurrogate), ..WechatSelf::default() },
            dingtalk: Some(Employee::named("cleo-5")),
            wecom: Some(Employee::named("cleo.marsh")),
            ..Person::plain("unproven", 41_000_113, "Cleo Marsh")
        },
        Person {
            orgs: vec![membership("pending", "member")],
            email: Some("Dario.Conti@Example.COM".to_owned()),
            mobile: Some("+8613800000006".to_owned()),
            wechat: WechatSelf { odd: Some(OddBytes::Control), ..WechatSelf::default() },
            ..Person::plain("invited", 41_000_114, "Dario Conti")
        },
        Person {
            mobile: Some("+8613800000007".to_owned()),
            ..Person::plain("fox", 9_007_199_254_740_993, "Zoë 🦊\u{200B} Tanaka")
        },
        // No mobile number: whoever asks for one learns what happens without.
        Person::plain("layla", 41_000_115, "ليلى حداد"),
        Person {
            groups: (1..=300).map(|number| format!("group-{number:03}")).collect(),
            mobile: Some("+8613800000009".to_owned()),
            wechat: WechatSelf { risky: true, ..WechatSelf::default() },
            ..Person::plain("verbose", 41_000_116, &"Maximiliana ".repeat(25))
        },
    ]
}
