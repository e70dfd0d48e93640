//! Quotas: how often an application may call (§11); the numbers can be set smaller.

use super::super::Practice;
use super::answer::Refusal;

const DAY: i64 = 86_400;
const MINUTE: i64 = 60;
/// A month of thirty days, for `clear_quota`.
const MONTH: i64 = 30 * DAY;

/// A counted kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quota {
    Token,
    StableMinute,
    StableDay,
    Forced,
    Scene,
    UserInfo,
    Sns,
    Session,
    Phone,
    MiniCode,
    Clear,
    /// Permanent scenes; never given back.
    Permanent,
}

impl Quota {
    /// Its name in the settings, WeChat's number, the window in seconds.
    const fn rule(self) -> (&'static str, u64, i64) {
        match self {
            Self::Token => ("token", 2_000, DAY),
            Self::StableMinute => ("stable_minute", 10_000, MINUTE),
            Self::StableDay => ("stable_day", 500_000, DAY),
            Self::Forced => ("forced", 20, DAY),
            Self::Scene => ("scene", 100_000, DAY),
            Self::UserInfo => ("user_info", 5_000_000, DAY),
            Self::Sns => ("sns", 50_000, MINUTE),
            Self::Session => ("session", 100, MINUTE),
            Self::Phone => ("phone", 5_000, MINUTE),
            Self::MiniCode => ("mini_code", 5_000, MINUTE),
            Self::Clear => ("clear", 10, MONTH),
            Self::Permanent => ("permanent", 100_000, i64::MAX),
        }
    }

    fn refusal(self) -> Refusal {
        match (self, self.rule().2) {
            (Self::Permanent, _) => Refusal::new(45029, "qrcode count out of limit"),
            (Self::Session | Self::Phone, _) => {
                Refusal::new(45011, "api minute-quota reach limit must slower retry next minute")
            }
            (_, MINUTE) => Refusal::new(45009, "api freq out of limit"),
            _ => Refusal::new(45009, "reach max api daily quota limit"),
        }
    }
}

/// Counts one call of `whose` (an appid, or an appid and a person).
pub(super) fn charge(practice: &Practice, quota: Quota, whose: &str) -> Result<(), Refusal> {
    let (name, usual, window) = quota.rule();
    let now = practice.now();
    let mut world = practice.world();
    let wechat = &mut world.wechat;
    let limit = wechat.settings.quotas.get(name).copied().unwrap_or(usual);
    let counter = format!("{whose} {name} {}", now / window);
    let count = wechat.counted.get(&counter).copied().unwrap_or(0);
    if count >= limit {
        return Err(quota.refusal());
    }
    wechat.counted.put(counter, count + 1);
    Ok(())
}

/// `clear_quota`: every daily count of the application starts anew.
pub(super) fn clear(practice: &Practice, appid: &str) {
    let mut world = practice.world();
    let daily = [Quota::Token, Quota::StableDay, Quota::Scene, Quota::UserInfo];
    for quota in daily {
        let (name, _, window) = quota.rule();
        world.wechat.counted.remove(&format!("{appid} {name} {}", practice.now() / window));
    }
}
