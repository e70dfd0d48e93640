//! `mod_auth_openidc` (an Apache module, from Debian) guards a page; a person gets to it by signing in here.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hufu::store::clients::ClientMetadata;

use super::server;
use crate::support::http::TestBrowser;
use crate::support::server::{Application, TestServer};

/// A running Apache, stopped by its process id.
struct Apache {
    child: Child,
    folder: tempfile::TempDir,
}

impl Apache {
    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn an_apache_module_lets_only_signed_in_people_to_its_page() {
    let server = server().await;
    server.person("apache").await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let site = format!("http://localhost:{port}");
    let metadata = ClientMetadata {
        redirect_uris: vec![format!("{site}/guarded/callback")],
        first_party: true,
        ..ClientMetadata::default()
    };
    let application = server.application_as(metadata).await;
    let apache = start(&server, &application, port).await;

    // The browser goes from the site to the provider and back; each keeps its own cookies.
    let at_site = TestBrowser::new(&site);
    let sent_away = at_site.get("/guarded/page.txt").await;
    assert_eq!(sent_away.status, 302, "{sent_away:?}");
    let provider = server.browser();
    let start = provider.get(sent_away.header("location")).await;
    let came = provider.sign_in(start, "apache").await;
    assert!(came.header("location").starts_with(&format!("{site}/guarded/callback?")), "{came:?}");
    let back = at_site.get(came.header("location")).await;
    assert_eq!(back.status, 302, "{}", apache.log());
    let page = at_site.get(back.header("location")).await;
    assert_eq!((page.status.as_u16(), page.body.trim()), (200, "only for people who signed in"));

    let stranger = TestBrowser::new(&site).get("/guarded/page.txt").await;
    assert_eq!(stranger.status, 302, "somebody else is sent to sign in");
}

async fn start(server: &TestServer, application: &Application, port: u16) -> Apache {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir_all(root.join("site/guarded")).unwrap();
    std::fs::create_dir_all(root.join("cache")).unwrap();
    std::fs::write(root.join("site/guarded/page.txt"), "only for people who signed in\n").unwrap();
    open_to_everybody(root);
    std::fs::write(root.join("apache.conf"), configuration(root, server, application, port)).unwrap();
    let child = Command::new("/usr/sbin/apache2")
        .args(["-X", "-f"])
        .arg(root.join("apache.conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("apache2 with libapache2-mod-auth-openidc is installed (./check does it)");
    let apache = Apache { child, folder };
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return apache;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("apache does not start: {}", apache.log());
}

/// Started by root, Apache serves as another account, which must be able to read the folder.
fn open_to_everybody(root: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(root, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(root.join("cache"), std::fs::Permissions::from_mode(0o777)).unwrap();
}

fn configuration(root: &Path, server: &TestServer, application: &Application, port: u16) -> String {
    let modules = "/usr/lib/apache2/modules";
    let root = root.display();
    let (issuer, id, secret) = (&server.issuer, &application.id, &application.secret);
    format!(
        r#"ServerName localhost
Listen 127.0.0.1:{port}
PidFile {root}/pid
ErrorLog {root}/error.log
DefaultRuntimeDir {root}
User www-data
Group www-data
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
DocumentRoot {root}/site
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {id}
OIDCClientSecret {secret}
OIDCRedirectURI http://localhost:{port}/guarded/callback
OIDCCryptoPassphrase only-for-this-test-0123456789
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCCacheType file
OIDCCacheDir {root}/cache
<Location /guarded>
  AuthType openid-connect
  Require valid-user
</Location>
"#
    )
}
