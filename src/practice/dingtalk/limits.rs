//! Counting calls, and limits on them (§9). Seconds are the clock's, so that a test decides how fast time goes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::base::clock::Seconds;

/// Seconds that are remembered.
const SECONDS: usize = 10_000;
const APIS: usize = 500;
/// The window of the limit per address.
const ADDRESS_WINDOW: i64 = 20;
/// How long an address stays banned.
const ADDRESS_BAN: i64 = 300;

/// The limits in force; none from the start, because a test's clock may stand still.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    /// Calls per application and interface in a second; DingTalk has 20.
    pub(super) per_second: Option<u32>,
    /// Calls from one address in twenty seconds; DingTalk has 10 000.
    pub(super) per_address: Option<u32>,
    /// Calls a month that are not about tokens, identity or contacts; DingTalk has 5000.
    pub(super) per_month: Option<u32>,
    /// Contacts count towards the month as well.
    pub(super) count_contacts: bool,
}

/// Why a call is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooMany {
    InASecond,
    FromAnAddress,
    ThisMonth,
}

/// What was counted.
#[derive(Default)]
pub(super) struct Meter {
    pub(super) limits: Limits,
    by_second: BTreeMap<Seconds, u32>,
    by_api: BTreeMap<String, u64>,
    /// Calls of an application to an interface, in the second named.
    windows: BTreeMap<String, Window>,
    banned_until: Seconds,
    month: u32,
}

#[derive(Clone, Copy, Default)]
struct Window {
    second: Seconds,
    count: u32,
    busiest: u32,
    closed_until: Seconds,
}

impl Meter {
    /// Counts a call that arrived, whoever makes it.
    pub(super) fn arrive(&mut self, api: &str, now: Seconds) -> Result<(), TooMany> {
        *self.by_second.entry(now).or_default() += 1;
        if self.by_second.len() > SECONDS {
            self.by_second.pop_first();
        }
        if self.by_api.len() < APIS || self.by_api.contains_key(api) {
            *self.by_api.entry(api.to_owned()).or_default() += 1;
        }
        let Some(limit) = self.limits.per_address else { return Ok(()) };
        let recent: u32 = self.by_second.range(now - ADDRESS_WINDOW + 1..=now).map(|(_, count)| count).sum();
        if recent > limit && now >= self.banned_until {
            self.banned_until = now + ADDRESS_BAN;
        }
        if now < self.banned_until { Err(TooMany::FromAnAddress) } else { Ok(()) }
    }

    /// Counts a call of a known application.
    pub(super) fn admit(&mut self, client_id: &str, api: &str, now: Seconds) -> Result<(), TooMany> {
        let name = format!("{client_id} {api}");
        if self.windows.len() >= APIS && !self.windows.contains_key(&name) {
            self.windows.pop_first();
        }
        let window = self.windows.entry(name).or_default();
        if window.second != now {
            (window.second, window.count) = (now, 0);
        }
        window.count += 1;
        window.busiest = window.busiest.max(window.count);
        if let Some(limit) = self.limits.per_second {
            if window.count > limit {
                // A second of penalty after the one that was too full.
                window.closed_until = now + 2;
            }
            if now < window.closed_until {
                return Err(TooMany::InASecond);
            }
        }
        if let Some(limit) = self.limits.per_month
            && (self.limits.count_contacts || !is_spared(api))
        {
            self.month += 1;
            if self.month > limit {
                return Err(TooMany::ThisMonth);
            }
        }
        Ok(())
    }

    /// What was counted, as the control API shows it.
    pub(super) fn report(&self) -> Value {
        json!({
            "total": self.by_second.values().map(|count| u64::from(*count)).sum::<u64>(),
            "busiest_second": self.by_second.values().max().copied().unwrap_or_default(),
            "by_second": self.by_second.iter().map(|(second, count)| (second.to_string(), *count)).collect::<BTreeMap<_, _>>(),
            "by_api": self.by_api,
            "busiest_second_by_application_and_api":
                self.windows.iter().map(|(name, window)| (name.as_str(), window.busiest)).collect::<BTreeMap<_, _>>(),
        })
    }

    /// Begins to count anew; the limits stay.
    pub(super) fn forget(&mut self) {
        *self = Self { limits: self.limits.clone(), ..Self::default() };
    }
}

/// Tokens, identity and contacts do not count towards the month (§9).
fn is_spared(api: &str) -> bool {
    ["/gettoken", "/v1.0/oauth2/", "/v1.0/contact/", "/topapi/user/", "/topapi/v2/", "/auth/", "/sns/", "/user/"]
        .iter()
        .any(|front| api.starts_with(front))
}
