//! Several senders in the administrator's order: which is asked first, and after
//! which failure the next one.

use std::time::Duration;

use super::{Message, Receipt, SendTrouble, Sender, Sending, Why};

/// One sender on the way.
pub struct Stop<'a> {
    /// Its name, for the audit.
    pub name: &'a str,
    /// Itself.
    pub sender: &'a dyn Sender,
    /// Its way out, the moment and the nonces.
    pub cx: Sending,
}

/// What one of them said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its name.
    pub sender: String,
    /// Its answer.
    pub outcome: Result<Receipt, SendTrouble>,
}

/// Asks one after the other until one takes the message or says what ends the
/// search ([`Why::stops`]), all of them within `patience`. Gives every attempt
/// in order, the one that was still waited for too; the last one is the answer.
/// Senders that do not serve the number are passed over; when none does, the
/// only attempt is a `NotServed` without a sender.
pub async fn first_accepted(stops: &[Stop<'_>], message: &Message, patience: Duration) -> Vec<Attempt> {
    let serving: Vec<&Stop<'_>> = stops.iter().filter(|stop| stop.sender.serves(&message.to)).collect();
    let mut attempts = Vec::new();
    let asked = asked_in_turn(&serving, message, &mut attempts);
    if tokio::time::timeout(patience, asked).await.is_err() {
        let late = serving.get(attempts.len()).map_or("", |stop| stop.name);
        let trouble = SendTrouble::new(Why::Unclear, "no answer in time", "all senders together took too long");
        attempts.push(Attempt { sender: late.to_owned(), outcome: Err(trouble) });
    }
    if attempts.is_empty() {
        let trouble = SendTrouble::new(Why::NotServed, "no sender", "no sender that is on serves this number");
        attempts.push(Attempt { sender: String::new(), outcome: Err(trouble) });
    }
    attempts
}

/// What was said stays in `attempts`, also when nobody waits any longer.
async fn asked_in_turn(stops: &[&Stop<'_>], message: &Message, attempts: &mut Vec<Attempt>) {
    for stop in stops {
        let outcome = stop.sender.send(&stop.cx, message).await;
        let done = match &outcome {
            Ok(_) => true,
            Err(trouble) => trouble.why.stops(),
        };
        attempts.push(Attempt { sender: stop.name.to_owned(), outcome });
        if done {
            return;
        }
    }
}
