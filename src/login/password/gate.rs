//! Hashing behind a gate: so many at once, memory reused, a short queue, then "later" (security.md §0, rule 13).

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::{Block, Params};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

use super::phc::{self, Stored};
use crate::base::random::Random;
use crate::base::secret::Secret;
use crate::config::Hashing;

/// How long somebody may wait for a slot.
const PATIENCE: Duration = Duration::from_millis(900);
/// How many may wait for each slot.
const QUEUE: usize = 32;

/// Hashing behind a gate. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    inner: Arc<Inner>,
}

struct Inner {
    params: Params,
    permits: usize,
    random: Random,
    gate: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Blocks between two hashes; as many vectors as there are permits.
    memory: Mutex<Vec<Vec<Block>>>,
    /// What an unknown person's password is compared with: same parameters, no password fits.
    dummy: String,
    hashes: AtomicU64,
}

/// No slot came free in time: try again in a moment (503).
#[derive(Debug, thiserror::Error)]
#[error("too many passwords are being checked at the moment")]
pub struct Busy;

/// What a comparison came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// It is the password.
    pub right: bool,
    /// It is, but the hash was made with other parameters than today's.
    pub outdated: bool,
}

/// How full the gate is at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// How many may hash at once.
    pub total: usize,
    /// How many more could.
    pub free: usize,
    /// Who waits to.
    pub waiting: usize,
}

/// A place inside the gate; hashing needs one.
pub struct Slot {
    passwords: Passwords,
    _permit: OwnedSemaphorePermit,
}

impl Passwords {
    /// Hashing with the operator's cost. The cost was checked with the
    /// configuration; one that argon2 refuses falls back to the default.
    #[must_use]
    pub fn new(hashing: Hashing, random: Random) -> Self {
        let params = Params::new(hashing.memory_kib, hashing.passes, 1, None).unwrap_or_default();
        let dummy = phc::text(&params, &random.bytes::<16>(), &random.bytes::<32>()).unwrap_or_default();
        let permits = hashing.permits.max(1);
        let inner = Inner {
            params,
            permits,
            random,
            gate: Arc::new(Semaphore::new(permits)),
            waiting: AtomicUsize::new(0),
            memory: Mutex::new(Vec::new()),
            dummy,
            hashes: AtomicU64::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Waits a short while for a slot.
    ///
    /// # Errors
    /// `Busy` when the queue is full or none came free.
    pub async fn enter(&self) -> Result<Slot, Busy> {
        let waiting = Waiting::join(&self.inner)?;
        let gate = Arc::clone(&self.inner.gate);
        let permit = tokio::time::timeout(PATIENCE, gate.acquire_owned()).await;
        drop(waiting);
        let permit = permit.map_err(|_| Busy)?.map_err(|_| Busy)?;
        Ok(Slot { passwords: self.clone(), _permit: permit })
    }

    /// Places, free ones, and who waits for one.
    #[must_use]
    pub fn places(&self) -> Places {
        Places {
            total: self.inner.permits,
            free: self.inner.gate.available_permits(),
            waiting: self.inner.waiting.load(Ordering::Relaxed),
        }
    }

    /// How many hashes were computed so far; tests count them (security.md row 66).
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.inner.hashes.load(Ordering::Relaxed)
    }

    async fn with_memory<T, F>(&self, work: F) -> Result<T, Busy>
    where
        T: Send + 'static,
        F: FnOnce(&Inner, &mut Vec<Block>) -> T + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        inner.hashes.fetch_add(1, Ordering::Relaxed);
        let run = move || {
            let mut blocks = inner.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let done = work(&inner, &mut blocks);
            inner.memory.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
            done
        };
        tokio::task::spawn_blocking(run).await.map_err(|_| Busy)
    }
}

impl Slot {
    /// Hashes a new password.
    ///
    /// # Errors
    /// `Busy` when the program is stopping.
    pub async fn hash(&self, password: &Secret) -> Result<String, Busy> {
        let password = normal(password);
        let salt: [u8; 16] = self.passwords.inner.random.bytes();
        let made = self
            .passwords
            .with_memory(move |inner, blocks| phc::make(password.expose().as_bytes(), &salt, &inner.params, blocks));
        made.await?.ok_or(Busy)
    }

    /// Compares with a stored hash; without one (nobody of that name, no
    /// password), or with one that can't be read, the same work is done in vain.
    ///
    /// # Errors
    /// `Busy` when the program is stopping.
    pub async fn verify(&self, password: &Secret, stored: Option<&str>) -> Result<Verified, Busy> {
        let password = normal(password);
        let stored = stored.map(str::to_owned);
        let compared = self.passwords.with_memory(move |inner, blocks| {
            let real = stored.as_deref().and_then(Stored::parse);
            let usable = real.is_some();
            let Some(hash) = real.or_else(|| Stored::parse(&inner.dummy)) else {
                return Verified { right: false, outdated: false };
            };
            let right = hash.matches(password.expose().as_bytes(), blocks) && usable;
            Verified { right, outdated: right && !hash.is_made_with(&inner.params) }
        });
        compared.await
    }
}

/// One who waits; counts itself out when dropped, also when the browser went away.
struct Waiting<'a>(&'a Inner);

impl<'a> Waiting<'a> {
    fn join(inner: &'a Inner) -> Result<Self, Busy> {
        let before = inner.waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(inner);
        if before < inner.permits.saturating_mul(QUEUE) { Ok(place) } else { Err(Busy) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One password however its accents were typed (NFC, security.md row 69).
fn normal(password: &Secret) -> Secret {
    Secret::new(password.expose().nfc().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(memory_kib: u32, passes: u32, permits: usize) -> Passwords {
        Passwords::new(Hashing { memory_kib, passes, permits }, Random::seeded(1))
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let passwords = passwords(64, 1, 2);
        let slot = passwords.enter().await.unwrap();
        let hash = slot.hash(&Secret::new("caf\u{e9} nul\0inside")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        let fits = Verified { right: true, outdated: false };
        assert_eq!(slot.verify(&Secret::new("cafe\u{301} nul\0inside"), Some(&hash)).await.unwrap(), fits);
        assert!(!slot.verify(&Secret::new("caf\u{e9} nul"), Some(&hash)).await.unwrap().right);
        assert!(!slot.verify(&Secret::new(""), Some("not a hash")).await.unwrap().right);
        assert!(!slot.verify(&Secret::new(""), None).await.unwrap().right);
        assert_eq!(passwords.hashes(), 5);
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_fits_and_is_called_outdated() {
        let old = passwords(64, 1, 1);
        let hash = old.enter().await.unwrap().hash(&Secret::new("the same")).await.unwrap();
        let new = passwords(128, 2, 1);
        let verified = new.enter().await.unwrap().verify(&Secret::new("the same"), Some(&hash)).await.unwrap();
        assert_eq!(verified, Verified { right: true, outdated: true });
    }

    #[tokio::test]
    async fn a_stored_hash_cannot_ask_for_the_whole_machine() {
        let greedy = "$argon2id$v=19$m=4194304,t=1000,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(Stored::parse(greedy).is_none());
    }

    #[tokio::test]
    async fn the_gate_lets_in_so_many_and_the_rest_are_told_later() {
        let passwords = passwords(64, 1, 2);
        let first = passwords.enter().await.unwrap();
        let _second = passwords.enter().await.unwrap();
        assert!(passwords.enter().await.is_err());
        drop(first);
        assert!(passwords.enter().await.is_ok());
    }
}
