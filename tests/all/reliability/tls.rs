//! TLS served by the program itself, as an operator starts it (security.md rows 3 and 4; protocol.md §1.11).

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::header::SET_COOKIE;
use rustls::crypto::aws_lc_rs::{self, cipher_suite as suite};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedCipherSuite};
use tokio_rustls::TlsConnector;

use super::program::{Installation, Program};
use crate::support::http::authorize_path;
use crate::support::server::{Application, PASSWORD};

const REDIRECT: &str = "https://rp.example/cb";

struct Secured {
    installation: Installation,
    certificate: CertificateDer<'static>,
    pem: String,
    application: Application,
    _program: Program,
}

fn secured() -> Secured {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut installation = Installation::new(&[("log.level", "error")]);
    let (chain, key) = (installation.folder().join("chain.pem"), installation.folder().join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    installation.set("tls.certificate", chain.to_str().unwrap());
    installation.set("tls.key", key.to_str().unwrap());
    let issuer = issuer(&installation);
    installation.set("issuer", &issuer);
    let secret = installation.application("app", REDIRECT);
    installation.person("lin", "lin@example.org", PASSWORD);
    let application = Application { id: "app".to_owned(), secret, redirect_uri: REDIRECT.to_owned() };
    let program = installation.spawn();
    let certificate = made.cert.der().clone();
    Secured { installation, certificate, pem: made.cert.pem(), application, _program: program }
}

fn issuer(installation: &Installation) -> String {
    installation.issuer().replace("http://", "https://")
}

fn cookies(answer: &reqwest::Response) -> Vec<String> {
    answer.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_s4_a_whole_sign_in_over_tls_sets_only_host_cookies() {
    let it = secured();
    let trusted = reqwest::Certificate::from_pem(it.pem.as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().https_only(true).tls_certs_only([trusted]);
    let client = builder.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let issuer = issuer(&it.installation);
    let answer = client.get(format!("{issuer}/.well-known/openid-configuration")).send().await.unwrap();
    // Never for localhost: the pin would hit every other program on this machine.
    assert!(answer.headers().get("strict-transport-security").is_none());
    let discovered: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(discovered["issuer"], issuer);
    assert!(discovered["token_endpoint"].as_str().unwrap().starts_with(&issuer));

    let opened = client.get(format!("{issuer}{}", authorize_path(&it.application, &[]))).send().await.unwrap();
    let mut set = cookies(&opened);
    let location = opened.headers()["location"].to_str().unwrap().to_owned();
    let page = format!("{issuer}{}", location.strip_prefix(&issuer).unwrap_or(&location));
    // The last value of a name is the one a browser keeps.
    let held = |set: &[String]| {
        let pairs = set.iter().filter_map(|cookie| cookie.split(';').next()?.split_once('='));
        let kept = pairs.collect::<BTreeMap<_, _>>();
        kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    let form = client.get(&page).header("cookie", held(&set)).send().await.unwrap();
    set.extend(cookies(&form));
    let body = form.text().await.unwrap();
    let csrf = body.split("name=\"csrf\" value=\"").nth(1).expect("a form").split('"').next().unwrap().to_owned();
    let fields = [("csrf", csrf.as_str()), ("username", "lin"), ("password", PASSWORD)];
    let posting = client.post(format!("{page}/form")).header("cookie", held(&set)).header("origin", &issuer);
    let posted = posting.form(&fields).send().await.unwrap();
    assert_eq!(posted.status(), 303);
    set.extend(cookies(&posted));
    let done = client.get(&page).header("cookie", held(&set)).send().await.unwrap();
    assert!(done.headers()["location"].to_str().unwrap().starts_with(&format!("{REDIRECT}?code=")), "{done:?}");
    let names = set.iter().map(|cookie| cookie.split('=').next().unwrap_or_default()).collect::<Vec<_>>();
    assert!(names.contains(&"__Host-browser") && names.contains(&"__Host-session"), "{names:?}");
    for cookie in &set {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for word in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(cookie.split("; ").any(|attribute| attribute == word), "{word}: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

/// What a client that has only these suites gets: the agreed version, or nothing.
async fn shake(it: &Secured, suites: Vec<SupportedCipherSuite>) -> Option<rustls::ProtocolVersion> {
    let provider = rustls::crypto::CryptoProvider { cipher_suites: suites, ..aws_lc_rs::default_provider() };
    let mut roots = RootCertStore::empty();
    roots.add(it.certificate.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let config = builder.unwrap().with_root_certificates(roots).with_no_client_auth();
    let socket = tokio::net::TcpStream::connect(("127.0.0.1", it.installation.port)).await.unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(ServerName::try_from("localhost").unwrap(), socket).await.ok()?;
    stream.get_ref().1.protocol_version()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_itself_agrees_on_tls_1_3_and_aes_gcm_in_1_2_only() {
    let it = secured();
    let modern = shake(&it, vec![suite::TLS13_AES_256_GCM_SHA384]).await;
    assert_eq!(modern, Some(rustls::ProtocolVersion::TLSv1_3));
    let older = shake(&it, vec![suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]).await;
    assert_eq!(older, Some(rustls::ProtocolVersion::TLSv1_2));
    assert_eq!(shake(&it, vec![suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]).await, None);
}

/// Puts a new certificate and key where the program reads them; the certificate.
fn renew(installation: &Installation) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(installation.folder().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(installation.folder().join("chain.pem"), made.cert.pem()).unwrap();
    made.cert.der().clone()
}

/// Whether a new handshake shows this certificate.
async fn shows(it: &Secured, certificate: &CertificateDer<'static>) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    let socket = tokio::net::TcpStream::connect(("127.0.0.1", it.installation.port)).await.unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(ServerName::try_from("localhost").unwrap(), socket).await.is_ok()
}

/// Waits until it does, some seconds at most.
async fn becomes(it: &Secured, certificate: &CertificateDer<'static>) -> bool {
    for _ in 0..100 {
        if shows(it, certificate).await {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_served_without_a_restart_and_a_broken_one_never() {
    let it = secured();
    let trusted = reqwest::Certificate::from_pem(it.pem.as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().https_only(true).tls_certs_only([trusted]);
    let client = builder.pool_max_idle_per_host(1).http1_only().build().unwrap();
    let health = format!("{}/healthz", issuer(&it.installation));
    assert_eq!(client.get(&health).send().await.unwrap().text().await.unwrap(), "{\"status\":\"ok\"}");
    let renewed = renew(&it.installation);
    assert!(becomes(&it, &renewed).await, "{}", it.installation.said());
    assert!(!shows(&it, &it.certificate).await, "the old one is not shown any more");
    // The connection of before goes on: a new one would not be trusted.
    assert_eq!(client.get(&health).send().await.unwrap().text().await.unwrap(), "{\"status\":\"ok\"}");

    std::fs::write(it.installation.folder().join("chain.pem"), "no certificate").unwrap();
    for _ in 0..100 {
        if it.installation.said().contains("the certificate in use stays") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(it.installation.said().contains("the certificate in use stays"), "{}", it.installation.said());
    assert!(shows(&it, &renewed).await, "the last good one is still served");
    let third = renew(&it.installation);
    assert!(becomes(&it, &third).await, "once it is whole again it is taken");
}
