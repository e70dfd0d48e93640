//! Six digits.

use unicode_normalization::UnicodeNormalization as _;

use crate::base::random::Random;
use crate::base::secret::Secret;

/// Numbers of four bytes below this are spread evenly over a million codes.
const EVEN: u32 = u32::MAX - u32::MAX % 1_000_000;

/// A uniformly random code; leading zeros belong to it.
pub(super) fn random(random: &Random) -> Secret {
    loop {
        let number = u32::from_le_bytes(random.bytes());
        if number < EVEN {
            return Secret::new(format!("{:06}", number % 1_000_000));
        }
    }
}

/// What was typed as six plain digits: blanks and dashes between them go, digits of other widths are folded.
pub(super) fn plain(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let digits: String = typed.nfkc().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits_zeros_in_front_too() {
        let source = Random::seeded(7);
        let codes: Vec<_> = (0..2000).map(|_| random(&source).expose().to_owned()).collect();
        assert!(codes.iter().all(|code| plain(code).as_deref() == Some(code)));
        assert!(codes.iter().any(|code| code.starts_with('0')));
        let first = |digit: char| codes.iter().filter(|code| code.starts_with(digit)).count();
        assert!(('0'..='9').all(|digit| (120..290).contains(&first(digit))), "each digit as often as another");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["048213", " 048 213 ", "０４８２１３", "048-213"] {
            assert_eq!(plain(typed).as_deref(), Some("048213"), "{typed}");
        }
        for typed in ["48213", "0482130", "04821a", "", "٠٤٨٢١٣"] {
            assert_eq!(plain(typed), None, "{typed}");
        }
    }
}
