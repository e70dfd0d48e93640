//! Where a request comes from: the peer, or what a configured proxy says of it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use http::{Extensions, HeaderMap};
use ipnet::IpNet;

use crate::app::App;

/// The peer of the connection, put there by `serve`.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The client's address, or `unknown`. What limits are counted by; never a reason to skip one.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl ClientAddress {
    /// As it was noted of this request.
    pub(in crate::web) fn of(extensions: &Extensions) -> String {
        extensions.get::<Self>().map_or_else(|| UNKNOWN.to_owned(), |address| address.0.clone())
    }
}

/// What an address is called that can't be told.
const UNKNOWN: &str = crate::login::UNKNOWN;

/// Notes the [`ClientAddress`]. Other forwarding headers are read nowhere: URLs come from the issuer (security.md row 6).
pub(super) fn note_address(app: &App, request: &mut Request) {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let address = client_address(peer, request.headers(), &app.config.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(address));
}

/// The rightmost hop of `X-Forwarded-For` that is no trusted proxy, where the peer is one; else the peer.
fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> String {
    let Some(peer) = peer.map(|address| address.to_canonical()) else { return UNKNOWN.to_owned() };
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(peer) {
        return peer.to_string();
    }
    let lines = headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().unwrap_or(UNKNOWN));
    let hops = lines.flat_map(|line| line.split(',')).map(str::trim).collect::<Vec<_>>();
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        match parse_hop(hop) {
            Some(address) if is_trusted(address) => nearest = address,
            Some(address) => return address.to_string(),
            // Whoever wrote this hid somebody: all such share one budget of tries.
            None => return UNKNOWN.to_owned(),
        }
    }
    nearest.to_string()
}

/// `1.2.3.4`, `1.2.3.4:5`, `2001:db8::1`, `[2001:db8::1]:5`.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let address = hop.parse::<IpAddr>().ok();
    let address = address.or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    address.or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client_address(peer.parse().ok(), &headers, &trusted)
    }

    #[test]
    fn s6_an_untrusted_peer_is_itself_whatever_it_claims() {
        assert_eq!(seen("203.0.113.9", &["1.2.3.4"]), "203.0.113.9");
    }

    #[test]
    fn s6_the_rightmost_untrusted_hop_counts() {
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("::1", &["[2001:db8::5]:443"]), "2001:db8::5");
        assert_eq!(seen("::ffff:10.0.0.1", &["198.51.100.7:99"]), "198.51.100.7");
    }

    #[test]
    fn s6_what_cannot_be_read_is_unknown() {
        assert_eq!(seen("10.0.0.1", &["1.2.3.4, garbage"]), UNKNOWN);
        assert_eq!(seen("10.0.0.1", &["1.2.3.4,"]), UNKNOWN);
        assert_eq!(seen("not an address", &[]), UNKNOWN);
    }

    #[test]
    fn without_a_claim_the_proxy_itself_is_the_client() {
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }
}
