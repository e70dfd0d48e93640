//! What a provider took is remembered, until it is known what became of it.

use super::{Opened, Senders};
use crate::connectors::senders::Message;
use crate::connectors::senders::route::Attempt;
use crate::store::sent_messages::{Fate, SentMessage};

impl Senders {
    /// The row of an attempt that was taken. The practice stand-in is no stored sender and has none.
    pub(super) fn taken(
        &self,
        attempt: &Attempt,
        open: &[Opened],
        (message, code): (&Message, &str),
    ) -> Option<SentMessage> {
        let receipt = attempt.outcome.as_ref().ok()?;
        let one = open.iter().find(|one| one.row.name == attempt.sender)?;
        let (number, ask_at) = self.to_ask(one, &message.to);
        let now = self.inner.clock.now();
        Some(SentMessage {
            id: self.inner.random.ulid(now),
            sender_id: one.row.id.clone(),
            message_id: receipt.message_id.clone(),
            sent_at: now,
            code: code.to_owned(),
            typed: false,
            fate: Fate::Unknown,
            fate_code: String::new(),
            number,
            ask_at,
        })
    }
}
