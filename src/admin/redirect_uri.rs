//! Which redirect URIs an application may register (security.md F3): absolute,
//! without fragment, user name, control characters or wildcards.

use url::{Host, Url};

use crate::store::clients::ApplicationType;

/// Whether `text` may be registered, and if not, why.
///
/// # Errors
/// A sentence for the administrator.
pub(super) fn check(text: &str, application_type: ApplicationType) -> Result<(), &'static str> {
    if text.len() > 2000 || !text.bytes().all(|b| b.is_ascii_graphic()) || text.contains('\\') {
        return Err("must be an address in printable ASCII, without spaces and backslashes");
    }
    if text.contains('#') {
        // RFC 6749 §3.1.2
        return Err("must have no fragment (#)");
    }
    if text.contains('*') {
        return Err("must be exact: wildcards are not matched");
    }
    let Ok(url) = Url::parse(text) else {
        return Err("must be an absolute address like https://app.example.com/callback");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name");
    }
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        // RFC 8252 §8.3 allows it for native ones; developers need it on their own machine.
        "http" if loopback => Ok(()),
        "http" => Err("must start with https:// (http:// is only for localhost)"),
        // RFC 8252 §7.1: a reverse domain name, so that no two applications claim one by chance.
        scheme if application_type == ApplicationType::Native && scheme.contains('.') => Ok(()),
        _ => Err("must start with https://, or for a native application be a scheme like com.example.app:/callback"),
    }
}
