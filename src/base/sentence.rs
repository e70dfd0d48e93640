//! Sentences with places for values, and the space between Chinese and other writing.

use super::lang::Lang;

/// A sentence in every language, its values filled in: for what is decided where the reader's language is not known.
/// It prints as English, which logs and the command line speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    en: String,
    zh: String,
}

impl Words {
    /// A sentence without values.
    #[must_use]
    pub fn new(en: &str, zh: &str) -> Self {
        Self { en: en.to_owned(), zh: zh.to_owned() }
    }

    /// Both sentences with the same values at their places.
    #[must_use]
    pub fn with<T: AsRef<str>>(en: &str, zh: &str, values: &[T]) -> Self {
        Self { en: fill(en, values), zh: fill(zh, values) }
    }

    /// The sentence in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en)
    }
}

/// Puts the values into the places marked `{}`, in order.
///
/// Where a value meets the sentence, the writing decides about the space (W3C clreq §3.2.1): none between two Chinese
/// characters, one between a Chinese character and a Latin letter or digit. A sentence can't know what its value is
/// written in: "用{}登录" holds 微信 as well as GitHub.
#[must_use]
pub fn fill<T: AsRef<str>>(sentence: &str, values: &[T]) -> String {
    let mut filled = String::with_capacity(sentence.len() + 32);
    let mut values = values.iter();
    for (index, part) in sentence.split("{}").enumerate() {
        if index > 0 {
            join(&mut filled, values.next().map_or("", AsRef::as_ref));
        }
        join(&mut filled, part);
    }
    filled
}

/// Adds `next`, with the space that belongs between the two.
fn join(text: &mut String, next: &str) {
    let before = text.trim_end_matches(' ').chars().next_back();
    let after = next.trim_start_matches(' ').chars().next();
    let (Some(before), Some(after)) = (before, after) else {
        text.push_str(next);
        return;
    };
    let meet = |one: char, other: char| is_han(one) && other.is_ascii_alphanumeric();
    if is_han(before) && is_han(after) {
        text.truncate(text.trim_end_matches(' ').len());
        text.push_str(next.trim_start_matches(' '));
    } else {
        let apart = text.ends_with(' ') || next.starts_with(' ');
        if !apart && (meet(before, after) || meet(after, before)) {
            text.push(' ');
        }
        text.push_str(next);
    }
}

/// A Chinese character; its punctuation is none, for that brings its own space.
const fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn chinese_stands_close_and_other_writing_keeps_its_space() {
        let cases = [
            ("用 {} 登录", "微信", "用微信登录"),
            ("用 {} 登录", "GitHub", "用 GitHub 登录"),
            ("添加{}（练习）", "GitHub", "添加 GitHub（练习）"),
            ("添加{}（练习）", "微信", "添加微信（练习）"),
            ("{}扫码登录", "WeChat", "WeChat 扫码登录"),
            ("当前账号：{}。", "Li Lei", "当前账号：Li Lei。"),
            ("Continue with {}", "微信", "Continue with 微信"),
            ("Sign in to {}?", "采购", "Sign in to 采购?"),
            ("{} 秒后", "", " 秒后"),
        ];
        for (sentence, value, whole) in cases {
            assert_eq!(fill(sentence, &[value]), whole);
        }
    }
}
