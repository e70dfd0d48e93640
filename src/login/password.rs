//! Passwords: the rules for new ones, the bounded hashing, and the check of a name and password.

use serde::{Deserialize, Serialize};

/// What a new password must be, as the administrator sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "five classes of characters, each demanded or not")]
pub struct Rules {
    /// In characters.
    pub shortest: usize,
    pub longest: usize,
    pub digits: bool,
    /// Any letter.
    pub letters: bool,
    pub lower_case: bool,
    pub upper_case: bool,
    pub special: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            shortest: 8,
            longest: 32,
            digits: true,
            letters: true,
            lower_case: false,
            upper_case: false,
            special: false,
        }
    }
}

impl Rules {
    /// NIST SP 800-63B-4: 15 to 64 characters, no classes.
    #[must_use]
    pub fn nist() -> Self {
        Self { shortest: 15, longest: 64, digits: false, letters: false, ..Self::default() }
    }
}

/// Hashing behind a gate. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    _todo: (),
}

impl Passwords {
    /// Hashing at this cost.
    #[must_use]
    pub fn new(_hashing: crate::config::Hashing, _random: crate::base::random::Random) -> Self {
        todo!()
    }
}
