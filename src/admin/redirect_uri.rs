//! Which redirect URIs an application may register (security.md F3): absolute,
//! without fragment, user name, control characters or wildcards.

use url::{Host, Url};

use crate::connectors::Text;
use crate::store::clients::ApplicationType;

/// Whether `text` may be registered, and if not, why.
///
/// # Errors
/// A sentence for the administrator.
pub(super) fn check(text: &str, application_type: ApplicationType) -> Result<(), Text> {
    if text.len() > 2000 || !text.bytes().all(|b| b.is_ascii_graphic()) || text.contains('\\') {
        return refuse(
            "must be an address in printable ASCII, without spaces and backslashes",
            "地址只能用可见的 ASCII 字符，不含空格和反斜线",
        );
    }
    if text.contains('#') {
        // RFC 6749 §3.1.2
        return refuse("must have no fragment (#)", "不能带片段（#）");
    }
    if text.contains('*') {
        return refuse("must be exact: wildcards are not matched", "必须完整填写，不支持通配符");
    }
    let Ok(url) = Url::parse(text) else {
        return refuse(
            "must be an absolute address like https://app.example.com/callback",
            "须为绝对地址，如 https://app.example.com/callback",
        );
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not hold a user name", "不能包含用户名");
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
        "http" => refuse(
            "must start with https:// (http:// is only for localhost)",
            "须以 https:// 开头（http:// 仅限 localhost）",
        ),
        // RFC 8252 §7.1: a reverse domain name, so that no two applications claim one by chance.
        scheme if application_type == ApplicationType::Native && scheme.contains('.') => Ok(()),
        _ => refuse(
            "must start with https://, or for a native application be a scheme like com.example.app:/callback",
            "须以 https:// 开头；原生应用也可用 com.example.app:/callback 这样的自定义协议",
        ),
    }
}

const fn refuse(en: &'static str, zh: &'static str) -> Result<(), Text> {
    Err(Text { en, zh })
}
