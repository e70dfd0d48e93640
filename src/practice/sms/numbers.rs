//! Telephone numbers as the houses take them.

/// E.164 with its plus sign, of a number that can exist.
pub(super) fn international(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+')?;
    let shape =
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    let number = phonenumber::parse(None, text).ok()?;
    (shape && (is_mainland(digits) || phonenumber::is_valid(&number))).then(|| text.to_owned())
}

/// A number as the Chinese houses take it: mainland numbers bare, with `86`,
/// `0086` or `+86`; others with their country code, with or without `+`.
pub(super) fn chinese(text: &str) -> Option<String> {
    let bare = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or(text);
    if is_mobile(bare) {
        return Some(format!("+86{bare}"));
    }
    international(&format!("+{bare}"))
}

/// Whether these digits after the plus sign are a mainland mobile number.
pub(super) fn is_mainland(digits: &str) -> bool {
    digits.strip_prefix("86").is_some_and(is_mobile)
}

fn is_mobile(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes.first() == Some(&b'1')
        && bytes.get(1).is_some_and(|second| (b'3'..=b'9').contains(second))
}
