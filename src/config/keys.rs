//! Every key there is; the table of `docs/configuration.md` and of `hufu config show`.

/// A key of the configuration.
#[derive(Debug)]
pub struct Key {
    /// As in the file: `tls.certificate`.
    pub name: &'static str,
    /// Shown when nothing is set; empty where there is no default.
    pub default: &'static str,
    /// Masked in `hufu config show`.
    pub secret: bool,
    /// One line of help.
    pub help: &'static str,
}

impl Key {
    /// The environment variable: `HUFU_TLS_CERTIFICATE`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("HUFU_{}", self.name.replace('.', "_").to_ascii_uppercase())
    }

    /// The flag: `--set tls.certificate`.
    #[must_use]
    pub fn flag(&self) -> String {
        format!("--set {}", self.name)
    }
}

const fn key(name: &'static str, default: &'static str, help: &'static str) -> Key {
    Key { name, default, secret: false, help }
}

const fn secret(name: &'static str, help: &'static str) -> Key {
    Key { name, default: "", secret: true, help }
}

/// The list.
pub static KEYS: &[Key] = &[
    key(
        "issuer",
        "",
        "the address applications and people use, https://id.example.com; unset: http://localhost:{port} on loopback",
    ),
    key("listen", "127.0.0.1:8080", "address and port of the public listener"),
    key("data", "data", "folder of the SQLite file and the master key"),
    secret("store", "postgres://user:password@host/database; unset: SQLite in the data folder"),
    secret("master_key", "32 bytes in base64url; unset: made in the data folder on first start (SQLite only)"),
    key("master_key_file", "", "a file with the master key"),
    key("tls.certificate", "", "PEM file of the certificate chain; with it Hufu serves TLS itself"),
    key("tls.key", "", "PEM file of the certificate's private key"),
    key("trusted_proxies", "[]", "address ranges whose X-Forwarded-For is believed, [\"10.0.0.0/8\"]"),
    key("metrics.listen", "", "address and port of the Prometheus listener; unset: off"),
    key("outbound.allow", "[]", "special-use address ranges that connectors may reach, [\"10.20.0.0/16\"]"),
    key("outbound.ca_file", "", "PEM file of certificates trusted besides the system's"),
    secret("outbound.proxy", "HTTP proxy for everything outside; its address may hold a password"),
    key("practice.enabled", "", "practice platforms; unset: on while the issuer is on loopback"),
    key("practice.listen", "", "their listener; unset: 127.0.0.1 and the public port + 1"),
    key("practice.on_public_issuer", "false", "the second word that practice on a public issuer needs"),
    key("hashing.memory_kib", "19456", "argon2id: memory of one hash, KiB"),
    key("hashing.passes", "2", "argon2id: iterations"),
    key("hashing.permits", "", "hashes at once; unset: the machine's cores"),
    key("log.level", "info", "error, warn, info, debug, or a tracing filter"),
    key("log.format", "text", "text or json"),
    key("hsts_subdomains", "false", "includeSubDomains in Strict-Transport-Security"),
];

/// The key with this name.
pub(super) fn known(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The key that is spelled most like `name`, for "did you mean": up to three slips, and no more than half the word.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let limit = (name.chars().count() / 2).min(3);
    KEYS.iter()
        .map(|key| (strsim::damerau_levenshtein(key.name, name), key.name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}
