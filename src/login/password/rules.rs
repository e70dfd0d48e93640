//! What a new password must be.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::base::people::fold_username;
use crate::login::interaction::PasswordMistake;

/// At least 3000 passwords that everybody tries first, lower case, one a line.
static COMMON: &str = include_str!("../common_passwords.txt");

/// What a new password must be, as the administrator sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "five classes of characters, each demanded or not")]
pub struct Rules {
    /// In characters.
    pub shortest: usize,
    /// In characters; never over [`super::LONGEST_INPUT`].
    pub longest: usize,
    /// At least one digit.
    pub digits: bool,
    /// Any letter.
    pub letters: bool,
    /// At least one lower-case letter.
    pub lower_case: bool,
    /// At least one upper-case letter.
    pub upper_case: bool,
    /// At least one character that is neither letter nor digit.
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

    /// The first thing wrong with a new password; `words` are those that it
    /// must not be: the person's own names, the product's.
    #[must_use]
    pub fn check(&self, password: &str, words: &[&str]) -> Option<PasswordMistake> {
        let password: String = password.nfc().collect();
        let length = password.chars().count();
        if length < self.shortest {
            return Some(PasswordMistake::TooShort);
        }
        if length > self.longest.min(super::LONGEST_INPUT) {
            return Some(PasswordMistake::TooLong);
        }
        if !self.classes_are_there(&password) {
            return Some(PasswordMistake::Classes);
        }
        is_common(&password, words).then_some(PasswordMistake::Common)
    }

    fn classes_are_there(&self, password: &str) -> bool {
        let has = |class: fn(char) -> bool| password.chars().any(class);
        (!self.digits || has(char::is_numeric))
            && (!self.letters || has(char::is_alphabetic))
            && (!self.lower_case || has(char::is_lowercase))
            && (!self.upper_case || has(char::is_uppercase))
            && (!self.special || has(|c| !c.is_alphanumeric()))
    }
}

fn is_common(password: &str, words: &[&str]) -> bool {
    let folded = fold_username(password);
    // "alice2024!" is alice with what everybody appends.
    let bare = folded.trim_matches(|c: char| !c.is_alphabetic());
    let is_word = |word: &&str| {
        let word = fold_username(word);
        let bare_word = word.trim_matches(|c: char| !c.is_alphabetic());
        word.chars().count() > 2 && (folded == word || (!bare_word.is_empty() && bare == bare_word))
    };
    let one_character = folded.chars().next().is_none_or(|first| folded.chars().all(|c| c == first));
    one_character || words.iter().any(is_word) || COMMON.lines().any(|line| line == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s69_new_passwords_follow_the_rules() {
        let rules = Rules::default();
        let long = format!("a1{}", "x".repeat(31));
        let cases = [
            ("a1", Some(PasswordMistake::TooShort)),
            ("abcdefg", Some(PasswordMistake::TooShort)),
            (long.as_str(), Some(PasswordMistake::TooLong)),
            ("abcdefgh", Some(PasswordMistake::Classes)),
            ("47382910", Some(PasswordMistake::Classes)),
            ("password1", Some(PasswordMistake::Common)),
            ("PASSWORD1", Some(PasswordMistake::Common)),
            ("alice.bob1", Some(PasswordMistake::Common)),
            ("hufu2024", Some(PasswordMistake::Common)),
            ("mo4nkey-tree", None),
            ("密码很长也可以1", None),
        ];
        for (password, expected) in cases {
            assert_eq!(rules.check(password, &["Alice.Bob", "Hufu"]), expected, "{password}");
        }
    }

    #[test]
    fn s69_the_nist_preset_asks_for_length_only() {
        let rules = Rules::nist();
        assert_eq!(rules.check("fourteen chars", &[]), Some(PasswordMistake::TooShort));
        assert_eq!(rules.check("a fifteen chars", &[]), None);
        assert_eq!(rules.check(&"ab ".repeat(22), &[]), Some(PasswordMistake::TooLong));
    }

    #[test]
    fn s69_each_class_can_be_demanded() {
        let rules = Rules { lower_case: true, upper_case: true, special: true, ..Rules::default() };
        assert_eq!(rules.check("lower-case-1", &[]), Some(PasswordMistake::Classes));
        assert_eq!(rules.check("UPPER-CASE-1", &[]), Some(PasswordMistake::Classes));
        assert_eq!(rules.check("NoSpecial123", &[]), Some(PasswordMistake::Classes));
        assert_eq!(rules.check("Four-classes1", &[]), None);
    }

    #[test]
    fn s69_the_block_list_holds_three_thousand_distinct_lower_case_lines() {
        let lines: std::collections::BTreeSet<&str> = COMMON.lines().collect();
        assert!(lines.len() >= 3000, "{}", lines.len());
        assert_eq!(lines.len(), COMMON.lines().count());
        assert!(lines.iter().all(|line| fold_username(line) == **line && !line.is_empty()));
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_password() {
        assert_eq!(Rules::default().check("cafe\u{301}1", &[]), Some(PasswordMistake::TooShort));
        assert_eq!(Rules::default().check("cafe\u{301}xyz1", &[]), None);
    }
}
