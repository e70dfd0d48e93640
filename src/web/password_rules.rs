//! The rules of a new password in words, and what is wrong with one.

use super::page::Page;
use super::texts::common::Texts;
use super::texts::fill;
use crate::base::lang::Lang;
use crate::login::interaction::PasswordMistake;
use crate::login::password::Rules;

/// One demand, as the list beside the field shows it.
#[derive(Debug)]
pub struct Line {
    /// What the script checks.
    pub kind: &'static str,
    /// In words.
    pub text: String,
    /// Shortest and longest, for `length`.
    pub length: Option<(usize, usize)>,
}

/// Every demand of these rules.
#[must_use]
pub fn lines(rules: &Rules, page: &Page) -> Vec<Line> {
    let t = Texts::of(page.lang);
    let length = fill(t.rule_length, &[rules.shortest.to_string(), rules.longest.to_string()]);
    let mut lines = vec![Line { kind: "length", text: length, length: Some((rules.shortest, rules.longest)) }];
    let classes = [
        (rules.digits, "digits", t.rule_digits),
        (rules.letters, "letters", t.rule_letters),
        (rules.lower_case, "lower", t.rule_lower),
        (rules.upper_case, "upper", t.rule_upper),
        (rules.special, "special", t.rule_special),
    ];
    let demanded = classes.into_iter().filter(|(demanded, ..)| *demanded);
    lines.extend(demanded.map(|(_, kind, text)| Line { kind, text: text.to_owned(), length: None }));
    lines
}

/// The sentence for a password that can't be taken.
#[must_use]
pub fn mistake(mistake: PasswordMistake, rules: &Rules, lang: Lang) -> String {
    let t = Texts::of(lang);
    match mistake {
        PasswordMistake::TooShort => fill(t.too_short, &[rules.shortest.to_string()]),
        PasswordMistake::TooLong => fill(t.too_long, &[rules.longest.to_string()]),
        PasswordMistake::Classes => t.classes.to_owned(),
        PasswordMistake::Common => t.common.to_owned(),
        PasswordMistake::Same => t.same.to_owned(),
    }
}
