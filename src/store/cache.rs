//! What a process may keep in memory: only as long as the epoch stands.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use super::Store;

/// More entries than that and a cache starts again empty, so that memory stays bounded.
const ENTRIES: usize = 10_000;

/// One value that is made from the store and stays good while the epoch stands.
pub struct UnderEpoch<T> {
    slot: RwLock<Option<(i64, Arc<T>)>>,
}

impl<T> Default for UnderEpoch<T> {
    fn default() -> Self {
        Self { slot: RwLock::new(None) }
    }
}

impl<T> UnderEpoch<T> {
    /// The value as of the epoch `store` last saw, made by `load` when it is older.
    /// Two callers may load at the same time; both get a good value.
    ///
    /// # Errors
    /// What `load` answered; nothing is kept then.
    pub async fn get<E>(&self, store: &Store, load: impl AsyncFnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        // The epoch is read before the rows: rows newer than it are only read once more.
        let epoch = store.epoch();
        if let Some((_, value)) =
            self.slot.read().unwrap_or_else(PoisonError::into_inner).as_ref().filter(|(at, _)| *at == epoch)
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(load().await?);
        *self.slot.write().unwrap_or_else(PoisonError::into_inner) = Some((epoch, Arc::clone(&value)));
        Ok(value)
    }
}

/// Rows by key, good while the epoch stands. Absent rows are not remembered, so
/// that made-up ids cost no memory.
pub(super) struct Rows<K, V> {
    kept: RwLock<(i64, HashMap<K, V>)>,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self { kept: RwLock::new((0, HashMap::new())) }
    }
}

impl<K: Eq + Hash, V: Clone> Rows<K, V> {
    /// What was kept under this epoch.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, epoch: i64, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if kept.0 == epoch { kept.1.get(key).cloned() } else { None }
    }

    /// Keeps a row that was read after `epoch` was.
    pub(super) fn keep(&self, epoch: i64, key: K, value: V) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.0 > epoch {
            return;
        }
        if kept.0 < epoch || kept.1.len() >= ENTRIES {
            *kept = (epoch, HashMap::new());
        }
        kept.1.insert(key, value);
    }
}
