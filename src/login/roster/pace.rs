//! Not too fast, and patient with a platform that has enough of us (upstreams/dingtalk.md §9).

use std::time::Duration;

use crate::base::clock::{Clock, Seconds};
use crate::connectors::Trouble;

/// Requests in one second of our clock.
const MOST: u32 = 14;
/// What lies between two of them on the machine's clock.
const APART: Duration = Duration::from_millis(72);
/// How often a platform that says "later" is asked again.
const TRIES: u32 = 7;
/// The longest pause, in seconds.
const LONGEST: Seconds = 60;

/// The pace of one pass.
pub(super) struct Pace {
    clock: Clock,
    second: Seconds,
    count: u32,
}

impl Pace {
    pub(super) fn new(clock: &Clock) -> Self {
        Self { clock: clock.clone(), second: clock.now(), count: 0 }
    }

    /// Waits for the turn of the next request.
    pub(super) async fn turn(&mut self) {
        if matches!(self.clock, Clock::System) {
            tokio::time::sleep(APART).await;
        }
        let now = self.clock.now();
        if now != self.second {
            (self.second, self.count) = (now, 0);
        }
        if self.count >= MOST {
            self.clock.sleep(1).await;
            (self.second, self.count) = (self.clock.now(), 0);
        }
        self.count += 1;
    }

    /// How long to wait before the same question after `tries` of them, in seconds; `None` when waiting does not mend it.
    pub(super) fn pause(&self, trouble: &Trouble, tries: u32) -> Option<Seconds> {
        let pause = (1 << tries.min(6)).min(LONGEST);
        match trouble {
            _ if tries + 1 >= TRIES => None,
            Trouble::TryLater { until } => {
                Some(until.map_or(pause, |until| until - self.clock.now()).clamp(pause, LONGEST))
            }
            Trouble::Unreachable(_) => Some(pause),
            _ => None,
        }
    }
}
