//! From laid values to a [`Config`], noting every mistake on the way.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use url::{Host, Url};

use super::sources::Laid;
use super::{Config, Hashing, Log, Mistake, Practice, Tls};
use crate::base::outbound::Policy;
use crate::base::secret::{MasterKey, Secret};
use crate::store::Location;

/// Builds the configuration; `mistakes` are those found so far.
pub(super) fn check(laid: &Laid, mistakes: Vec<Mistake>) -> Result<Config, Vec<Mistake>> {
    let mut reader = Reader { laid, mistakes };
    let listen = reader.parsed("listen", "an address and port like 127.0.0.1:8080").unwrap_or_else(default_listen);
    let data = PathBuf::from(reader.text("data").unwrap_or_else(|| "data".to_owned()));
    let issuer = reader.issuer(listen);
    let store = reader.store(&data);
    let config = Config {
        listen,
        master_key: reader.master_key(&store),
        store,
        tls: reader.tls(),
        trusted_proxies: reader.ranges("trusted_proxies"),
        metrics_listen: reader.parsed("metrics.listen", "an address and port like 127.0.0.1:9090"),
        outbound: reader.outbound(),
        practice: reader.practice(&issuer, listen),
        hashing: reader.hashing(),
        log: reader.log(),
        hsts_subdomains: reader.flag("hsts_subdomains").unwrap_or(false),
        change_issuer: false,
        issuer,
        data,
    };
    reader.cross_checks(&config);
    if reader.mistakes.is_empty() { Ok(config) } else { Err(reader.mistakes) }
}

fn default_listen() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080)
}

/// Whether browsers call this host their own machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

struct Reader<'a> {
    laid: &'a Laid,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn text(&self, key: &str) -> Option<String> {
        self.laid.get(key).map(super::Found::text).filter(|text| !text.is_empty())
    }

    fn wrong(&mut self, key: &str, text: impl Into<String>) {
        let origin = self.laid.get(key).map_or_else(|| "default".to_owned(), |found| found.origin.clone());
        self.mistakes.push(Mistake { key: key.to_owned(), origin, text: text.into() });
    }

    fn parsed<T: std::str::FromStr>(&mut self, key: &str, what: &str) -> Option<T> {
        let text = self.text(key)?;
        if let Ok(value) = text.parse() {
            return Some(value);
        }
        self.wrong(key, format!("must be {what}"));
        None
    }

    fn flag(&mut self, key: &str) -> Option<bool> {
        self.parsed(key, "true or false")
    }

    fn ranges(&mut self, key: &str) -> Vec<ipnet::IpNet> {
        let mut ranges = Vec::new();
        for item in self.text(key).unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty()) {
            match item.parse::<ipnet::IpNet>().or_else(|_| item.parse::<IpAddr>().map(ipnet::IpNet::from)) {
                Ok(range) => ranges.push(range),
                Err(_) => self.wrong(key, format!("{item} is not an address range like 10.0.0.0/8")),
            }
        }
        ranges
    }

    fn file(&mut self, key: &str) -> Option<PathBuf> {
        let path = PathBuf::from(self.text(key)?);
        if let Err(error) = std::fs::File::open(&path) {
            self.wrong(key, format!("the file {} can't be opened: {error}", path.display()));
        }
        Some(path)
    }

    /// A file of one certificate or more.
    fn certificates(&mut self, key: &str) -> Option<PathBuf> {
        let path = self.file(key)?;
        if let Ok(bytes) = std::fs::read(&path) {
            let chain = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
            if chain.is_ok_and(|chain| !chain.is_empty()) {
                return Some(path);
            }
            let text = format!("{} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", path.display());
            self.wrong(key, text);
        }
        Some(path)
    }

    fn private_key(&mut self, key: &str) -> Option<PathBuf> {
        let path = self.file(key)?;
        if std::fs::read(&path).is_ok_and(|bytes| PrivateKeyDer::from_pem_slice(&bytes).is_err()) {
            let text = format!("{} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)", path.display());
            self.wrong(key, text);
        }
        Some(path)
    }

    fn issuer(&mut self, listen: SocketAddr) -> String {
        let Some(text) = self.text("issuer") else {
            if !listen.ip().is_loopback() {
                self.wrong(
                    "issuer",
                    "must be set when the listener is not on loopback: the address people use, https://id.example.com",
                );
            }
            return format!("http://localhost:{}", listen.port());
        };
        let issuer = text.trim_end_matches('/').to_owned();
        match Url::parse(&issuer) {
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                self.wrong("issuer", "must have no query and no fragment");
            }
            Ok(url) if url.path() != "/" => self.wrong("issuer", "must have no path: Hufu has a host of its own"),
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                self.wrong("issuer", "must not hold a user name");
            }
            Ok(url) if url.scheme() == "https" => {}
            Ok(url) if url.scheme() == "http" && is_loopback(&url) => {}
            Ok(_) => self.wrong("issuer", "must start with https:// (http:// is only for localhost)"),
            Err(_) => self.wrong("issuer", "must be an address like https://id.example.com"),
        }
        issuer
    }

    fn store(&mut self, data: &std::path::Path) -> Location {
        match self.text("store") {
            None => Location::Sqlite(data.join("hufu.sqlite")),
            Some(text) if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                Location::Postgres(Secret::new(text))
            }
            Some(text) => match text.strip_prefix("sqlite:") {
                Some(path) if !path.is_empty() => Location::Sqlite(PathBuf::from(path)),
                _ => {
                    self.wrong("store", "must be postgres://user:password@host/database or sqlite:path");
                    Location::Sqlite(data.join("hufu.sqlite"))
                }
            },
        }
    }

    fn master_key(&mut self, store: &Location) -> Option<Secret> {
        let given = self.text("master_key").map(|text| ("master_key", text));
        let given = given.or_else(|| {
            let path = self.file("master_key_file")?;
            std::fs::read_to_string(path).ok().map(|text| ("master_key_file", text.trim().to_owned()))
        });
        if let Some((key, text)) = given {
            if let Err(error) = MasterKey::parse(&text) {
                self.wrong(key, error.to_string());
            }
            Some(Secret::new(text))
        } else {
            if matches!(store, Location::Postgres(_)) {
                self.wrong(
                    "master_key",
                    "must be set with PostgreSQL, the same on every node; make one with `hufu key master`",
                );
            }
            None
        }
    }

    fn tls(&mut self) -> Option<Tls> {
        match (self.certificates("tls.certificate"), self.private_key("tls.key")) {
            (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                self.wrong("tls.key", "must be set together with tls.certificate");
                None
            }
            (None, Some(_)) => {
                self.wrong("tls.certificate", "must be set together with tls.key");
                None
            }
        }
    }

    fn outbound(&mut self) -> Policy {
        let ca_pem = self.certificates("outbound.ca_file").and_then(|path| std::fs::read(path).ok());
        let proxy: Option<Url> = self.parsed("outbound.proxy", "an address like http://proxy.example.com:3128");
        Policy { allow: self.ranges("outbound.allow"), ca_pem, proxy: proxy.map(String::from) }
    }

    fn practice(&mut self, issuer: &str, listen: SocketAddr) -> Practice {
        let local = Url::parse(issuer).is_ok_and(|url| is_loopback(&url));
        let enabled = self.flag("practice.enabled").unwrap_or(local);
        let twice = self.flag("practice.on_public_issuer").unwrap_or(false);
        if enabled && !local && !twice {
            self.wrong(
                "practice.enabled",
                "practice platforms sign anybody in; on a public issuer set practice.on_public_issuer too, or turn them off",
            );
        }
        let beside = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), listen.port().wrapping_add(1));
        let listen = self.parsed("practice.listen", "an address and port like 127.0.0.1:8081").unwrap_or(beside);
        Practice { enabled, listen }
    }

    fn hashing(&mut self) -> Hashing {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let hashing = Hashing {
            memory_kib: self.parsed("hashing.memory_kib", "a number of KiB").unwrap_or(19_456),
            passes: self.parsed("hashing.passes", "a number").unwrap_or(2),
            permits: self.parsed("hashing.permits", "a number").unwrap_or(cores),
        };
        // OWASP's floor for argon2id with two passes or more; the ceiling keeps one typing error from taking the machine.
        if !(7_168..=1_048_576).contains(&hashing.memory_kib) {
            self.wrong("hashing.memory_kib", "must be between 7168 and 1048576");
        }
        if !(1..=20).contains(&hashing.passes) {
            self.wrong("hashing.passes", "must be between 1 and 20");
        }
        if !(1..=256).contains(&hashing.permits) {
            self.wrong("hashing.permits", "must be between 1 and 256");
        }
        hashing
    }

    fn log(&mut self) -> Log {
        let level = self.text("log.level").unwrap_or_else(|| "info".to_owned());
        if tracing_subscriber::EnvFilter::try_new(&level).is_err() {
            self.wrong("log.level", "must be error, warn, info, debug, or a filter like hufu=debug");
        }
        let json = match self.text("log.format").as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(_) => {
                self.wrong("log.format", "must be text or json");
                false
            }
        };
        Log { level, json }
    }

    fn cross_checks(&mut self, config: &Config) {
        // Unset beyond loopback it has been named already.
        let named = self.mistakes.iter().any(|mistake| mistake.key == "issuer");
        if config.tls.is_some() && config.issuer.starts_with("http://") && !named {
            self.wrong(
                "issuer",
                "must be set and start with https:// while tls.certificate is set: the address people use, https://id.example.com",
            );
        }
        if config.practice.enabled && config.practice.listen == config.listen {
            self.wrong("practice.listen", "must differ from listen");
        }
        if config.metrics_listen == Some(config.listen) {
            self.wrong("metrics.listen", "must differ from listen: metrics are not for the public");
        }
    }
}
