//! What an operator sets before start, and every mistake in it at once.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::base::outbound;
use crate::base::secret::Secret;
use crate::store::Location;

/// The configuration in force. See docs/configuration.md for every key.
#[derive(Clone, Debug)]
pub struct Config {
    /// `HUFU_ISSUER`; unset: `http://localhost:{port}`, on loopback only.
    pub issuer: String,
    /// Where the public listener stands.
    pub listen: SocketAddr,
    /// The folder with the SQLite file and the master key.
    pub data: PathBuf,
    pub store: Location,
    /// Given, or `None`: read from (made in) `data/master.key`, SQLite only.
    pub master_key: Option<Secret>,
    /// PEM files; both or none.
    pub tls: Option<Tls>,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// A listener of its own for `/metrics`; off when absent.
    pub metrics_listen: Option<SocketAddr>,
    pub outbound: outbound::Policy,
    pub practice: Practice,
    pub hashing: Hashing,
    pub log: Log,
    /// HSTS `includeSubDomains`.
    pub hsts_subdomains: bool,
}

#[derive(Clone, Debug)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Practice platforms: on by default on a loopback issuer, refused on a public one unless told twice.
#[derive(Clone, Debug)]
pub struct Practice {
    pub enabled: bool,
    pub listen: SocketAddr,
}

/// argon2id.
#[derive(Clone, Copy, Debug)]
pub struct Hashing {
    pub memory_kib: u32,
    pub passes: u32,
    /// How many at once; the cores of the machine.
    pub permits: usize,
}

#[derive(Clone, Debug)]
pub struct Log {
    /// `tracing` filter.
    pub level: String,
    pub json: bool,
}
