//! Authorization responses: what comes back is what went in, whatever it holds.

use hufu::oidc::error::{Code, Error};
use hufu::oidc::response::{ResponseMode, ReturnTo};
use proptest::prelude::*;

fn return_to(redirect_uri: &str, state: Option<&str>) -> ReturnTo {
    ReturnTo {
        redirect_uri: redirect_uri.to_owned(),
        mode: ResponseMode::Query,
        state: state.map(str::to_owned),
        iss: "https://id.example.org".to_owned(),
    }
}

fn query_of(location: &str) -> Vec<(String, String)> {
    let url = url::Url::parse(location).unwrap();
    assert_eq!(url.fragment(), None);
    url.query_pairs().into_owned().collect()
}

#[test]
fn s57_a_success_carries_code_state_and_iss_and_nothing_else() {
    let response = return_to("https://app.example/cb", Some("s t")).code("abc".to_owned());
    assert_eq!(response.location(), "https://app.example/cb?code=abc&state=s%20t&iss=https%3A%2F%2Fid.example.org");
}

#[test]
fn an_error_carries_its_description_and_no_state_where_none_came() {
    let error = Error::new(Code::InvalidScope, "send scope=openid");
    let location = return_to("https://app.example/cb", None).error(&error).location();
    let names: Vec<_> = query_of(&location).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["error", "error_description", "iss"]);
}

#[test]
fn the_query_of_the_registered_uri_survives() {
    for (uri, start) in [
        ("https://app.example/cb?foo=bar", "https://app.example/cb?foo=bar&code=c&"),
        ("https://app.example/cb?a=1&b=%20", "https://app.example/cb?a=1&b=%20&code=c&"),
        ("https://app.example/cb?", "https://app.example/cb?code=c&"),
        ("https://app.example/cb?a=1&", "https://app.example/cb?a=1&code=c&"),
        ("com.example.app:/cb", "com.example.app:/cb?code=c&"),
        ("http://[::1]:80", "http://[::1]:80?code=c&"),
    ] {
        let location = return_to(uri, None).code("c".to_owned()).location();
        assert!(location.starts_with(start), "{location}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn s52_any_state_comes_back_byte_equal_and_stays_one_value(state in "(\\PC|[\\r\\n\\t &#=%+;\"<>']){0,60}") {
        let location = return_to("https://app.example/cb?x=1", Some(&state)).code("c".to_owned()).location();
        prop_assert!(location.bytes().all(|byte| (0x21..0x7f).contains(&byte)));
        prop_assert!(!location.contains(['"', '<', '>', '\'', '#', '\\']));
        let expected = [("x", "1"), ("code", "c"), ("state", &*state), ("iss", "https://id.example.org")];
        let expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        prop_assert_eq!(query_of(&location), expected);
    }
}
