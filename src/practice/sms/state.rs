//! What the houses remember: nonces, what was sent, and the customers' settings; bounded.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

use super::super::Practice;
use super::super::phone::To;
use super::super::platform::Platform;
use super::super::shelf::Shelf;
use super::settings::{House, Settings};
use crate::base::clock::Seconds;

const SENT_LIMIT: usize = 2000;
const NONCE_LIMIT: usize = 20_000;

/// The houses' memory.
pub(in crate::practice) struct Sms {
    pub(super) settings: BTreeMap<House, Settings>,
    /// Oldest first.
    pub(super) sent: VecDeque<Sent>,
    /// Alibaba's nonces, and when they were used.
    pub(super) nonces: Shelf<Seconds>,
}

/// A message that a house took.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Sent {
    pub(super) house: House,
    /// E.164.
    pub(super) to: String,
    /// The signature, number or sender id it comes from.
    pub(super) from: String,
    pub(super) text: String,
    /// What the application sent, decoded.
    pub(super) parameters: Value,
    /// The house's id of it.
    pub(super) id: String,
    pub(super) delivered: bool,
    pub(super) at: Seconds,
}

impl Sms {
    pub(in crate::practice) fn new() -> Self {
        Self {
            settings: House::ALL.into_iter().map(|house| (house, Settings::practice(house))).collect(),
            sent: VecDeque::new(),
            nonces: Shelf::new(NONCE_LIMIT),
        }
    }

    pub(super) fn settings(&mut self, house: House) -> &mut Settings {
        self.settings.entry(house).or_insert_with(|| Settings::practice(house))
    }

    /// Remembers a nonce; `false` when it was used within `life`.
    pub(super) fn fresh_nonce(&mut self, nonce: &str, now: Seconds, life: Seconds) -> bool {
        let fresh = self.nonces.get(nonce).is_none_or(|used| now - used > life);
        if fresh {
            self.nonces.put(nonce.to_owned(), now);
        }
        fresh
    }

    /// Messages of `house` to `to` under `from` after `since`.
    pub(super) fn count(&self, house: House, (from, to): (&str, &str), since: Seconds) -> usize {
        self.sent
            .iter()
            .filter(|sent| sent.house == house && sent.to == to && sent.from == from && sent.at > since)
            .count()
    }
}

/// Takes a message: into the outbox, and onto the phone when it is delivered.
pub(super) fn take(practice: &Practice, sent: Sent) {
    let mut world = practice.world();
    if sent.delivered {
        world.deliver(To::Number(&sent.to), Platform::Sms, (&sent.from, &sent.text), sent.at);
    }
    if world.sms.sent.len() >= SENT_LIMIT {
        world.sms.sent.pop_front();
    }
    world.sms.sent.push_back(sent);
}
