//! Redirect URIs are compared byte for byte (security.md §2.3, rows 27–29; property 5).

use hufu::oidc::checks::redirect_uri::is_one_of;
use hufu::store::clients::ApplicationType::{Native, Web};
use proptest::prelude::*;

const REGISTERED: &str = "https://client.example.org/cb?foo=bar";

fn web(registered: &str, presented: &str) -> bool {
    is_one_of(&[registered.to_owned()], Web, presented)
}

fn native(registered: &str, presented: &str) -> bool {
    is_one_of(&[registered.to_owned()], Native, presented)
}

/// Fifty spellings that parsers take for the registered URI, or for its neighbour.
pub const SPELLINGS: [&str; 50] = [
    "https://client.example.org/cb",
    "https://client.example.org/cb?",
    "https://client.example.org/cb?foo=baz",
    "https://client.example.org/cb?foo=bar&x=1",
    "https://client.example.org/cb?x=1&foo=bar",
    "https://client.example.org/cb?foo=bar&",
    "https://client.example.org/cb?&foo=bar",
    "https://client.example.org/cb?foo=bar&foo=bar",
    "https://client.example.org/cb?foo=bar#",
    "https://client.example.org/cb?foo=bar#x",
    "https://client.example.org/cb/?foo=bar",
    "https://client.example.org//cb?foo=bar",
    "https://client.example.org/./cb?foo=bar",
    "https://client.example.org/x/../cb?foo=bar",
    "https://client.example.org/cb/..?foo=bar",
    "https://client.example.org/cb/%2e%2e?foo=bar",
    "https://client.example.org/%63b?foo=bar",
    "https://client.example.org/cb%3Ffoo=bar",
    "https://client.example.org/cb?foo%3Dbar",
    "https://client.example.org/cb?foo=b%61r",
    "https://client.example.org/CB?foo=bar",
    "https://client.example.org/cb;x?foo=bar",
    "https://client.example.org/cb?foo=bar ",
    " https://client.example.org/cb?foo=bar",
    "https://client.example.org/cb?foo=bar\t",
    "https://client.example.org/cb?foo=bar\r\n",
    "https://client.example.org/cb?foo=bar%00",
    "https://client.example.org/cb?foo=bar%0d%0aX:1",
    "HTTPS://client.example.org/cb?foo=bar",
    "https://CLIENT.example.org/cb?foo=bar",
    "https://client.example.org:443/cb?foo=bar",
    "https://client.example.org:/cb?foo=bar",
    "https://client.example.org:8443/cb?foo=bar",
    "https://client.example.org./cb?foo=bar",
    "http://client.example.org/cb?foo=bar",
    "//client.example.org/cb?foo=bar",
    "/cb?foo=bar",
    "https:/client.example.org/cb?foo=bar",
    "https:client.example.org/cb?foo=bar",
    "https:\\\\client.example.org\\cb?foo=bar",
    "https://client.example.org\\@evil.example/cb?foo=bar",
    "https://client.example.org@evil.example/cb?foo=bar",
    "https://evil.example@client.example.org/cb?foo=bar",
    "https://client.example.org.evil.example/cb?foo=bar",
    "https://clientxexample.org/cb?foo=bar",
    "https://evil.example/https://client.example.org/cb?foo=bar",
    "https://evil.example#https://client.example.org/cb?foo=bar",
    "https://sub.client.example.org/cb?foo=bar",
    "https://client.example\u{3002}org/cb?foo=bar",
    "https://client.example.org/*",
];

#[test]
fn s27_fifty_spellings_of_a_registered_uri_are_fifty_other_uris() {
    assert!(web(REGISTERED, REGISTERED));
    for spelling in SPELLINGS {
        assert!(!web(REGISTERED, spelling), "{spelling}");
        assert!(!native(REGISTERED, spelling), "{spelling}");
    }
}

#[test]
fn s27_a_client_without_uris_has_none() {
    assert!(!is_one_of(&[], Web, REGISTERED));
    assert!(!is_one_of(&[], Native, "http://127.0.0.1:1/cb"));
}

#[test]
fn s29_only_the_port_of_a_loopback_address_may_differ() {
    for (registered, presented) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1/cb"),
        ("http://[::1]/cb?x=1", "http://[::1]:65535/cb?x=1"),
        ("http://127.0.0.1", "http://127.0.0.1:1"),
    ] {
        assert!(native(registered, presented), "{registered} {presented}");
        assert!(!web(registered, presented), "a web client: {registered} {presented}");
    }
    for presented in [
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.1:51004/cb?x=1",
        "http://127.0.0.1:51004/CB",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:80:80/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:80\\@evil.example/cb",
        "http://127.0.0.2:80/cb",
        "http://127.1:80/cb",
        "http://0x7f000001:80/cb",
        "http://localhost:51004/cb",
        "http://[::1]:51004/cb",
        "https://127.0.0.1:51004/cb",
        "HTTP://127.0.0.1:51004/cb",
        "http://user@127.0.0.1:51004/cb",
    ] {
        assert!(!native("http://127.0.0.1/cb", presented), "{presented}");
    }
    assert!(!native("http://localhost/cb", "http://localhost:51004/cb"));
    assert!(!native("http://[::1]/cb", "http://[::2]:80/cb"));
    assert!(!native("http://127.0.0.1:80@evil.example/cb", "http://127.0.0.1:81@evil.example/cb"));
}

/// The rule said another way: cut the port out by a search, then compare.
fn expected(registered: &str, presented: &str) -> bool {
    let cut = |uri: &str| {
        let without_scheme = uri.strip_prefix("http://")?;
        let known = ["127.0.0.1", "[::1]"].into_iter().find(|known| without_scheme.starts_with(known))?;
        let after = &without_scheme[known.len()..];
        let end = after.find(['/', '?']).unwrap_or(after.len());
        let port = &after[..end];
        let valid = port.is_empty()
            || port.strip_prefix(':').is_some_and(|digits| {
                digits.bytes().all(|byte| byte.is_ascii_digit())
                    && !digits.starts_with('0')
                    && (1..=5).contains(&digits.len())
                    && digits.parse::<u32>().is_ok_and(|port| port <= 65_535)
            });
        valid.then(|| format!("{known}{}", &after[end..]))
    };
    registered == presented || cut(registered).is_some_and(|registered| cut(presented) == Some(registered))
}

fn uri() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["http://", "https://", "HTTP://", "app:/"]);
    let host = prop::sample::select(vec!["127.0.0.1", "[::1]", "localhost", "127.0.0.2", "a.example", "u@127.0.0.1"]);
    let port = prop::sample::select(vec!["", ":", ":1", ":01", ":8080", ":65535", ":65536", ":8a", ":1@e.example"]);
    let rest = prop::sample::select(vec!["", "/", "/cb", "/cb?x=1", "?x=1", "/CB", "#f", "x"]);
    (scheme, host, port, rest).prop_map(|(scheme, host, port, rest)| format!("{scheme}{host}{port}{rest}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn property_5_accepted_means_equal_bytes_or_the_loopback_rule(registered in uri(), presented in uri()) {
        prop_assert_eq!(web(&registered, &presented), registered == presented);
        prop_assert_eq!(native(&registered, &presented), expected(&registered, &presented));
    }

    #[test]
    fn property_5_one_changed_byte_is_another_uri(at in 0..REGISTERED.len(), byte in 0x20_u8..0x7f) {
        let mut changed = REGISTERED.as_bytes().to_vec();
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        prop_assert_eq!(native(REGISTERED, &changed), changed == REGISTERED);
    }
}
