//! The texts that open doors to whoever holds them: 256 random bits, with a
//! prefix that says what they are and a checksum, so that scanners for leaked
//! secrets recognise them and a cut or mistyped one is refused without a look-up.

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

/// Random characters between prefix and checksum.
const RANDOM: usize = 43;
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

    /// A new one.
    #[must_use]
    pub fn make(self, random: &Random) -> String {
        self.around(&random.alphanumeric(RANDOM))
    }

    /// The one whose middle is `seed`, 43 characters (a derived value instead of a random one).
    #[must_use]
    pub fn around(self, seed: &str) -> String {
        let body = format!("{}{seed}", self.prefix());
        let check = checksum(&body);
        format!("{body}{check}")
    }

    /// Whether `text` has this shape and a right checksum; says nothing of whether it was ever issued.
    #[must_use]
    pub fn is_shape_of(self, text: &str) -> bool {
        text.starts_with(self.prefix())
            && text.len() == self.prefix().len() + RANDOM + CHECK
            && text.is_ascii()
            && same(&checksum(&text[..text.len() - CHECK]), &text[text.len() - CHECK..])
    }
}

fn checksum(body: &str) -> String {
    digest(body).chars().filter(char::is_ascii_alphanumeric).chain("000000".chars()).take(CHECK).collect()
}
