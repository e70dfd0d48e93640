//! Room for what platforms push: each push holds its body and may wait for another server, so each
//! instance has so much and no more. One that is flooded keeps no other waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::id::ConnectorId;

/// Pushes of one instance that are worked on at once, on this node; the others come again.
const AT_ONCE: usize = 256;

/// The room of each instance; only those with something in it are kept.
#[derive(Clone, Default)]
pub(crate) struct Pushes(Arc<Mutex<HashMap<ConnectorId, usize>>>);

/// A place in it, free again when it is dropped.
pub(crate) struct Room {
    pushes: Pushes,
    connector: ConnectorId,
}

impl Pushes {
    /// A place for one push; `None` when there is none left.
    pub(crate) fn room(&self, connector: &ConnectorId) -> Option<Room> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(connector.clone()).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Room { pushes: self.clone(), connector: connector.clone() })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.pushes.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.connector) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.connector);
            }
        }
    }
}
