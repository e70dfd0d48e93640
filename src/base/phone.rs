//! Phone numbers that can receive a message, in one spelling (ITU E.164).

use std::str::FromStr as _;

use phonenumber::Type;
use phonenumber::country::Id;
use unicode_normalization::UnicodeNormalization as _;

/// The longest text that is looked at.
const LONGEST: usize = 40;
/// Prefixes that callers in China put before a number to choose a carrier.
const CARRIERS: [&str; 2] = ["17951", "12593"];

/// A mobile number in E.164; two spellings of one number are equal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    e164: String,
    country: Id,
    code: usize,
}

/// A text that is no number which can receive a message.
#[derive(Debug, thiserror::Error)]
#[error("that is no mobile number")]
pub struct NotAPhone;

impl Phone {
    /// Reads what was typed. `country` (ISO 3166, such as `CN`) says whose national numbers those without `+` are.
    ///
    /// Numbers of the Chinese mainland are taken by the loose rule `1[3-9]` and nine digits: carriers open
    /// ranges before the metadata of libphonenumber follows. All others have to be mobile numbers by it.
    ///
    /// # Errors
    /// `NotAPhone` for fixed lines, extensions, letters, and what turns out to belong to another country.
    pub fn parse(typed: &str, country: &str) -> Result<Self, NotAPhone> {
        let compact = compact(typed).ok_or(NotAPhone)?;
        if let Some(national) = mainland(&compact, country) {
            return Ok(Self { e164: format!("+86{national}"), country: Id::CN, code: 2 });
        }
        let region = Id::from_str(country).map_err(|_| NotAPhone)?;
        let number = phonenumber::parse(Some(region), &compact).map_err(|_| NotAPhone)?;
        let found = number.country().id().ok_or(NotAPhone)?;
        let kind = number.number_type(&phonenumber::metadata::DATABASE);
        let fits = matches!(kind, Type::Mobile | Type::FixedLineOrMobile)
            && number.is_valid()
            && number.extension().is_none()
            // The loose rule has said no to a mainland number, and `12000001234` typed in China is no +1234.
            && found != Id::CN
            && (found == region || compact.starts_with('+'));
        let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
        if fits && is_e164(&e164) {
            Ok(Self { e164, country: found, code: number.code().value().to_string().len() })
        } else {
            Err(NotAPhone)
        }
    }

    /// `+8613800000000`: what is stored and compared.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// ISO 3166 code of the number's own region, also where several share a calling code.
    #[must_use]
    pub fn country(&self) -> &str {
        self.country.as_ref()
    }

    /// `86`.
    #[must_use]
    pub fn calling_code(&self) -> &str {
        &self.e164[1..=self.code]
    }

    /// The number without calling code: `13800000000`.
    #[must_use]
    pub fn national(&self) -> &str {
        &self.e164[self.code + 1..]
    }

    /// E.164 without the plus sign.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.e164.trim_start_matches('+')
    }

    /// The eleven digits, when it is a number of the Chinese mainland.
    #[must_use]
    pub fn mainland(&self) -> Option<&str> {
        (self.country == Id::CN).then(|| self.national())
    }

    /// The number but for its last four digits: ten thousand numbers share it.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.e164[..self.e164.len() - 4]
    }

    /// As it may be shown: `+86 138****0000`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("+{} {}", self.calling_code(), masked(self.national()))
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

/// The calling code of a country: 86 for `CN`.
#[must_use]
pub fn calling_code(country: &str) -> Option<u16> {
    phonenumber::metadata::DATABASE.by_id(country).map(phonenumber::Metadata::country_code)
}

/// A stored number as it may be shown, when it is not known where its calling code ends.
#[must_use]
pub fn masked_e164(e164: &str) -> String {
    Phone::parse(e164, "CN").map_or_else(|_| masked(e164), |phone| phone.masked())
}

fn masked(digits: &str) -> String {
    let shown = if digits.len() >= 9 { 3 } else { 1 };
    let first: String = digits.chars().take(shown).collect();
    let last: String = digits.chars().skip(digits.len().saturating_sub(if shown == 3 { 4 } else { 2 })).collect();
    format!("{first}****{last}")
}

/// Digits in any script as ASCII, without what people put between them; a `+` only in front.
fn compact(typed: &str) -> Option<String> {
    if typed.chars().count() > LONGEST {
        return None;
    }
    let mut found = String::new();
    for letter in typed.nfkc() {
        match letter {
            '0'..='9' => found.push(letter),
            '+' if found.is_empty() => found.push('+'),
            // Arabic-Indic and its eastern form.
            '\u{660}'..='\u{669}' => found.push(shifted(letter, 0x660)?),
            '\u{6f0}'..='\u{6f9}' => found.push(shifted(letter, 0x6f0)?),
            // What people write between digits, and the invisible marks of a number copied from an address book.
            '-'
            | '('
            | ')'
            | '.'
            | '/'
            | '\u{2010}'..='\u{2015}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}' => {}
            _ if letter.is_whitespace() => {}
            _ => return None,
        }
    }
    Some(match found.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => found,
    })
}

fn shifted(letter: char, zero: u32) -> Option<char> {
    char::from_digit(u32::from(letter).checked_sub(zero)?, 10)
}

/// The eleven digits of a mainland mobile number, if it is one.
fn mainland<'a>(compact: &'a str, country: &str) -> Option<&'a str> {
    if let Some(international) = compact.strip_prefix('+') {
        return international.strip_prefix("86").filter(|rest| is_mainland(rest));
    }
    if country != "CN" {
        return None;
    }
    let ways = [Some(compact), compact.strip_prefix("86"), compact.strip_prefix('0')].into_iter();
    let ways = ways.chain(CARRIERS.map(|carrier| compact.strip_prefix(carrier)));
    ways.flatten().find(|rest| is_mainland(rest))
}

fn is_mainland(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e164(typed: &str, country: &str) -> Option<String> {
        Phone::parse(typed, country).ok().map(|phone| phone.e164().to_owned())
    }

    #[test]
    fn s191_every_spelling_of_a_number_is_one_number() {
        for typed in [
            "13900001234",
            "139 0000 1234",
            "+86 139-0000-1234",
            "008613900001234",
            "8613900001234",
            "013900001234",
            "１３９００００１２３４",
            "\u{661}\u{663}\u{669}\u{660}\u{660}\u{660}\u{660}\u{661}\u{662}\u{663}\u{664}",
            "17951 13900001234",
            " (139) 0000.1234 ",
        ] {
            assert_eq!(e164(typed, "CN").as_deref(), Some("+8613900001234"), "{typed}");
        }
    }

    #[test]
    fn what_can_not_receive_a_message_is_refused() {
        for (typed, country) in [
            ("12000001234", "CN"),
            ("13900001234;ext=5", "CN"),
            ("+861065529988", "CN"),
            ("1390000123", "CN"),
            ("139000012345", "CN"),
            ("", "CN"),
            ("+", "CN"),
            ("abc", "CN"),
            ("+881612345678", "CN"),
            ("+13459492311", "US"),
            ("13900001234", "XX"),
            ("+18007233456", "US"),
        ] {
            assert_eq!(e164(typed, country), None, "{typed} in {country}");
        }
    }

    #[test]
    fn the_region_is_the_numbers_own() {
        let canadian = Phone::parse("+1 613-782-7274", "CN").unwrap();
        assert_eq!((canadian.country(), canadian.calling_code()), ("CA", "1"));
        let hong_kong = Phone::parse("51234567", "HK").unwrap();
        assert_eq!((hong_kong.e164(), hong_kong.country()), ("+85251234567", "HK"));
        assert_eq!(Phone::parse("14000001234", "CN").unwrap().country(), "CN");
        assert_eq!(e164("6137827274", "US"), None, "a Canadian number is no American one");
    }

    #[test]
    fn s103_only_a_part_of_a_number_is_shown() {
        let phone = Phone::parse("13812345678", "CN").unwrap();
        assert_eq!(phone.masked(), "+86 138****5678");
        assert_eq!(format!("{phone:?}"), "Phone(+86 138****5678)");
        assert_eq!(phone.prefix(), "+861381234");
        assert_eq!(masked_e164("+8613812345678"), "+86 138****5678");
        assert_eq!(Phone::parse("51234567", "HK").unwrap().masked(), "+852 5****67");
    }
}
