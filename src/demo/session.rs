//! The sample application's own sessions: in memory, bounded, expiring.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::base::clock::Seconds;
use crate::base::secret::Secret;

/// An hour without a visit ends a session.
const IDLE: Seconds = 3600;
const SESSION_LIMIT: usize = 1000;
/// Sign-ins under way in one browser.
const PENDING_LIMIT: usize = 10;
/// A sign-in not finished by then is forgotten.
const PENDING_LIFE: Seconds = 600;

/// All sessions, by the digest of their cookie.
#[derive(Default)]
pub(super) struct Sessions(HashMap<String, Session>);

/// One browser's visit.
#[derive(Default)]
pub(super) struct Session {
    pending: Vec<Pending>,
    pub(super) signed_in: Option<SignedIn>,
    /// What the last step came to, shown once.
    pub(super) notice: Option<super::notice::Notice>,
    seen_at: Seconds,
}

/// A sign-in under way.
pub(super) struct Pending {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: Secret,
    /// prompt=none: nothing was shown.
    pub(super) silent: bool,
    /// When it was asked for with `max_age=0`: the answer's `auth_time` must not be older.
    pub(super) not_before: Option<Seconds>,
    pub(super) started_at: Seconds,
}

/// What a sign-in brought.
#[derive(Clone)]
pub(super) struct SignedIn {
    /// The compact text, for the logout hint.
    pub(super) id_token: Secret,
    pub(super) id_claims: Map<String, Value>,
    pub(super) userinfo: Map<String, Value>,
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) scope: Option<String>,
    pub(super) expires_at: Option<Seconds>,
}

impl Sessions {
    /// The session of that name, if it still lives.
    pub(super) fn get(&mut self, name: &str, now: Seconds) -> Option<&mut Session> {
        if self.0.get(name).is_some_and(|session| session.seen_at + IDLE < now) {
            self.0.remove(name);
        }
        let session = self.0.get_mut(name)?;
        session.seen_at = now;
        Some(session)
    }

    /// The session of that name, made when there is none.
    pub(super) fn open(&mut self, name: &str, now: Seconds) -> &mut Session {
        self.0.retain(|_, session| session.seen_at + IDLE >= now);
        if self.0.len() >= SESSION_LIMIT && !self.0.contains_key(name) {
            let oldest = self.0.iter().min_by_key(|(_, session)| session.seen_at).map(|(name, _)| name.clone());
            if let Some(oldest) = oldest {
                self.0.remove(&oldest);
            }
        }
        let session = self.0.entry(name.to_owned()).or_default();
        session.seen_at = now;
        session
    }
}

impl Session {
    pub(super) fn start(&mut self, pending: Pending) {
        self.pending.retain(|known| known.started_at + PENDING_LIFE > pending.started_at);
        if self.pending.len() >= PENDING_LIMIT {
            self.pending.remove(0);
        }
        self.pending.push(pending);
    }

    /// The sign-in with that state, taken once.
    pub(super) fn take(&mut self, state: &str, now: Seconds) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| crate::base::secret::same(&pending.state, state))?;
        let pending = self.pending.remove(at);
        (now < pending.started_at + PENDING_LIFE).then_some(pending)
    }
}
