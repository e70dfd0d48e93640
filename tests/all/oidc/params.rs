//! The parameter decoder: strict where the protocol is, otherwise exactly the URL standard.

use hufu::oidc::error::Code;
use hufu::oidc::params::Params;
use proptest::prelude::*;

fn refused(encoded: &[u8]) -> bool {
    matches!(Params::parse(encoded), Err(error) if error.code == Code::InvalidRequest)
}

#[test]
fn s11_invalid_utf8_and_nul_are_refused_in_names_and_values() {
    for encoded in [
        &b"state=%ff"[..],
        b"state=\xff",
        b"%ff=1",
        b"state=%c3%28",
        b"state=%ed%a0%80",
        b"state=a%00b",
        b"a%00=1",
        b"state=\0",
        b"x=1&state=%80",
    ] {
        assert!(refused(encoded), "{encoded:?}");
    }
    assert!(Params::parse("state=虎符".as_bytes()).is_ok());
    assert!(Params::parse(b"state=%E8%99%8E").is_ok());
}

#[test]
fn s12_two_hundred_parameters_are_the_most() {
    let most = vec!["a=1"; 200].join("&");
    assert!(Params::parse(most.as_bytes()).is_ok());
    assert!(refused(format!("{most}&a=1").as_bytes()));
    // Empty pieces are no parameters.
    assert!(Params::parse(format!("&&{most}&&").as_bytes()).is_ok());
}

#[test]
fn s30_the_first_repeated_name_is_found_whatever_its_values() {
    let duplicate = |text: &str| Params::parse(text.as_bytes()).unwrap().duplicate().map(str::to_owned);
    assert_eq!(duplicate("a=1&b=2&b=2"), Some("b".to_owned()));
    assert_eq!(duplicate("a=&a=1"), Some("a".to_owned()));
    assert_eq!(duplicate("a&%61=1"), Some("a".to_owned()));
    assert_eq!(duplicate("resource=1&resource=2"), None);
    assert_eq!(duplicate("a=1&A=1&a[]=1&a%20=1"), None);
}

#[test]
fn s31_a_name_is_what_it_is_byte_for_byte() {
    let params = Params::parse(b"redirect_uri[]=1&Redirect_uri=2&redirect_uri%20=3&redirect_uri%5B%5D=4").unwrap();
    assert_eq!(params.get("redirect_uri"), None);
}

#[test]
fn an_empty_or_repeated_value_is_absent() {
    let params = Params::parse(b"a=&b=1&b=2&c=3&d").unwrap();
    assert_eq!((params.get("a"), params.get("b"), params.get("c"), params.get("d")), (None, None, Some("3"), None));
    assert_eq!(params.all("b").collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn a_broken_percent_sign_is_itself() {
    let params = Params::parse(b"a=100%&b=%zz&c=%4&d=%4g&e=%%41").unwrap();
    let values: Vec<_> = params.iter().map(|(_, value)| value).collect();
    assert_eq!(values, ["100%", "%zz", "%4", "%4g", "%A"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_decoder_agrees_with_the_url_standard(text in "([a-c=&+%]|%[0-9a-fA-F]{2}|[ -~]|\\PC){0,40}") {
        let reference: Vec<(String, String)> =
            form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name.into(), value.into())).collect();
        if let Ok(params) = Params::parse(text.as_bytes()) {
            let ours: Vec<(String, String)> =
                params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            prop_assert_eq!(ours, reference);
        } else {
            // Refused only for what the reference mends with a replacement character, or a NUL.
            let mended = |text: &String| text.contains(['\u{fffd}', '\0']);
            prop_assert!(reference.iter().any(|(name, value)| mended(name) || mended(value)));
        }
    }

    #[test]
    fn what_is_encoded_comes_back(pairs in prop::collection::vec(("[^\\x00]{1,8}", "[^\\x00]{0,20}"), 0..12)) {
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let params = Params::parse(encoded.as_bytes()).unwrap();
        let ours: Vec<(String, String)> = params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        prop_assert_eq!(ours, pairs);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Params::parse(&bytes);
    }
}
