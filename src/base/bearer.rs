//! The texts that open doors to whoever holds them: 256 random bits, with a
//! prefix that says what they are and a checksum, so that scanners for leaked
//! secrets recognise them and a cut or mistyped one is refused without a look-up.

use super::clock::Clock;
use super::random::Random;
use super::secret::{digest, same};

/// What a bearer text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// An authorization code.
    Code,
    /// An opaque access token.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// A client secret.
    ClientSecret,
    /// A one-time link of set-up or console.
    Link,
}

/// Random characters before the checksum.
const RANDOM: usize = 43;
/// Characters of the moment, the time part of a ULID.
const MOMENT: usize = 10;
/// What stands there in a text that is derived and not made at a moment.
const NO_MOMENT: &str = "0000000000";
/// Characters of every prefix.
const PREFIX: usize = 8;
/// Characters of the checksum.
const CHECK: usize = 6;

impl Bearer {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "hufu_ac_",
            Self::AccessToken => "hufu_at_",
            Self::RefreshToken => "hufu_rt_",
            Self::ClientSecret => "hufu_cs_",
            Self::Link => "hufu_ln_",
        }
    }

    /// Whether there are so many of it that their rows should lie in the order they are made in.
    const fn is_dated(self) -> bool {
        matches!(self, Self::Code | Self::AccessToken | Self::RefreshToken)
    }

    /// A new one.
    #[must_use]
    pub fn make(self, random: &Random, clock: &Clock) -> String {
        let moment = random.ulid_at(clock.milliseconds());
        self.assembled(&moment[..MOMENT], &random.alphanumeric(RANDOM))
    }

    /// The one whose random part is `seed`, 43 characters (a derived value instead of a random one).
    #[must_use]
    pub fn around(self, seed: &str) -> String {
        self.assembled(NO_MOMENT, seed)
    }

    fn assembled(self, moment: &str, seed: &str) -> String {
        let moment = if self.is_dated() { moment } else { "" };
        let body = format!("{}{moment}{seed}", self.prefix());
        let check = checksum(&body);
        format!("{body}{check}")
    }

    /// Whether `text` has this shape and a right checksum; says nothing of whether it was ever issued.
    #[must_use]
    pub fn is_shape_of(self, text: &str) -> bool {
        text.starts_with(self.prefix())
            && text.len() == PREFIX + if self.is_dated() { MOMENT } else { 0 } + RANDOM + CHECK
            && text.is_ascii()
            && same(&checksum(&text[..text.len() - CHECK]), &text[text.len() - CHECK..])
    }
}

/// What a code or token is found by: its digest, and before it the moment it names, so that new rows land together
/// at the end of an index. Any text will do: one that lies about its moment is not found.
#[must_use]
pub fn row_digest(text: &str) -> String {
    let dated = text.len() == PREFIX + MOMENT + RANDOM + CHECK && text.starts_with("hufu_");
    let moment = text.get(PREFIX..PREFIX + MOMENT).filter(|_| dated).unwrap_or_default();
    format!("{moment}{}", digest(text))
}

fn checksum(body: &str) -> String {
    digest(body).chars().filter(char::is_ascii_alphanumeric).chain("000000".chars()).take(CHECK).collect()
}
