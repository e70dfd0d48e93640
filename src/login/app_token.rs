//! App-level tokens of platforms, one for all nodes.

use futures::future::BoxFuture;

use crate::base::secret::Secret;
use crate::connectors::Trouble;
use crate::connectors::app_token::{AppTokens, Fetch};

/// PLACEHOLDER until the engine part lands the table.
pub(crate) struct Tokens;

impl AppTokens for Tokens {
    fn get<'a>(&'a self, _name: &'a str, fetch: Fetch<'a>) -> BoxFuture<'a, Result<Secret, Trouble>> {
        Box::pin(async move { Ok(fetch().await?.token) })
    }

    fn refused<'a>(&'a self, _name: &'a str, _token: &'a Secret) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}
