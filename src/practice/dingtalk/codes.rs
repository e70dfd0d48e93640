//! What DingTalk hands out: codes of three kinds, and tokens of people and of applications.

use super::who::Who;
use crate::base::clock::Seconds;

/// Where a code comes from; each is good at one place only (§14, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CodeKind {
    /// The sign-in page: `userAccessToken`.
    Web,
    /// `requestAuthCode` inside DingTalk: `getuserinfo`.
    InApp,
    /// The legacy sign-in page: `sns/getuserinfo_bycode`.
    Sns,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) kind: CodeKind,
    pub(super) client_id: String,
    pub(super) who: Who,
    /// The company that was chosen, with the scope `corpid` or inside DingTalk.
    pub(super) corp: Option<String>,
    pub(super) expires_at: Seconds,
    pub(super) used: bool,
}

/// What a person's access token or refresh token stands for.
#[derive(Clone, Debug)]
pub(super) struct UserToken {
    pub(super) client_id: String,
    pub(super) who: Who,
    pub(super) corp: Option<String>,
    pub(super) expires_at: Seconds,
}

/// An application's access token.
#[derive(Clone, Debug)]
pub(super) struct AppToken {
    pub(super) client_id: String,
    pub(super) corp: String,
    pub(super) expires_at: Seconds,
}
