//! Time, handed in from outside so that a test can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Seconds since the Unix epoch; the only time that is stored or compared.
pub type Seconds = i64;

/// Where "now" comes from. Cheap to clone; clones of a test clock share the time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that only moves when a test moves it.
    Test(Arc<AtomicI64>),
}

impl Clock {
    /// A test clock that stands at `now`.
    #[must_use]
    pub fn fixed(now: Seconds) -> Self {
        Self::Test(Arc::new(AtomicI64::new(now)))
    }

    /// The present moment, in whole seconds.
    #[must_use]
    pub fn now(&self) -> Seconds {
        match self {
            Self::System => Seconds::try_from(system_time().as_secs()).unwrap_or(Seconds::MAX),
            Self::Test(now) => now.load(Ordering::SeqCst),
        }
    }

    /// The present moment in milliseconds since the Unix epoch: for ids that grow with time and the pace
    /// of questions, never for a rule.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        match self {
            Self::System => u64::try_from(system_time().as_millis()).unwrap_or(u64::MAX),
            Self::Test(_) => u64::try_from(self.now()).unwrap_or(0).saturating_mul(1000),
        }
    }

    /// Lets `seconds` pass. A test clock is moved by them: waiting is what makes its time pass.
    pub async fn sleep(&self, seconds: Seconds) {
        match self {
            Self::System => {
                let seconds = u64::try_from(seconds).unwrap_or_default();
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            Self::Test(_) => {
                self.advance(seconds);
                tokio::task::yield_now().await;
            }
        }
    }

    /// Lets the time pass until this moment, in milliseconds since the Unix epoch. A test clock knows seconds: it is
    /// moved to the one that the moment lies in, where it is not there yet.
    pub async fn sleep_until(&self, milliseconds: i64) {
        let now = i64::try_from(self.milliseconds()).unwrap_or(i64::MAX);
        match self {
            Self::System => {
                let wait = u64::try_from(milliseconds.saturating_sub(now)).unwrap_or_default();
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            Self::Test(at) => {
                at.fetch_max(milliseconds.div_euclid(1000), Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        }
    }

    /// Moves a test clock by `seconds`; the system clock is not ours to move.
    pub fn advance(&self, seconds: Seconds) {
        if let Self::Test(now) = self {
            now.fetch_add(seconds, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_time() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}
