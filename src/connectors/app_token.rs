//! Tokens that a platform gives to an application as a whole: one for all
//! nodes, fetched by one caller at a time (upstreams/wechat.md §7).

use futures::future::BoxFuture;

use super::Trouble;
use crate::base::clock::Seconds;
use crate::base::secret::{Secret, digest};

/// A token as a platform gave it.
#[derive(Debug)]
pub struct Fetched {
    /// The token.
    pub token: Secret,
    /// For how many seconds it is good, as the platform says.
    pub lifetime: Seconds,
}

/// Asks the platform for a token.
pub type Fetch<'a> = Box<dyn FnOnce() -> BoxFuture<'a, Result<Fetched, Trouble>> + Send + 'a>;

/// Keeps them; written in `login`.
pub trait AppTokens: Send + Sync {
    /// The token called `name` (of [`name_of`], so that instances of one application with one secret share it). When there is none,
    /// or it ends within ten minutes, one caller of all nodes fetches it and the
    /// others wait for it.
    fn get<'a>(&'a self, name: &'a str, fetch: Fetch<'a>) -> BoxFuture<'a, Result<Secret, Trouble>>;
    /// The platform refused `token`: it is dropped if it is still the one that is kept.
    fn refused<'a>(&'a self, name: &'a str, token: &'a Secret) -> BoxFuture<'a, ()>;
}

/// What the token of an application is called: with its secret, by a digest of it.
/// Otherwise a connector with a wrong secret would get the token that the right
/// one fetched, and its refusals would be held against that.
#[must_use]
pub fn name_of(application: &str, secret: &Secret) -> String {
    format!("{application}:{}", &digest(secret.expose())[..DIGITS])
}

/// Characters of the digest: enough to tell secrets apart.
const DIGITS: usize = 16;

/// Calls with the application's token, and once more with a new one when the
/// platform refuses the first. `call` gives the answer, and whether it refuses the token.
///
/// # Errors
/// What `fetch` and `call` come to.
pub async fn with_token<'a, T>(
    tokens: &dyn AppTokens,
    name: &str,
    fetch: impl Fn() -> BoxFuture<'a, Result<Fetched, Trouble>> + Send + Sync,
    call: impl Fn(Secret) -> BoxFuture<'a, Result<(T, bool), Trouble>> + Send + Sync,
) -> Result<T, Trouble> {
    let token = tokens.get(name, Box::new(|| fetch())).await?;
    let (answer, refused) = call(token.clone()).await?;
    if !refused {
        return Ok(answer);
    }
    tokens.refused(name, &token).await;
    let fresh = tokens.get(name, Box::new(|| fetch())).await?;
    if fresh.matches(token.expose()) {
        // The same token again, refused again: wrong credentials, or the platform's own fault. Asking more helps nobody.
        return Ok(answer);
    }
    Ok(call(fresh).await?.0)
}
