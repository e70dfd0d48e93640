//! The special-use check against a table of all ranges (security.md F17).

use std::net::{IpAddr, Ipv4Addr};

use hufu::base::outbound::Policy;
use hufu::base::outbound::guard::is_public;
use proptest::prelude::*;

/// First and last address of each range of the IANA special-purpose registries, and of multicast.
const CLOSED: &[(&str, &str)] = &[
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("168.63.129.16", "168.63.129.16"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.31.196.0", "192.31.196.255"),
    ("192.52.193.0", "192.52.193.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("192.175.48.0", "192.175.48.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "255.255.255.255"),
    ("::", "::ffff"),
    ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    ("100::", "100::ffff:ffff:ffff:ffff"),
    ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
];

/// Neighbours of those ranges, and well-known hosts.
const OPEN: &[&str] = &[
    "1.0.0.0",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "140.82.112.3",
    "2000::1",
    "2001:200::",
    "2001:db7::1",
    "2001:db9::1",
    "2003::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "3ffe::1",
];

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn f17_special_use_ranges_are_closed_from_end_to_end() {
    for (first, last) in CLOSED {
        assert!(!is_public(address(first)), "{first}");
        assert!(!is_public(address(last)), "{last}");
    }
}

#[test]
fn f17_what_lies_beside_them_is_open() {
    for open in OPEN {
        assert!(is_public(address(open)), "{open}");
    }
}

#[test]
fn f17_an_embedded_ipv4_address_is_judged_by_itself() {
    for (prefix, passes) in [("::ffff:", true), ("64:ff9b::", true), ("::", false)] {
        assert_eq!(is_public(address(&format!("{prefix}140.82.112.3"))), passes, "{prefix}");
        for closed in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "100.100.100.200"] {
            assert!(!is_public(address(&format!("{prefix}{closed}"))), "{prefix}{closed}");
        }
    }
    // 6to4 and Teredo carry an IPv4 address too, and are closed whatever it is.
    assert!(!is_public(address("2002:8c52:7003::1")));
    assert!(!is_public(address("2001:0:8c52:7003::1")));
}

#[test]
fn the_operators_ranges_open_what_is_closed_and_are_all_that_plain_http_reaches() {
    let policy = Policy { allow: vec!["10.1.0.0/16".parse().unwrap()], ..Policy::default() };
    assert!(policy.permits(address("10.1.2.3"), false));
    assert!(policy.permits(address("10.1.2.3"), true));
    assert!(policy.permits(address("::ffff:10.1.2.3"), true));
    assert!(!policy.permits(address("10.2.2.3"), false));
    assert!(policy.permits(address("140.82.112.3"), false));
    assert!(!policy.permits(address("140.82.112.3"), true));
}

proptest! {
    #[test]
    fn mapped_and_translated_addresses_are_as_open_as_the_address_inside(bits: u32) {
        let v4 = Ipv4Addr::from_bits(bits);
        let open = is_public(IpAddr::V4(v4));
        prop_assert_eq!(open, is_public(IpAddr::V6(v4.to_ipv6_mapped())));
        prop_assert_eq!(open, is_public(address(&format!("64:ff9b::{v4}"))));
    }

    #[test]
    fn outside_of_global_unicast_only_translated_addresses_are_open(bits: u128) {
        let v6 = std::net::Ipv6Addr::from_bits(bits);
        let global = bits >> 125 == 1;
        let embedded = v6.to_ipv4_mapped().is_some() || bits >> 32 == 0x0064_ff9b_0000_0000_0000_0000_u128;
        prop_assert!(global || embedded || !is_public(IpAddr::V6(v6)));
    }
}
