//! The spellings and traps of upstreams/sms.md §7.

use hufu::base::phone::Phone;

fn of(text: &str, country: &str) -> Option<String> {
    Phone::parse(text, country).ok().map(|phone| phone.e164().to_owned())
}

#[test]
fn a_number_copied_from_an_address_book_brings_invisible_marks() {
    assert_eq!(of("\u{202D}139 0000 1234\u{202C}", "CN").as_deref(), Some("+8613900001234"));
    assert_eq!(of("0086 139\u{a0}0000\u{2011}1234", "CN").as_deref(), Some("+8613900001234"));
}

#[test]
fn a_number_that_looks_like_another_countrys_is_not_taken_for_it() {
    assert_eq!(of("12000001234", "CN"), None, "the library alone reads +1234");
    assert_eq!(of("8613900001234", "US"), None);
    assert_eq!(of("+8613900001234", "US").as_deref(), Some("+8613900001234"));
    assert_eq!(of("00852 6123 4567", "CN").as_deref(), Some("+85261234567"));
}

#[test]
fn new_mainland_prefixes_count_before_the_tables_know_them() {
    for text in ["14000001234", "15400001234", "+86 194 0000 1234"] {
        assert!(of(text, "CN").is_some(), "{text}");
    }
}

#[test]
fn other_texts_and_networks_of_no_country_are_refused() {
    for text in [
        "+",
        "139",
        "13900001234 x5",
        "tel:13900001234",
        "+1390000+1234",
        "一三九",
        "+0013900001234",
        "+86",
        "+999123456789",
        "+80012340000",
        "+88213712345",
        "+88150012345",
        "+870712345678",
        "+442012345678",
        &"1".repeat(200),
    ] {
        assert_eq!(of(text, "CN"), None, "{text}");
    }
}

#[test]
fn other_countries_are_read_with_their_own_rules() {
    assert_eq!(of("415 555 0123", "US").as_deref(), Some("+14155550123"));
    assert_eq!(of("0912 345 678", "TW").as_deref(), Some("+886912345678"));
    assert_eq!(of("6612 3456", "MO").as_deref(), Some("+85366123456"));
    assert_eq!(of("06 12 34 56 78", "FR").as_deref(), Some("+33612345678"));
    let country = |text: &str| Phone::parse(text, "CN").map(|phone| phone.country().to_owned()).ok();
    assert_eq!(country("+77012345678").as_deref(), Some("KZ"), "+7 is shared");
}

#[test]
fn providers_are_given_the_number_in_their_own_spelling() {
    let phone = |text: &str| Phone::parse(text, "CN").unwrap();
    assert_eq!(phone("13900001234").mainland(), Some("13900001234"));
    assert_eq!(phone("+85261234567").mainland(), None);
    assert_eq!(phone("+85261234567").digits(), "85261234567");
}
