//! `resource` (RFC 8707 §2): absolute URIs of resource servers that exist and that the client may name.

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::Reading;
use crate::oidc::error::{Code, Error};

/// Most resources in one request.
const MOST: usize = 16;

/// Notes the resources.
///
/// # Errors
/// `invalid_target`, `temporarily_unavailable`.
pub fn known<'r>(reading: &'r mut Reading<'_>) -> BoxFuture<'r, Result<(), Error>> {
    look_up(reading).boxed()
}

async fn look_up(reading: &mut Reading<'_>) -> Result<(), Error> {
    let mut resources: Vec<String> = Vec::new();
    for id in reading.params.all("resource") {
        if resources.iter().any(|known| known == id) {
            continue;
        }
        if resources.len() == MOST {
            return Err(Error::new(Code::InvalidTarget, "too many resources: ask for at most 16 at once"));
        }
        if !is_absolute_without_fragment(id) {
            return Err(Error::new(Code::InvalidTarget, "resource must be an absolute URI without a fragment"));
        }
        let may = reading.client.metadata.resources.iter().any(|allowed| allowed == id);
        // One answer for unknown and not allowed: the list of resources is not for strangers.
        let resource = if may { reading.oidc.store.resource(id).await? } else { None };
        let resource = resource.ok_or_else(|| {
            Error::new(Code::InvalidTarget, "resource names nothing this client may ask for: register it first")
        })?;
        reading.resource_scopes.extend(resource.metadata.scopes.iter().cloned());
        resources.push(id.to_owned());
    }
    reading.request.resources = resources;
    Ok(())
}

/// RFC 8707 §2: an absolute URI (RFC 3986 §4.3), and no fragment.
fn is_absolute_without_fragment(id: &str) -> bool {
    !id.contains('#') && url::Url::parse(id).is_ok_and(|url| url.has_host() || !url.path().is_empty())
}
