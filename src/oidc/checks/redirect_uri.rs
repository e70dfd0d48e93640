//! `redirect_uri`: always there, and byte for byte a registered one (RFC 9700 §2.1).

use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;
use crate::store::clients::{ApplicationType, Client};

/// The redirect URI as the request said it.
///
/// # Errors
/// `invalid_request` when it is missing or not registered for this client. It is never guessed or learnt.
pub fn registered(client: &Client, params: &Params) -> Result<String, Error> {
    let presented = params
        .get("redirect_uri")
        .ok_or_else(|| Error::new(Code::InvalidRequest, "redirect_uri is missing or given twice: send it once"))?;
    if is_one_of(&client.metadata.redirect_uris, client.metadata.application_type, presented) {
        Ok(presented.to_owned())
    } else {
        Err(Error::new(
            Code::InvalidRequest,
            "redirect_uri is not registered for this client: register exactly this text, or send a registered one",
        ))
    }
}

/// Whether `presented` is one of `registered`: equal bytes, or for a native
/// application the same loopback URI on another port. Nothing is parsed,
/// decoded or folded, so no two spellings can be taken for one (security.md §0, rule 4).
#[must_use]
pub fn is_one_of(registered: &[String], application: ApplicationType, presented: &str) -> bool {
    registered.iter().any(|known| {
        known == presented
            || (application == ApplicationType::Native
                && without_loopback_port(known)
                    .is_some_and(|known| without_loopback_port(presented).is_some_and(|presented| known == presented)))
    })
}

/// Address and remainder of an http URI on a loopback IP, its port left out
/// (RFC 8252 §7.3: the port is chosen when the application starts). `localhost`
/// is a name, which may resolve elsewhere, and gets no exception (§8.3).
fn without_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    let (address, rest) = ["http://127.0.0.1", "http://[::1]"]
        .into_iter()
        .find_map(|address| uri.strip_prefix(address).map(|rest| (address, rest)))?;
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(port_and_rest) => {
            let digits = port_and_rest.bytes().take_while(u8::is_ascii_digit).count();
            let (port, rest) = port_and_rest.split_at(digits);
            let canonical = !port.starts_with('0') && port.parse::<u16>().is_ok();
            canonical.then_some(rest)?
        }
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((address, rest))
}
