//! Workers that run codes and refresh tokens until the server is gone, and write down every acknowledged fact first.

use std::sync::{Arc, Mutex};

use futures::future::join_all;

use super::caller::{Caller, Heard, Pair};

/// What one code grew into, as far as the server acknowledged it.
#[derive(Clone, Debug)]
pub struct Family {
    pub code: String,
    /// Of the code and of each rotation, oldest first.
    pub pairs: Vec<Pair>,
    pub last: Last,
}

/// The last thing that was asked about a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// Everything asked was answered.
    Settled,
    /// The code was sent, and no answer came.
    Redeeming,
    /// The newest refresh token was sent, and no answer came.
    Refreshing,
    /// Revocation was asked for, and no answer came.
    Revoking,
    /// Revocation was acknowledged.
    Revoked,
}

/// The journal: it lives in the test's process, which nobody kills.
pub type Journal = Arc<Mutex<Vec<Family>>>;

/// Keeps `workers` at it until their requests get no answer any more.
pub async fn run(caller: &Caller, workers: usize, journal: &Journal) {
    join_all((0..workers).map(|worker| work(caller, worker, journal))).await;
}

async fn work(caller: &Caller, worker: usize, journal: &Journal) {
    for turn in worker.. {
        let code = match caller.code().await {
            Heard::Yes(code) => code,
            Heard::Lost => return,
            other @ Heard::No(..) => panic!("a signed-in person gets a code: {other:?}"),
        };
        let at = {
            let mut families = journal.lock().unwrap();
            families.push(Family { code, pairs: Vec::new(), last: Last::Settled });
            families.len() - 1
        };
        // Some codes are left as they are: they have to be good after the kill.
        if turn % 7 == 6 {
            continue;
        }
        // Some families stay as they are after the code, some rotate, some are revoked in the end.
        if !grow(caller, journal, at, turn % 4).await || (turn % 5 == 4 && !revoke(caller, journal, at).await) {
            return;
        }
    }
}

fn family(journal: &Journal, at: usize) -> Family {
    journal.lock().unwrap()[at].clone()
}

fn note(journal: &Journal, at: usize, last: Last) {
    journal.lock().unwrap()[at].last = last;
}

/// Redeems the code and rotates so often; `false` when the server is gone.
async fn grow(caller: &Caller, journal: &Journal, at: usize, rotations: usize) -> bool {
    for rotation in 0..=rotations {
        let family = family(journal, at);
        note(journal, at, if rotation == 0 { Last::Redeeming } else { Last::Refreshing });
        let heard = match family.pairs.last() {
            None => caller.redeem(&family.code).await,
            Some(newest) => caller.refresh(&newest.refresh).await,
        };
        match heard {
            Heard::Yes(pair) => {
                let mut families = journal.lock().unwrap();
                families[at].pairs.push(pair);
                families[at].last = Last::Settled;
            }
            Heard::Lost => return false,
            refused @ Heard::No(..) => panic!("its owner is refused: {refused:?} for {family:?}"),
        }
    }
    true
}

async fn revoke(caller: &Caller, journal: &Journal, at: usize) -> bool {
    let newest = family(journal, at).pairs.last().expect("it was redeemed").refresh.clone();
    note(journal, at, Last::Revoking);
    let heard = caller.revoke(&newest).await;
    match heard {
        Heard::Yes(()) => note(journal, at, Last::Revoked),
        Heard::Lost => return false,
        refused @ Heard::No(..) => panic!("its owner may revoke: {refused:?}"),
    }
    true
}
