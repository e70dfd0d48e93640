//! Passwords: the rules for new ones, the bounded hashing, and the check of a
//! name and password. It knows hashes and tries; it must not know pages.

mod change;
mod check;
mod gate;
mod phc;
mod rules;

pub use change::PasswordError;
pub(crate) use check::Local;
pub use gate::{Busy, Passwords, Places, Slot, Verified};
pub use rules::Rules;

/// Most code points a password may have anywhere; checked before hashing, refused and never cut (security.md row 68).
pub const LONGEST_INPUT: usize = 256;

/// Whether a password is too long to be looked at.
#[must_use]
pub fn oversized(password: &crate::base::secret::Secret) -> bool {
    password.expose().chars().count() > LONGEST_INPUT
}
