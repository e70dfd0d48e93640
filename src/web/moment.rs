//! Moments as pages write them: UTC for everybody, local time where the script runs.

use time::OffsetDateTime;
use time::macros::format_description;

use crate::base::clock::Seconds;

/// A moment, ready for `<time>`.
#[derive(Clone, Debug)]
pub struct Moment {
    /// For `datetime=`, RFC 3339.
    pub machine: String,
    /// For people.
    pub words: String,
}

impl Moment {
    /// The moment `at`; the epoch for what no calendar has.
    #[must_use]
    pub fn new(at: Seconds) -> Self {
        let at = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let machine = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        let words = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
        Self { machine: at.format(machine).unwrap_or_default(), words: at.format(words).unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_for_machines_and_for_people() {
        let moment = Moment::new(1_795_232_195);
        assert_eq!((moment.machine.as_str(), moment.words.as_str()), ("2026-11-21T03:36:35Z", "2026-11-21 03:36 UTC"));
    }
}
