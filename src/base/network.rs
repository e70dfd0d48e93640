//! Whom an address stands for, where tries are counted by it.
//!
//! A single IPv6 address is worth nothing to who counts: whoever has one has
//! the 2^64 of its network.

use std::net::IpAddr;

/// One subscriber's: an IPv4 address, or the /64 of an IPv6 one; what is neither stays as it is.
#[must_use]
pub fn line(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// What is given to one house or one provider's customer at a time: /24 or /48.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_share_a_budget() {
        assert_eq!(network("192.0.2.7"), network("192.0.2.200"));
        assert_ne!(network("192.0.2.7"), network("192.0.3.7"));
        assert_eq!(network("2001:db8:1:2::3"), network("2001:db8:1:ffff::1"));
        assert_ne!(network("2001:db8:1::"), network("2001:db8:2::"));
        assert_eq!(network("unknown"), "unknown");
    }

    #[test]
    fn a_line_is_an_address_of_the_old_internet_and_a_network_of_the_new() {
        assert_ne!(line("192.0.2.7"), line("192.0.2.8"));
        assert_eq!(line("::ffff:192.0.2.7"), line("192.0.2.7"));
        assert_eq!(line("2001:db8:1:2::3"), line("2001:db8:1:2:ffff::1"));
        assert_ne!(line("2001:db8:1:2::3"), line("2001:db8:1:3::3"));
        assert_eq!(line("unknown"), "unknown");
    }
}
