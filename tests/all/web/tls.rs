//! TLS served by the binary itself (protocol.md §1.11, 1; security.md R33).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hufu::config::Tls;
use hufu::web::serve::{Bounds, serve};
use hufu::web::tls::acceptor;
use rustls::crypto::aws_lc_rs::{self, cipher_suite as suite};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion, version};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

struct Served {
    address: std::net::SocketAddr,
    certificate: CertificateDer<'static>,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

async fn served() -> Served {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&tls.certificate, made.cert.pem()).unwrap();
    std::fs::write(&tls.key, made.signing_key.serialize_pem()).unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, stop) = (Router::new().route("/", get(|| async { "hello" })), CancellationToken::new());
    let bounds = Bounds { linger: Duration::ZERO, ..Bounds::default() };
    tokio::spawn(serve(listener, router, Some(acceptor(&tls).unwrap().into()), stop.clone(), bounds));
    Served { address, certificate: made.cert.der().clone(), stop, _folder: folder }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Whether a client that speaks only this gets through, and what it agreed on.
async fn shake(
    served: &Served,
    version: &'static SupportedProtocolVersion,
    suites: Vec<SupportedCipherSuite>,
) -> Option<Option<Vec<u8>>> {
    let provider = rustls::crypto::CryptoProvider { cipher_suites: suites, ..aws_lc_rs::default_provider() };
    let mut roots = RootCertStore::empty();
    roots.add(served.certificate.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(&[version]).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let socket = TcpStream::connect(served.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await.ok()?;
    Some(stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec))
}

#[tokio::test]
async fn tls_1_3_and_1_2_with_aes_gcm_are_served_with_http_2() {
    let served = served().await;
    let modern = shake(&served, &version::TLS13, vec![suite::TLS13_AES_128_GCM_SHA256]).await;
    assert_eq!(modern, Some(Some(b"h2".to_vec())));
    let older = shake(&served, &version::TLS12, vec![suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]).await;
    assert!(older.is_some());
}

#[tokio::test]
async fn tls_1_2_with_chacha20_is_refused() {
    let served = served().await;
    let refused = shake(&served, &version::TLS12, vec![suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]).await;
    assert_eq!(refused, None);
}

#[tokio::test]
async fn a_plain_request_to_a_tls_port_is_no_request() {
    let served = served().await;
    let answer = crate::support::raw::until_closed(served.address, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(!answer.contains("hello"));
}
