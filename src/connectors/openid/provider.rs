//! One provider over time: its description and keys, kept as long as they may
//! be, and fetched again when a token was signed with a key we have not seen
//! (upstreams §7, rule 9).

use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use http::header::{CACHE_CONTROL, HeaderMap};

use super::id_token::{Expected, Found, IdToken};
use super::keys::Keys;
use super::metadata::{self, Endpoints, Metadata};
use super::tenants::Tenants;
use crate::base::clock::Seconds;
use crate::base::outbound::Outbound;
use crate::connectors::answer::{self, Object};
use crate::connectors::code_flow::Granted;
use crate::connectors::{Trouble, Turn, wire};

/// The shortest and the longest time anything is kept, and the one when nothing is said.
const SHORTEST: Seconds = 5 * 60;
const LONGEST: Seconds = 24 * 60 * 60;
const USUAL: Seconds = 60 * 60;

/// How long after looking for an unknown key no other unknown key is looked for.
const QUIET: Seconds = 60;

/// A provider and what we know of it. Nothing of one person is ever in here.
#[derive(Debug)]
pub struct Provider {
    issuer: String,
    tenants: Option<Tenants>,
    endpoints: Endpoints,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    metadata: Option<Kept<Metadata>>,
    keys: Option<Kept<Keys>>,
    looked_again: Option<Seconds>,
}

#[derive(Debug)]
struct Kept<T> {
    value: Arc<T>,
    until: Seconds,
}

impl Provider {
    /// The provider with this issuer, nothing known yet.
    #[must_use]
    pub fn new(issuer: String) -> Self {
        Self::typed(issuer, None, Endpoints::default())
    }

    /// As [`Provider::new`], of many tenants and with addresses that beat the description's.
    #[must_use]
    pub fn typed(issuer: String, tenants: Option<Tenants>, endpoints: Endpoints) -> Self {
        Self { issuer, tenants, endpoints, known: Mutex::default() }
    }

    /// Its tenants, where it has many.
    #[must_use]
    pub const fn tenants(&self) -> Option<&Tenants> {
        self.tenants.as_ref()
    }

    /// Its issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its description; an old one while it can't be fetched anew.
    ///
    /// # Errors
    /// `Unreachable`, `Misconfigured` or `BadReply` when there is not even an old one.
    pub async fn metadata(&self, outbound: &Outbound, now: Seconds) -> Result<Arc<Metadata>, Trouble> {
        let old = self.with(|known| known.metadata.as_ref().map(|kept| (Arc::clone(&kept.value), kept.until)));
        if let Some((value, until)) = &old
            && now < *until
        {
            return Ok(Arc::clone(value));
        }
        let fetched = self.fetch_metadata(outbound, now).await;
        let kept = renewed(fetched, old.map(|(value, _)| value), now)?;
        let value = Arc::clone(&kept.value);
        self.with(|known| known.metadata = Some(kept));
        Ok(value)
    }

    /// The description fetched now, and how long it may be kept.
    ///
    /// # Errors
    /// As [`Provider::metadata`].
    pub async fn fetch_metadata(&self, outbound: &Outbound, now: Seconds) -> Result<(Metadata, Seconds), Trouble> {
        if let Some(typed) = self.endpoints.alone() {
            return Ok((typed, LONGEST));
        }
        let found = wire::get(outbound, &metadata::address(&self.issuer), JSON).await?;
        Ok((self.described(&found, now)?, life(found.headers())))
    }

    /// What the answer of the well-known address says, under what was typed.
    ///
    /// # Errors
    /// As [`metadata::read`].
    pub fn described(&self, found: &Response<Vec<u8>>, now: Seconds) -> Result<Metadata, Trouble> {
        let issuer = self.tenants.as_ref().map_or(self.issuer.as_str(), Tenants::issuer);
        let mut metadata = metadata::read(found, issuer, now)?;
        self.endpoints.replace_in(&mut metadata);
        Ok(metadata)
    }

    /// Whether everything was typed, so that no description is read.
    #[must_use]
    pub fn is_undescribed(&self) -> bool {
        self.endpoints.alone().is_some()
    }

    /// The keys fetched now, and how long they may be kept.
    ///
    /// # Errors
    /// `Unreachable` or `BadReply`.
    pub async fn fetch_keys(
        &self,
        outbound: &Outbound,
        address: &str,
        now: Seconds,
    ) -> Result<(Keys, Seconds), Trouble> {
        let found = wire::get(outbound, address, JSON).await?;
        let set = Keys::read(&wire::object(&found, "keys", now)?)?;
        Ok((set, life(found.headers())))
    }

    /// The claims of the ID token that came with a code, when everything about it is right.
    ///
    /// # Errors
    /// `BadReply` with the reason; what fetching the keys refuses.
    pub async fn claims(&self, turn: &Turn, granted: &Granted, expected: &Expected<'_>) -> Result<Object, Trouble> {
        let Some(text) = &granted.id_token else {
            return Err(Trouble::BadReply("id_token: none in the answer".to_owned()));
        };
        let token = IdToken::read(text)?;
        let metadata = self.metadata(&turn.outbound, turn.now).await?;
        let keys = self.keys(turn, &metadata.jwks, false).await?;
        let mut found = token.verify(&keys, expected.algorithms, granted.access_token.expose())?;
        if found == Found::NoKey && self.may_look_again(turn.now) {
            let keys = self.keys(turn, &metadata.jwks, true).await?;
            found = token.verify(&keys, expected.algorithms, granted.access_token.expose())?;
        }
        if found == Found::NoKey {
            return Err(Trouble::BadReply("id_token: signed with a key the provider does not list".to_owned()));
        }
        token.check(expected)
    }

    async fn keys(&self, turn: &Turn, address: &str, again: bool) -> Result<Arc<Keys>, Trouble> {
        let old = self.with(|known| known.keys.as_ref().map(|kept| (Arc::clone(&kept.value), kept.until)));
        if let Some((value, until)) = &old
            && turn.now < *until
            && !again
        {
            return Ok(Arc::clone(value));
        }
        let fetched = self.fetch_keys(&turn.outbound, address, turn.now).await;
        let kept = renewed(fetched, old.map(|(value, _)| value), turn.now)?;
        let value = Arc::clone(&kept.value);
        self.with(|known| known.keys = Some(kept));
        Ok(value)
    }

    fn may_look_again(&self, now: Seconds) -> bool {
        self.with(|known| {
            let quiet = known.looked_again.is_some_and(|at| now < at + QUIET);
            if !quiet {
                known.looked_again = Some(now);
            }
            !quiet
        })
    }

    /// Never held while something is fetched: a provider that hangs holds up nobody else.
    fn with<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

const JSON: &[(&str, &str)] = &[("accept", "application/json")];

/// What was fetched, or the old one for a short while longer.
fn renewed<T>(fetched: Result<(T, Seconds), Trouble>, old: Option<Arc<T>>, now: Seconds) -> Result<Kept<T>, Trouble> {
    match (fetched, old) {
        (Ok((value, life)), _) => Ok(Kept { value: Arc::new(value), until: now + life }),
        (Err(_), Some(value)) => Ok(Kept { value, until: now + QUIET }),
        (Err(trouble), None) => Err(trouble),
    }
}

/// `max-age` within bounds (RFC 9111 §5.2.2.1).
fn life(headers: &HeaderMap) -> Seconds {
    let directives = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let age = directives.split(',').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case("max-age").then(|| value.trim_matches('"').parse::<Seconds>().ok())?
    });
    age.unwrap_or(USUAL).clamp(SHORTEST, LONGEST)
}

/// A JSON object, for callers that hold the bytes already.
///
/// # Errors
/// `BadReply` with `what` in front.
pub fn object(body: &[u8], what: &str) -> Result<Object, Trouble> {
    answer::object(body).map_err(|error| Trouble::BadReply(format!("{what}: {error}")))
}
