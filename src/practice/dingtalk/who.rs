//! Somebody at DingTalk, apart from any company, and the ids under which applications meet them (§2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Somebody with a DingTalk account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// One of the people of the practice world, by key.
    Person(String),
    /// A member that only the directory knows.
    Member { corp: String, userid: String },
    /// One of a made-up crowd, by number.
    Crowd { corp: String, number: u32 },
}

impl Who {
    /// A text that names them and nobody else.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Person(key) => format!("person {key}"),
            Self::Member { corp, userid } => format!("member {corp} {userid}"),
            Self::Crowd { corp, number } => format!("crowd {corp} {number}"),
        }
    }

    /// The unionId towards a developer's company; `turn` counts migrations to an enterprise account.
    pub(super) fn union_id(&self, developer: &str, turn: u32) -> String {
        match self {
            // Readable back, so that nobody has to try fifty thousand people.
            Self::Crowd { corp, number } if turn == 0 => format!("{}{number:08}iE", crowd_mark(developer, corp)),
            _ => format!("{}iE", short(&["union", developer, &self.text(), &turn.to_string()], 22)),
        }
    }

    /// The openId towards one application.
    pub(super) fn open_id(&self, client_id: &str) -> String {
        format!("{}iE", short(&["open", client_id, &self.text()], 18))
    }
}

/// The number within a crowd that a unionId of it tells.
pub(super) fn crowd_number(developer: &str, corp: &str, union_id: &str) -> Option<u32> {
    let digits = union_id.strip_prefix(&crowd_mark(developer, corp))?.strip_suffix("iE")?;
    (digits.len() == 8).then(|| digits.parse().ok())?
}

fn crowd_mark(developer: &str, corp: &str) -> String {
    short(&["crowd", developer, corp], 12)
}

/// Letters of both cases and digits, as DingTalk's ids have them.
fn short(parts: &[&str], length: usize) -> String {
    let text = STANDARD_NO_PAD.encode(Sha256::digest(parts.join("\n")));
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { 'Q' }).take(length).collect()
}
