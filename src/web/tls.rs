//! Our own TLS: certificate and key from two files, read again when they change.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::config::Tls;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The certificate that new handshakes show. A clone shows the same one.
#[derive(Clone)]
pub struct Certificate(watch::Receiver<TlsAcceptor>);

impl Certificate {
    /// Reads the files, and from then on follows them until `stop`: when they change, or at SIGHUP. What can't be
    /// used is logged and never served; the certificate before stays.
    ///
    /// # Errors
    /// [`TlsRefused`] for the files as they are now.
    pub fn follow(files: Tls, stop: CancellationToken) -> Result<Self, TlsRefused> {
        let seen = Stamp::of(&files);
        let (shown, now) = watch::channel(acceptor(&files)?);
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = renew(&files, seen, &shown) => {}
            }
        });
        Ok(Self(now))
    }

    /// For the handshake that begins.
    pub(super) fn now(&self) -> TlsAcceptor {
        self.0.borrow().clone()
    }
}

/// One that never changes.
impl From<TlsAcceptor> for Certificate {
    fn from(acceptor: TlsAcceptor) -> Self {
        Self(watch::channel(acceptor).1)
    }
}

async fn renew(files: &Tls, mut seen: Stamp, shown: &watch::Sender<TlsAcceptor>) {
    let mut told = Told::new();
    loop {
        let asked = told.wait(LOOK).await;
        // Taken before the files are read: what is written meanwhile is looked at once more.
        let stamp = Stamp::of(files);
        if stamp == seen && !asked {
            continue;
        }
        seen = stamp;
        match acceptor(files) {
            Ok(acceptor) => {
                shown.send_replace(acceptor);
                metrics::counter!("hufu_tls_renewals_total", "outcome" => "ok").increment(1);
                tracing::info!("a renewed TLS certificate is served");
            }
            Err(error) => {
                metrics::counter!("hufu_tls_renewals_total", "outcome" => "refused").increment(1);
                tracing::error!(%error, "the TLS files can't be used; the certificate in use stays");
            }
        }
    }
}

/// SIGHUP, where there is such a thing.
struct Told {
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

impl Told {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            hang_up: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// Waits that long; whether the signal came first.
    async fn wait(&mut self, longest: Duration) -> bool {
        #[cfg(unix)]
        if let Some(hang_up) = &mut self.hang_up {
            return tokio::time::timeout(longest, hang_up.recv()).await.is_ok();
        }
        tokio::time::sleep(longest).await;
        false
    }
}

/// By what a change of the files is noticed; links are followed, as certificate managers exchange them.
#[derive(Debug, PartialEq, Eq)]
struct Stamp([Option<(SystemTime, u64)>; 2]);

impl Stamp {
    fn of(files: &Tls) -> Self {
        let one = |path: &Path| {
            let about = std::fs::metadata(path).ok()?;
            Some((about.modified().ok()?, about.len()))
        };
        Self([one(&files.certificate), one(&files.key)])
    }
}

/// Why TLS can't be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsRefused {
    /// A file can't be read as PEM.
    #[error("{0}")]
    File(String),
    /// Certificate and key don't go together, or are of a kind that is not served.
    #[error(transparent)]
    Rejected(#[from] rustls::Error),
}

/// Reads certificate and key, once. TLS 1.3, and 1.2 with ECDHE and AES-GCM only (protocol.md §1.11, 1).
///
/// # Errors
/// [`TlsRefused`].
pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsRefused> {
    let read = |path: &std::path::Path| std::fs::read(path).map_err(|error| refused(path, &error));
    let certificate = read(&tls.certificate)?;
    let chain = CertificateDer::pem_slice_iter(&certificate).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| refused(&tls.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&tls.key)?).map_err(|error| refused(&tls.key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn refused(path: &std::path::Path, error: &dyn std::fmt::Display) -> TlsRefused {
    TlsRefused::File(format!("{}: {error}", path.display()))
}

fn provider() -> CryptoProvider {
    use aws_lc_rs::cipher_suite as suite;
    CryptoProvider {
        cipher_suites: vec![
            suite::TLS13_AES_256_GCM_SHA384,
            suite::TLS13_AES_128_GCM_SHA256,
            suite::TLS13_CHACHA20_POLY1305_SHA256,
            suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ],
        ..aws_lc_rs::default_provider()
    }
}
