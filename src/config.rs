//! What an operator sets before start, and every mistake in it at once.
//!
//! One TOML file, environment variables (`HUFU_…`) over it, flags over both.
//! `config/keys.rs` is the list of keys, `config/sources.rs` lays the sources
//! over each other, `config/check.rs` turns them into a [`Config`].

mod check;
mod keys;
mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;

pub use keys::{KEYS, Key};
pub use sources::{Found, Sources};

use crate::base::outbound;
use crate::base::secret::Secret;
use crate::store::Location;

/// The configuration in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// The issuer identifier; unset it is `http://localhost:{port}`, on loopback only.
    pub issuer: String,
    /// Where the public listener stands.
    pub listen: SocketAddr,
    /// The folder with the SQLite file and the master key.
    pub data: PathBuf,
    /// Where the rows are.
    pub store: Location,
    /// Given, or `None`: read from (made in) `{data}/master.key`, SQLite only.
    pub master_key: Option<Secret>,
    /// TLS served by the binary itself.
    pub tls: Option<Tls>,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// A listener of its own for `/metrics`; off when absent.
    pub metrics_listen: Option<SocketAddr>,
    /// What outgoing requests may reach.
    pub outbound: outbound::Policy,
    /// The practice platforms.
    pub practice: Practice,
    /// The cost of a password's hash.
    pub hashing: Hashing,
    /// What is logged, and how.
    pub log: Log,
    /// HSTS `includeSubDomains`.
    pub hsts_subdomains: bool,
    /// Store a new issuer over the one of the first start.
    pub change_issuer: bool,
}

/// PEM files of the certificate chain and its key.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Practice platforms: on by default on a loopback issuer, refused on a public one unless told twice.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Whether they are served.
    pub enabled: bool,
    /// Their own listener, an origin that is cross-site to the issuer.
    pub listen: SocketAddr,
}

impl Practice {
    /// The origin browsers and connectors reach them under.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.listen)
    }
}

/// argon2id.
#[derive(Clone, Copy, Debug)]
pub struct Hashing {
    /// Memory of one hash.
    pub memory_kib: u32,
    /// Iterations.
    pub passes: u32,
    /// How many at once.
    pub permits: usize,
}

/// Logs.
#[derive(Clone, Debug)]
pub struct Log {
    /// A `tracing` filter.
    pub level: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

/// One thing that is wrong, with the key it is about and where that was set.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Mistake {
    /// The key, `tls.certificate`.
    pub key: String,
    /// Where it was set: the file, the variable, the flag, or `default`.
    pub origin: String,
    /// What is wrong and what to write instead.
    pub text: String,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {}", self.key, self.origin, self.text)
    }
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// Every mistake there is, not only the first.
    pub fn read(sources: &Sources) -> Result<Self, Vec<Mistake>> {
        let (found, unknown) = sources.lay()?;
        check::check(&found, unknown)
    }
}
