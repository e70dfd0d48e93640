//! How many codes are sent, and how soon after each other: by number, address, network, prefix, country, and in all
//! (security.md rows 110, 190, 194).

use serde::{Deserialize, Serialize};

use crate::base::clock::Seconds;
use crate::base::network::{line, network};
use crate::base::phone::Phone;
use crate::base::secret::Sealer;
use crate::login::{Login, LoginError};
use crate::store::artifact::Kind;
use crate::store::attempts::Limit;
use crate::store::{Error, Result, Store, Tx};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// A number gets at most one code in so many seconds.
pub const GAP: Seconds = 45;
/// What a code that was sent a moment ago is called.
pub(super) const SOON: &str = "phone gap";
/// Wrong codes that one number hears in a day, over all interactions (sms.md §9).
const TRIES_A_DAY: Limit = Limit { tries: 20, window: DAY, block: DAY, longest: None };

/// Numbers of codes; the setting `phone_limits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhoneLimits {
    /// To one number in an hour.
    pub number_hour: i64,
    /// To one number in a day.
    pub number_day: i64,
    /// For one network address in an hour.
    pub address_hour: i64,
    /// For one network (/24, /48) in a day.
    pub network_day: i64,
    /// Codes that nobody typed, to numbers that differ in their last four digits only, in a quarter of an hour.
    pub unused_prefix: i64,
    /// To one country in a day.
    pub country_day: i64,
    /// In all in a day.
    pub day: i64,
}

impl Default for PhoneLimits {
    fn default() -> Self {
        Self {
            number_hour: 5,
            number_day: 10,
            address_hour: 10,
            network_day: 50,
            unused_prefix: 20,
            country_day: 2000,
            day: 5000,
        }
    }
}

impl Login {
    /// The limits in force.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn phone_limits(&self) -> crate::store::Result<PhoneLimits> {
        let stored = self.store.setting("phone_limits").await?;
        Ok(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// The limits in force, for the command line.
    ///
    /// # Errors
    /// `Store`.
    pub async fn code_limits(&self) -> std::result::Result<PhoneLimits, LoginError> {
        Ok(self.phone_limits().await?)
    }
}

/// The pause between two codes to one number, whatever they are for.
pub(super) struct Gap(String);

impl Gap {
    pub(super) fn of(sealer: &Sealer, number: &str, practice: bool) -> Self {
        let world = if practice { "practice " } else { "" };
        Self(sealer.derive("phone gap", &format!("{world}{number}")))
    }

    /// Begins it; `Conflict(SOON)` where one has not ended.
    pub(super) async fn take(&self, tx: &mut Tx, now: Seconds) -> Result<()> {
        if tx.once(&self.0, now, now + GAP).await? { Ok(()) } else { Err(Error::Conflict(SOON)) }
    }

    /// Ends it: nothing was sent.
    pub(super) async fn give_back(&self, tx: &mut Tx) -> Result<()> {
        tx.revoke(Kind::ReplayMark, &self.mark()).await.map(drop)
    }

    /// When the one that began last ends.
    pub(super) async fn ends(&self, store: &Store) -> Result<Option<Seconds>> {
        Ok(store.look(Kind::ReplayMark, &self.mark()).await?.map(|mark| mark.expires_at))
    }

    fn mark(&self) -> String {
        format!("once:{}", self.0)
    }
}

/// A name that a code or a try is charged under, and its limit.
pub(super) type Charged = (String, Limit);

/// Every budget that one code to `phone` costs.
pub(super) fn charges(
    limits: &PhoneLimits,
    sealer: &Sealer,
    phone: &Phone,
    (address, practice): (&str, bool),
) -> Vec<Charged> {
    let number = sealer.derive("phone", phone.e164());
    let name = |kind: &str, of: &str| format!("{}{kind}:{of}", world(practice));
    let hour = |tries| Limit { tries, window: HOUR, block: HOUR, longest: None };
    let day = |tries| Limit { tries, window: DAY, block: DAY, longest: None };
    vec![
        (name("code-number-hour", &number), hour(limits.number_hour)),
        (name("code-number-day", &number), day(limits.number_day)),
        (name("code-address", &line(address)), hour(limits.address_hour)),
        (name("code-network", &network(address)), day(limits.network_day)),
        (
            unused(sealer, phone.e164(), practice),
            Limit { tries: limits.unused_prefix, window: HOUR / 4, block: HOUR, longest: None },
        ),
        (name("code-country", phone.country()), day(limits.country_day)),
        (name("code", "all"), day(limits.day)),
    ]
}

/// How budgets of codes that nobody typed are called.
pub(super) const UNUSED: &str = "code-prefix:";

/// The budget of codes that nobody typed, of the number's neighbours.
pub(super) fn unused(sealer: &Sealer, number: &str, practice: bool) -> String {
    let prefix = number.get(..number.len().saturating_sub(4)).unwrap_or_default();
    format!("{}{UNUSED}{}", world(practice), sealer.derive("phone prefix", prefix))
}

/// The budget of wrong codes of one number, over all interactions.
pub(super) fn tries(sealer: &Sealer, number: &str, practice: bool) -> Charged {
    (format!("{}code-tries:{}", world(practice), sealer.derive("phone", number)), TRIES_A_DAY)
}

const fn world(practice: bool) -> &'static str {
    if practice { "practice-" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_with_defaults_for_what_is_not_said() {
        let limits: PhoneLimits = serde_json::from_str(r#"{"day": 7}"#).unwrap();
        assert_eq!(limits, PhoneLimits { day: 7, ..PhoneLimits::default() });
        assert!(serde_json::from_str::<PhoneLimits>(r#"{"dya": 7}"#).is_err());
    }
}
