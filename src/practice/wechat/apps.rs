//! What WeChat's consoles keep about an application.

use serde::{Deserialize, Serialize};

/// The token of the practice official account's server address.
const TOKEN: &str = "practicetoken";
/// Its `EncodingAESKey`: 43 characters whose last one has spare bits that are not zero, as Tencent hands them out.
const AES_KEY: &str = "practicePRACTICEpracticePRACTICEpracticeAES";
/// The Open Platform account to which the three practice applications are bound.
const OPEN_ACCOUNT: &str = "practice-open";

/// The settings of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::practice) struct App {
    pub(in crate::practice) kind: AppKind,
    /// The account's original id, `gh_` and twelve digits.
    pub(in crate::practice) gh_id: String,
    /// Of the server address.
    pub(in crate::practice) token: String,
    /// `EncodingAESKey`, 43 characters.
    pub(in crate::practice) aes_key: String,
    pub(in crate::practice) push_mode: PushMode,
    pub(in crate::practice) push_format: PushFormat,
    /// How long a push waits for its answer; WeChat waits 5000.
    pub(in crate::practice) push_milliseconds: u64,
    /// Deliveries after the first one failed.
    pub(in crate::practice) push_retries: u32,
    /// Addresses that may fetch cgi-bin tokens; `None`: every address.
    pub(in crate::practice) ip_whitelist: Option<Vec<String>>,
    /// The Open Platform account it is bound to; without one there are no unionids.
    pub(in crate::practice) open_account: Option<String>,
    /// Verified: only such service accounts have web authorisation and scenes.
    pub(in crate::practice) verified: bool,
    /// Punished by WeChat: 10004 on pages, 48004 at the API.
    pub(in crate::practice) banned: bool,
    /// A test account: only followers may authorise, else 10006.
    pub(in crate::practice) test_account: bool,
    /// Pages of the released mini program.
    pub(in crate::practice) pages: Vec<String>,
}

/// What kind of application it is; their ids are not interchangeable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::practice) enum AppKind {
    #[default]
    Website,
    /// An official account of the kind that has web authorisation.
    Service,
    MiniProgram,
}

impl AppKind {
    /// The name under which an application registers its address for pushes from the start.
    pub(in crate::practice) const fn connector(self) -> &'static str {
        match self {
            Self::Website => "wechat_website",
            Self::Service => "wechat_official",
            Self::MiniProgram => "wechat_mini",
        }
    }
}

/// How a push's body is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::practice) enum PushMode {
    Plain,
    /// Plain fields and the encrypted text beside them.
    Compatible,
    #[default]
    Secure,
}

/// How a push's body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::practice) enum PushFormat {
    #[default]
    Xml,
    Json,
}

impl Default for App {
    fn default() -> Self {
        Self {
            kind: AppKind::Website,
            gh_id: String::new(),
            token: TOKEN.to_owned(),
            aes_key: AES_KEY.to_owned(),
            push_mode: PushMode::Secure,
            push_format: PushFormat::Xml,
            push_milliseconds: 5000,
            push_retries: 3,
            ip_whitelist: None,
            open_account: Some(OPEN_ACCOUNT.to_owned()),
            verified: true,
            banned: false,
            test_account: false,
            pages: Vec::new(),
        }
    }
}

impl App {
    /// The three that exist from the start, with their appids.
    pub(in crate::practice) fn practice() -> [(&'static str, Self); 3] {
        let plain = Self::default();
        let service = Self { kind: AppKind::Service, gh_id: "gh_9b1c0f3e5a77".to_owned(), ..plain.clone() };
        let mini = Self {
            kind: AppKind::MiniProgram,
            gh_id: "gh_2d7e4a8810c6".to_owned(),
            pages: vec!["pages/index/index".to_owned(), "pages/confirm/index".to_owned()],
            ..plain.clone()
        };
        [("wxpracticewebsite0", plain), ("wxpracticeofficial0", service), ("wxpracticemini0000", mini)]
    }
}
