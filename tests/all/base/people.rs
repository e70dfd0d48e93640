//! Words for people and languages.

use hufu::base::lang::Lang;
use hufu::base::people::{Email, clean_name, fold_username};
use proptest::prelude::*;

#[test]
fn plain_addresses_are_taken_and_everything_else_is_not() {
    for good in ["a@example.com", "li.lei+tag@mail.example.cn", "o'neil@example.co.uk", " a@example.com "] {
        assert!(Email::parse(good).is_ok(), "{good}");
    }
    let long = format!("{}@example.com", "a".repeat(65));
    for bad in [
        "",
        "a",
        "@example.com",
        "a@",
        "a@localhost",
        "a@b@example.com",
        "a b@example.com",
        "a@example.com,b@example.com",
        "\"a\"@example.com",
        "a@-example.com",
        "a@example-.com",
        "a@exa mple.com",
        ".a@example.com",
        "a..b@example.com",
        "a.@example.com",
        "a@example..com",
        "a@例子.cn",
        "a\r\n@example.com",
        &long,
    ] {
        assert!(Email::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn addresses_compare_without_case_and_show_little_in_logs() {
    let (one, other) = (Email::parse("Li@Example.com").unwrap(), Email::parse("li@example.COM").unwrap());
    assert_eq!(one, other);
    assert_eq!(one.folded(), other.folded());
    assert_eq!(one.as_str(), "Li@Example.com");
    assert_eq!(one.masked(), "L***@Example.com");
}

#[test]
fn one_account_has_one_name_however_it_is_typed() {
    assert_eq!(fold_username(" LiLei "), "lilei");
    assert_eq!(fold_username("ＬｉＬｅｉ"), "lilei");
    assert_eq!(fold_username("İ"), fold_username("i̇"));
}

#[test]
fn names_lose_what_cannot_be_seen() {
    assert_eq!(clean_name("  Li\u{202E}  Lei\u{0000}\u{200B} ", 64), "Li Lei");
    assert_eq!(clean_name("韩\n梅梅", 64), "韩 梅梅");
    assert_eq!(clean_name("😀😀😀", 2), "😀😀");
    assert_eq!(clean_name("\u{200B}\u{FEFF}", 64), "");
}

#[test]
fn the_browsers_wishes_choose_the_language() {
    assert_eq!(Lang::from_accept_language("zh-CN,zh;q=0.9,en;q=0.8"), Some(Lang::Zh));
    assert_eq!(Lang::from_accept_language("fr, en;q=0.7, zh;q=0.8"), Some(Lang::Zh));
    assert_eq!(Lang::from_accept_language("fr;q=1, de"), None);
    assert_eq!(Lang::from_accept_language("zh;q=0, en;q=0.1"), Some(Lang::En));
    assert_eq!(Lang::from_accept_language("en;q=abc"), Some(Lang::En));
    assert_eq!(Lang::from_accept_language(""), None);
    assert_eq!(Lang::from_tag("zh-Hant-TW"), Some(Lang::Zh));
    assert_eq!(Lang::from_tag("EN_us"), Some(Lang::En));
    for lang in Lang::ALL {
        assert_eq!(Lang::from_tag(lang.tag()), Some(lang));
    }
}

proptest! {
    #[test]
    fn no_header_and_no_name_makes_us_stumble(text: String, limit in 0_usize..40) {
        let _ = Lang::from_accept_language(&text);
        let cleaned = clean_name(&text, limit);
        prop_assert!(cleaned.chars().count() <= limit);
        prop_assert!(!cleaned.contains(|c: char| c.is_control()));
    }

    #[test]
    fn an_accepted_address_has_one_at_and_is_short(text in "[a-zA-Z0-9.@_+-]{0,40}") {
        if let Ok(email) = Email::parse(&text) {
            prop_assert_eq!(email.as_str().matches('@').count(), 1);
            prop_assert_eq!(Email::parse(&email.folded()).unwrap(), email);
        }
    }
}
