//! What the phones remember: messages that arrived and codes that wait to be scanned; both bounded.

use std::collections::VecDeque;

use serde::Serialize;

use super::super::platform::Platform;
use super::super::shelf::Shelf;
use crate::base::clock::Seconds;

const MESSAGE_LIMIT: usize = 1000;
const SCAN_LIMIT: usize = 500;

/// The phones of the practice world.
pub(in crate::practice) struct Phone {
    messages: VecDeque<Message>,
    scans: Shelf<Scan>,
    counter: u64,
}

/// Whose phone something goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::practice) enum To<'a> {
    /// A practice person, by key.
    Person(&'a str),
    /// Whoever has this number, in E.164; kept even when nobody has it.
    Number(&'a str),
}

/// Something that arrived on a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::practice) struct Message {
    /// Counts up, to tell two apart.
    pub(in crate::practice) number: u64,
    /// The person's key; `None` when nobody here has the number.
    pub(in crate::practice) person: Option<String>,
    /// The number it was sent to, for short messages.
    pub(in crate::practice) mobile: Option<String>,
    /// Where it shows: in the chat of WeChat, DingTalk, WeCom, or among the short messages.
    pub(in crate::practice) platform: Platform,
    /// The account, company or signature it comes from.
    pub(in crate::practice) from: String,
    pub(in crate::practice) text: String,
    /// The web addresses within the text, to be tapped.
    pub(in crate::practice) links: Vec<String>,
    pub(in crate::practice) at: Seconds,
}

/// A code that somebody can point a phone at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::practice) struct Scan {
    /// Names it at the phone; the platform chooses it, unguessable.
    pub(in crate::practice) id: String,
    pub(in crate::practice) platform: Platform,
    pub(in crate::practice) kind: ScanKind,
    /// The text inside the picture.
    pub(in crate::practice) content: String,
    /// The application that asks.
    pub(in crate::practice) client_id: String,
    pub(in crate::practice) client_name: String,
    pub(in crate::practice) state: ScanState,
    pub(in crate::practice) expires_at: Seconds,
}

/// What a scanned code leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::practice) enum ScanKind {
    /// A platform's own sign-in page (WeChat website, DingTalk, WeCom): scan, then confirm or refuse.
    SignIn,
    /// An official account's scene: following or entering the account; nothing to confirm, anybody may.
    OfficialScene,
    /// A mini program's code: opens the mini program with a scene.
    MiniProgram,
}

/// How far a code got; the platform's page reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub(in crate::practice) enum ScanState {
    #[default]
    Waiting,
    Scanned {
        person: String,
    },
    Confirmed {
        person: String,
    },
    Refused {
        person: String,
    },
}

impl Phone {
    pub(in crate::practice) fn new() -> Self {
        Self { messages: VecDeque::new(), scans: Shelf::new(SCAN_LIMIT), counter: 0 }
    }

    /// Puts a message on top; [`super::super::world::World::deliver`] finds out whose it is.
    pub(in crate::practice) fn put(&mut self, mut message: Message) {
        self.counter += 1;
        message.number = self.counter;
        message.links = links(&message.text);
        if self.messages.len() >= MESSAGE_LIMIT {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    /// Messages, oldest first.
    pub(in crate::practice) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    pub(in crate::practice) fn forget_messages(&mut self) {
        self.messages.clear();
    }

    /// A code is shown: phones can scan it from now on. One of the same id is replaced.
    pub(in crate::practice) fn offer(&mut self, scan: Scan) {
        self.scans.put(scan.id.clone(), scan);
    }

    /// The code of that id, expired or not.
    pub(in crate::practice) fn scan(&self, id: &str) -> Option<&Scan> {
        self.scans.get(id)
    }

    pub(in crate::practice) fn scan_mut(&mut self, id: &str) -> Option<&mut Scan> {
        self.scans.get_mut(id)
    }

    /// A code is no longer shown.
    pub(in crate::practice) fn withdraw(&mut self, id: &str) -> Option<Scan> {
        self.scans.remove(id)
    }

    /// Codes that live, oldest first.
    pub(in crate::practice) fn scans(&self, now: Seconds) -> impl Iterator<Item = &Scan> {
        self.scans.iter().map(|(_, scan)| scan).filter(move |scan| now < scan.expires_at)
    }

    /// The code whose picture holds that text.
    pub(in crate::practice) fn scan_by_content(&self, content: &str) -> Option<&Scan> {
        self.scans.iter().map(|(_, scan)| scan).filter(|scan| scan.content == content).last()
    }
}

/// Web addresses in a text, as a chat makes them tappable: up to a blank, a quote, `<` or a Chinese character.
fn links(text: &str) -> Vec<String> {
    let starts = text.match_indices("http").filter(|(at, _)| {
        let rest = &text[*at..];
        rest.starts_with("https://") || rest.starts_with("http://")
    });
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>') || !c.is_ascii();
    let whole = |(at, _): (usize, &str)| {
        let rest = &text[at..];
        rest[..rest.find(ends).unwrap_or(rest.len())].trim_end_matches(['.', ',', ')']).replace("&amp;", "&")
    };
    let mut found: Vec<String> = Vec::new();
    for link in starts.map(whole) {
        if !found.contains(&link) {
            found.push(link);
        }
    }
    found
}
