//! Several senders in the administrator's order: which is asked first, and after
//! which failure the next one.

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
/// search ([`Why::stops`]). Gives every attempt in order; the last one is the
/// answer. Senders that do not serve the number are passed over; when none
/// does, the only attempt is a `NotServed` without a sender.
pub async fn first_accepted(stops: &[Stop<'_>], message: &Message) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for stop in stops.iter().filter(|stop| stop.sender.serves(&message.to)) {
        let outcome = stop.sender.send(&stop.cx, message).await;
        let done = match &outcome {
            Ok(_) => true,
            Err(trouble) => trouble.why.stops(),
        };
        attempts.push(Attempt { sender: stop.name.to_owned(), outcome });
        if done {
            return attempts;
        }
    }
    if attempts.is_empty() {
        let trouble = SendTrouble::new(Why::NotServed, "no sender", "no sender that is on serves this number");
        attempts.push(Attempt { sender: String::new(), outcome: Err(trouble) });
    }
    attempts
}
