//! Not too fast, and patient with a platform that has enough of us (upstreams/dingtalk.md §9).

use std::time::Duration;

use crate::base::clock::{Clock, Seconds};
use crate::connectors::Trouble;
use crate::connectors::directory::Roster;

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

    /// Asks until there is an answer, or a trouble that waiting does not mend.
    pub(super) async fn ask<F>(&mut self, question: impl Fn() -> F + Send) -> Result<Roster, Trouble>
    where
        F: Future<Output = Result<Roster, Trouble>> + Send,
    {
        let mut pause = 1;
        for _ in 1..TRIES {
            self.turn().await;
            match question().await {
                Err(Trouble::TryLater { until }) => {
                    let wanted = until.map_or(pause, |until| until - self.clock.now());
                    self.clock.sleep(wanted.clamp(pause, LONGEST)).await;
                }
                Err(Trouble::Unreachable(_)) => self.clock.sleep(pause).await,
                answer => return answer,
            }
            pause = (pause * 2).min(LONGEST);
        }
        self.turn().await;
        question().await
    }
}
