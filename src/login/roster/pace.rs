//! Not too fast, and patient with a platform that has enough of us (upstreams/dingtalk.md §9).

use std::sync::Arc;

use crate::base::clock::{Clock, Seconds};
use crate::connectors::Trouble;
use crate::login::connectors::Instance;
use crate::store::{Result, Store};

/// What lies between two questions to one company's platform, in milliseconds: thirteen in a second, whoever asks,
/// so that a late one does not make sixteen of them.
const APART: i64 = 77;
/// How often a platform that says "later" is asked again.
const TRIES: u32 = 7;
/// The longest pause, in seconds.
const LONGEST: Seconds = 60;

/// The pace at which one company's platform is asked. It is kept in the store: what reads the whole and what reads
/// changes, two organisations of one company and every node take their turns from one row.
pub(super) struct Pace {
    store: Store,
    clock: Clock,
    name: Arc<str>,
}

impl Pace {
    pub(super) fn new(store: &Store, clock: &Clock, instance: &Instance) -> Self {
        let row = &instance.row;
        let world = if row.practice { "practice/" } else { "" };
        let company = instance.connector.as_ref().and_then(|connector| connector.company());
        let name = match company {
            Some(company) => format!("{world}{}:{company}", row.kind),
            None => format!("{world}connector:{}", row.id),
        };
        Self { store: store.clone(), clock: clock.clone(), name: name.into() }
    }

    /// Waits for the turn of the next request.
    pub(super) async fn turn(&self) -> Result<()> {
        let now = i64::try_from(self.clock.milliseconds()).unwrap_or(i64::MAX);
        let name = Arc::clone(&self.name);
        let taken = self.store.write(move |tx| {
            let name = Arc::clone(&name);
            Box::pin(async move { tx.take_turn(&name, now, APART).await })
        });
        self.clock.sleep_until(taken.await?).await;
        Ok(())
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
