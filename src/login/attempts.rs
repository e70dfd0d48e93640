//! How often somebody may fail: the names under which tries are charged.
//!
//! The account's name is the person, not what was typed: every spelling of
//! one account shares one budget (security.md §0, rule 12).

use crate::base::id::UserId;
use crate::base::network::line;
use crate::base::people::fold_username;
use crate::base::secret::digest;
use crate::store::attempts::Limit;

/// Ten failures in ten minutes, then a second's silence that each further failure doubles, up to a quarter of an
/// hour: who mistyped hardly waits, who guesses gets a hundred tries a day (security.md row 67).
pub const ACCOUNT: Limit = Limit { tries: 10, window: 600, block: 1, longest: Some(900) };
/// A hundred failures in a row, however slow, then only a reset helps (NIST SP 800-63B-4 §3.2.2).
pub const IN_A_ROW: Limit = Limit { tries: 100, window: 10 * YEAR, block: 10 * YEAR, longest: None };
/// A hundred failures from one address in ten minutes, whoever is tried.
pub const ADDRESS: Limit = Limit { tries: 100, window: 600, block: 600, longest: None };
/// Ten thousand failures of everybody from everywhere in ten minutes: then passwords are taken only where their person
/// has signed in before, so that who tries stolen ones from a thousand addresses is stopped and the house goes on.
pub const PASSWORDS: Limit = Limit { tries: 10_000, window: 600, block: 300, longest: None };
/// What all of them are charged under.
pub const PASSWORDS_ALL: &str = "password-all";
/// New accounts from one address in ten minutes.
pub const REGISTRATIONS: Limit = Limit { tries: 100, window: 600, block: 600, longest: None };
/// Requests from one address that wait for somebody to sign in, in ten minutes: each is kept for a day, and behind one
/// address a whole company begins its morning. This many in each of [`PARTS`], so that a crowd does not queue for one row.
pub const OPENED: Limit = Limit { tries: 1500, window: 600, block: 60, longest: None };
/// Into how many parts the requests of one address are counted.
pub const PARTS: u8 = 8;
/// Callbacks by POST from one address in a minute; each is kept for as long.
pub const POSTED: Limit = Limit { tries: 600, window: 60, block: 60, longest: None };

const YEAR: i64 = 365 * 86_400;

/// What requests from `address` that wait for a sign-in are counted under, those of one of [`PARTS`].
#[must_use]
pub fn opened(address: &str, part: u8) -> String {
    format!("opened:{}:{part}", line(address))
}

/// What callbacks by POST from `address` are counted under.
#[must_use]
pub fn posted(address: &str) -> String {
    format!("posted:{}", line(address))
}

/// The names one try is charged under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The account: the person where known, else what was typed, folded.
    pub account: String,
    /// The same, for the count in a row.
    pub in_a_row: String,
    /// Where it came from.
    pub address: String,
}

impl Names {
    /// For a password tried under `typed`.
    #[must_use]
    pub fn of_password(user: Option<&UserId>, typed: &str, address: &str) -> Self {
        // What was typed may be a password by mistake: only its digest is kept.
        let account = user.map_or_else(|| format!("name:{}", digest(&fold_username(typed))), ToString::to_string);
        Self {
            in_a_row: format!("password-row:{account}"),
            account: format!("password:{account}"),
            address: format!("password-address:{}", line(address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s67_every_spelling_of_a_name_shares_one_budget() {
        let plain = Names::of_password(None, "alice", "a");
        for typed in [" alice ", "ALICE", "\u{ff41}lice", "Alice"] {
            assert_eq!(Names::of_password(None, typed, "a"), plain, "{typed}");
        }
        let user = UserId::new("01");
        assert_eq!(Names::of_password(Some(&user), "alice", "a"), Names::of_password(Some(&user), "a@b.c", "a"));
        assert_ne!(Names::of_password(Some(&user), "alice", "a").account, plain.account);
    }
}
