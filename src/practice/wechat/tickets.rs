//! What WeChat hands out and remembers; all bounded.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::super::shelf::Shelf;
use crate::base::clock::Seconds;

const LIMIT: usize = 5_000;
const DELIVERY_LIMIT: usize = 200;

/// The state of the simulated WeChat.
pub(in crate::practice) struct Wechat {
    /// Codes of web authorisation, of `wx.login` and of the phone button, by their text.
    pub(super) codes: Shelf<Code>,
    /// User access tokens, by their text.
    pub(super) tokens: Shelf<UserToken>,
    /// Refresh tokens, by their text.
    pub(super) refreshes: Shelf<Refresh>,
    /// Tokens of `/cgi-bin/token`, by their text.
    pub(super) legacy: Shelf<AppToken>,
    /// Tokens of `/cgi-bin/stable_token`, by their text.
    pub(super) stable: Shelf<AppToken>,
    /// When an appid last forced a stable token.
    pub(super) forced_at: Shelf<Seconds>,
    /// Sign-in pages by the uuid in their QR.
    pub(super) visits: Shelf<Visit>,
    /// Scenes and mini-program codes by the id of their scan.
    pub(super) scenes: Shelf<Scene>,
    /// Who follows which account: `{appid} {person}`.
    pub(super) following: Shelf<Following>,
    /// The scene somebody scanned and has not followed yet: `{appid} {person}`.
    pub(super) undecided: Shelf<String>,
    /// Who withdrew their authorisation: `{appid} {person}`.
    pub(super) withdrawn: Shelf<()>,
    /// The session key told last: `{appid} {person}`.
    pub(super) session_keys: Shelf<String>,
    /// Calls counted by quota, appid and window.
    pub(super) counted: Shelf<u64>,
    pub(super) deliveries: VecDeque<Delivery>,
    /// Accounts whose followers moved: original id of the old one, appid of the new one, when.
    pub(super) migrations: VecDeque<(String, String, Seconds)>,
    pub(super) settings: Settings,
}

/// What belongs to no application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::practice) struct Settings {
    /// How long the QR page's poll is held; the real one about 25 000.
    pub(super) poll_milliseconds: u64,
    /// Quotas by name (`token`, `sns`, …) in place of WeChat's numbers.
    pub(super) quotas: BTreeMap<String, u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { poll_milliseconds: 25_000, quotas: BTreeMap::new() }
    }
}

/// A code; single use, bound to its appid.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) appid: String,
    pub(super) person: String,
    pub(super) gives: Gives,
    pub(super) expires_at: Seconds,
    pub(super) used: bool,
}

/// What a code is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// User tokens with this scope; a virtual openid in snapshot mode.
    Tokens { scope: String, snapshot: Option<String> },
    /// A mini program's session.
    Session,
    /// The person's phone number.
    Number,
}

/// A user access token; only for `/sns/*`.
#[derive(Clone, Debug)]
pub(super) struct UserToken {
    pub(super) appid: String,
    pub(super) person: String,
    pub(super) scope: String,
    pub(super) snapshot: Option<String>,
    pub(super) expires_at: Seconds,
}

/// A refresh token: thirty days from the sign-in, never longer.
#[derive(Clone, Debug)]
pub(super) struct Refresh {
    /// The access token it belongs to at present.
    pub(super) access: String,
    pub(super) token: UserToken,
    pub(super) expires_at: Seconds,
}

/// An application's own token.
#[derive(Clone, Debug)]
pub(super) struct AppToken {
    pub(super) appid: String,
    pub(super) expires_at: Seconds,
    /// From then on a newer one has taken its place.
    pub(super) replaced_at: Option<Seconds>,
}

/// A shown sign-in page.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) appid: String,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    /// Whether the page itself moves on, in place of the top window.
    pub(super) self_redirect: bool,
    /// The code, once somebody confirmed.
    pub(super) code: Option<String>,
}

/// What a code on a screen carries into WeChat.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) appid: String,
    pub(super) text: String,
    /// An official account's ticket; empty for a mini program.
    pub(super) ticket: String,
    /// The scene is a number (`qr_scene`), not a text.
    pub(super) numeric: bool,
    pub(super) expires_at: Seconds,
}

/// Somebody follows an account.
#[derive(Clone, Debug, Serialize)]
pub(in crate::practice) struct Following {
    pub(super) since: Seconds,
    /// The scene they came by, if any; a number where it was one.
    pub(super) scene: Option<String>,
    pub(super) numeric: bool,
}

/// A push with everything that was sent and came back.
#[derive(Clone, Debug, Serialize)]
pub(in crate::practice) struct Delivery {
    pub(super) number: u64,
    pub(super) appid: String,
    pub(super) event: String,
    pub(super) attempts: Vec<Attempt>,
    pub(super) outcome: Outcome,
}

/// One request of a push.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attempt {
    pub(super) url: String,
    pub(super) body: String,
    /// 0: no answer in time, or no connection.
    pub(super) status: u16,
    pub(super) answer: String,
}

/// What the chat shows afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub(in crate::practice) enum Outcome {
    /// Nothing: the answer was empty or `success`.
    Silent,
    /// A passive reply.
    Replied { text: String },
    /// The account is out of order, says the chat (§5.8).
    Unavailable { why: String },
}

impl Wechat {
    pub(in crate::practice) fn new() -> Self {
        Self {
            codes: Shelf::new(LIMIT),
            tokens: Shelf::new(LIMIT),
            refreshes: Shelf::new(LIMIT),
            legacy: Shelf::new(LIMIT),
            stable: Shelf::new(LIMIT),
            forced_at: Shelf::new(LIMIT),
            visits: Shelf::new(LIMIT),
            scenes: Shelf::new(LIMIT),
            following: Shelf::new(LIMIT),
            undecided: Shelf::new(LIMIT),
            withdrawn: Shelf::new(LIMIT),
            session_keys: Shelf::new(LIMIT),
            counted: Shelf::new(LIMIT),
            deliveries: VecDeque::new(),
            migrations: VecDeque::new(),
            settings: Settings::default(),
        }
    }

    /// Keeps a delivery for the control API; gives its number.
    pub(super) fn record(&mut self, mut delivery: Delivery) -> u64 {
        delivery.number = self.deliveries.back().map_or(1, |last| last.number + 1);
        if self.deliveries.len() >= DELIVERY_LIMIT {
            self.deliveries.pop_front();
        }
        let number = delivery.number;
        self.deliveries.push_back(delivery);
        number
    }

    /// Whether a person follows an account.
    pub(in crate::practice) fn follows(&self, appid: &str, person: &str) -> bool {
        self.following.get(&pair(appid, person)).is_some()
    }
}

/// How the shelves name what belongs to a person at an application.
pub(super) fn pair(appid: &str, person: &str) -> String {
    format!("{appid} {person}")
}
