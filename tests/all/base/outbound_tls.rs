//! Certificates on the way out (security.md R21): each bad one is refused, with a reason of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use http::Request;
use hufu::base::outbound::{Limits, Outbound, OutboundError, Policy};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that answers one sentence over TLS under a certificate for `name`.
async fn serve(authority: &Authority, name: &str, expired: bool) -> SocketAddr {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let versions: &[&SupportedProtocolVersion] = tokio_rustls::rustls::ALL_VERSIONS;
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

async fn ask(trusted: Option<&Authority>, url: &str) -> Result<Vec<u8>, OutboundError> {
    let policy = Policy {
        allow: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        ca_pem: trusted.map(|authority| authority.pem().into_bytes()),
        ..Policy::default()
    };
    let outbound = Outbound::guarded(Arc::new(policy), Limits::default());
    let answer = outbound.send(Request::get(url).body(Vec::new()).unwrap()).await?;
    Ok(answer.into_body())
}

fn reason(error: &OutboundError) -> String {
    match error {
        OutboundError::Unreachable(reason) => reason.to_ascii_lowercase(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_certificate_of_the_operators_own_authority_is_trusted() {
    let authority = authority();
    let address = serve(&authority, "localhost", false).await;
    let url = format!("https://localhost:{}/", address.port());
    assert_eq!(ask(Some(&authority), &url).await.unwrap(), b"ok");
}

#[tokio::test]
async fn r21_an_unknown_authority_is_refused() {
    let address = serve(&authority(), "localhost", false).await;
    let error = ask(None, &format!("https://localhost:{}/", address.port())).await.unwrap_err();
    assert!(reason(&error).contains("certificate"), "{error}");
    let error = ask(Some(&authority()), &format!("https://localhost:{}/", address.port())).await.unwrap_err();
    assert!(reason(&error).contains("certificate"), "{error}");
}

#[tokio::test]
async fn r21_an_expired_certificate_and_one_of_another_host_have_their_own_reasons() {
    let authority = authority();
    let expired = serve(&authority, "localhost", true).await;
    let error = ask(Some(&authority), &format!("https://localhost:{}/", expired.port())).await.unwrap_err();
    assert!(reason(&error).contains("expired"), "{error}");
    let other = serve(&authority, "other.example", false).await;
    let error = ask(Some(&authority), &format!("https://localhost:{}/", other.port())).await.unwrap_err();
    assert!(reason(&error).contains("name"), "{error}");
}

#[tokio::test]
async fn a_broken_ca_file_is_told_and_nothing_is_sent() {
    let policy = Policy { ca_pem: Some(b"-----BEGIN CERTIFICATE-----\n!!\n".to_vec()), ..Policy::default() };
    let outbound = Outbound::guarded(Arc::new(policy), Limits::default());
    let request = Request::get("https://140.82.112.3/").body(Vec::new()).unwrap();
    let error = outbound.send(request).await.unwrap_err();
    assert!(reason(&error).contains("ca_file"), "{error}");
}
