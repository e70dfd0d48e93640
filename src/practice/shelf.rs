//! A map that forgets its oldest entries, so that nothing in memory grows without end.

use std::collections::{HashMap, VecDeque};

/// Values by name, at most `limit` of them.
pub(super) struct Shelf<T> {
    limit: usize,
    order: VecDeque<String>,
    values: HashMap<String, T>,
}

impl<T> Shelf<T> {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, order: VecDeque::new(), values: HashMap::new() }
    }

    pub(super) fn put(&mut self, name: String, value: T) {
        if self.values.insert(name.clone(), value).is_none() {
            self.order.push_back(name);
        }
        while self.order.len() > self.limit {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.values.get(name)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.values.get_mut(name)
    }

    /// Changes every entry.
    pub(super) fn each(&mut self, change: impl FnMut(&mut T)) {
        self.values.values_mut().for_each(change);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<T> {
        let value = self.values.remove(name)?;
        self.order.retain(|known| known != name);
        Some(value)
    }

    /// Drops every entry that `keep` refuses.
    pub(super) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.values.retain(|_, value| keep(value));
        self.order.retain(|name| self.values.contains_key(name));
    }

    /// Names and values, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.order.iter().filter_map(|name| Some((name.as_str(), self.values.get(name)?)))
    }
}
