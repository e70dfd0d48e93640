//! A certificate authority for `hufu practice --ca`: it lives as long as the
//! process, its key never touches a disk, and it signs a certificate for
//! whatever name a client asks for.

use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SerialNumber,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use time::{Duration, OffsetDateTime};

use super::shelf::Shelf;
use crate::base::clock::{Clock, Seconds};
use crate::base::random::Random;

const DAY: Seconds = 86_400;
/// Certificates kept at once; the oldest is made anew when it is wanted again.
const KEPT: usize = 200;

/// Signs certificates for the practice platforms' names.
pub struct Authority {
    clock: Clock,
    random: Random,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    made: Mutex<Shelf<Arc<CertifiedKey>>>,
}

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
pub enum NoCertificate {
    /// Key or certificate could not be written.
    #[error("no certificate could be made: {0}")]
    Made(#[from] rcgen::Error),
    /// The TLS library does not take it.
    #[error("no certificate could be used: {0}")]
    Used(#[from] rustls::Error),
}

impl Authority {
    /// A new authority, valid for a year.
    ///
    /// # Errors
    /// [`NoCertificate`].
    pub fn new(clock: Clock, random: Random) -> Result<Self, NoCertificate> {
        let mut params = CertificateParams::new(Vec::new())?;
        validity(&mut params, clock.now(), 365);
        params.serial_number = Some(SerialNumber::from_slice(&random.bytes::<16>()));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Hufu practice platforms, nothing here is real");
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { clock, random, pem, issuer: Issuer::new(params, key), made: Mutex::new(Shelf::new(KEPT)) })
    }

    /// Its certificate, for clients to trust.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// How a server speaks TLS under every name a client names (RFC 6066 §3).
    ///
    /// # Errors
    /// [`NoCertificate`].
    pub fn server(self) -> Result<ServerConfig, NoCertificate> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn certificate(&self, name: &str) -> Result<Arc<CertifiedKey>, NoCertificate> {
        if let Some(known) = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(Arc::clone(known));
        }
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        validity(&mut params, self.clock.now(), 90);
        params.serial_number = Some(SerialNumber::from_slice(&self.random.bytes::<16>()));
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let secret = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let signing = aws_lc_rs::sign::any_supported_type(&secret)?;
        let made = Arc::new(CertifiedKey::new(vec![certificate.der().clone()], signing));
        self.made.lock().unwrap_or_else(PoisonError::into_inner).put(name.to_owned(), Arc::clone(&made));
        Ok(made)
    }
}

fn validity(params: &mut CertificateParams, now: Seconds, days: i64) {
    // A day behind, for clients whose clock is slow.
    let today = OffsetDateTime::from_unix_timestamp(now - DAY).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    params.not_before = today;
    params.not_after = today + Duration::days(days);
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority")
    }
}

impl ResolvesServerCert for Authority {
    /// A client that names nobody reached us by address: `localhost` is what it gets.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().unwrap_or("localhost").to_ascii_lowercase();
        match self.certificate(&name) {
            Ok(certificate) => Some(certificate),
            Err(error) => {
                tracing::warn!(%error, "a practice certificate could not be made");
                None
            }
        }
    }
}
