//! The small encodings, and the words of a message.

use hufu::connectors::senders::encode::{day, form, instant, percent, query};
use hufu::connectors::senders::text::fill;

use super::message;

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn only_unreserved_characters_stay_bare() {
    assert_eq!(percent("aZ09-_.~"), "aZ09-_.~");
    assert_eq!(percent("a b*+/=&'()!中"), "a%20b%2A%2B%2F%3D%26%27%28%29%21%E4%B8%AD");
    assert_eq!(query(&[pair("a", "b c"), pair("d", "")]), "a=b%20c&d=");
    assert_eq!(form(&[pair("a", "b c"), pair("d", "e+%20")]), "a=b+c&d=e%2B%2520");
}

#[test]
fn the_day_is_that_of_utc() {
    // 2025-06-02 07:59:59 in China is still the first.
    assert_eq!(day(1_748_822_399), "2025-06-01");
    assert_eq!(day(1_748_822_400), "2025-06-02");
    assert_eq!(instant(1_748_766_600), "2025-06-01T08:30:00Z");
}

#[test]
fn what_is_put_into_a_text_is_not_read_again() {
    let mut message = message("+8613900001234");
    message.product = "{code} {host}".to_owned();
    assert_eq!(fill("{product}: {code}, {minutes} {x} {", &message), "{code} {host}: 123456, 5 {x} {");
}
