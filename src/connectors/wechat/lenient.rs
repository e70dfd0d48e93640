//! Reading what WeChat calls JSON: nicknames bring raw control characters,
//! broken UTF-8 and lone halves of surrogate pairs (upstreams/wechat.md §2.6).

/// The same bytes as a text that a strict parser takes: what is broken becomes
/// a space or U+FFFD, everything else stays as it is.
#[must_use]
pub fn mended(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text: String = text.chars().map(|c| if (c as u32) < 0x20 { ' ' } else { c }).collect();
    without_lone_surrogates(text.trim_start_matches('\u{FEFF}'))
}

/// Replaces each `\uD8xx` that has no partner, and each partner that stands alone.
fn without_lone_surrogates(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match (escaped(rest), rest.get(6..).and_then(escaped)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => {
                mended.push_str(&rest[..12]);
                12
            }
            (Some(0xD800..=0xDFFF), _) => {
                mended.push('\u{FFFD}');
                6
            }
            _ => {
                // The backslash and what it escapes, so that `\\u` is not taken for an escape.
                let taken = rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
                mended.push_str(&rest[..taken]);
                taken
            }
        };
        rest = &rest[taken..];
    }
    mended.push_str(rest);
    mended
}

/// The code unit of `\uXXXX` at the beginning of `text`.
fn escaped(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::mended;

    fn nickname(body: &[u8]) -> String {
        let value: serde_json::Value = serde_json::from_str(&mended(body)).unwrap();
        value["nickname"].as_str().unwrap().to_owned()
    }

    #[test]
    fn names_that_are_not_strict_json_are_read_all_the_same() {
        assert_eq!(nickname(b"{\"nickname\":\"a\x08b\"}"), "a b");
        assert_eq!(nickname(b"{\"nickname\":\"a\xED\xA0\xBDb\"}"), "a\u{FFFD}\u{FFFD}\u{FFFD}b");
        assert_eq!(nickname(br#"{"nickname":"a\ud83db"}"#), "a\u{FFFD}b");
        assert_eq!(nickname(br#"{"nickname":"a\ude00b"}"#), "a\u{FFFD}b");
        assert_eq!(nickname(br#"{"nickname":"\ud83d\ude00"}"#), "\u{1F600}");
        assert_eq!(nickname(br#"{"nickname":"\\ud83d \"q\""}"#), "\\ud83d \"q\"");
        assert_eq!(nickname("\u{FEFF}{\"nickname\":\"小明\\/\"}".as_bytes()), "小明/");
    }
}
