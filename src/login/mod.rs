//! Who is at the browser, and do we have what the application asked for?
//!
//! An interaction is a bag of facts; one pure function (`interaction::next`)
//! says what is missing, and each method here adds a fact. It knows people,
//! sessions, connectors and consent; it must not know HTTP, pages or words.

pub mod account;
mod answer;
mod app_token;
pub mod attempts;
mod authorize;
mod begin;
mod bind_phone;
mod by_number;
pub mod challenge;
mod company;
mod complete;
pub mod connectors;
mod consent;
pub mod decide;
pub mod enrol;
mod figures;
mod forgot;
mod form_post;
mod hook;
pub mod identities;
pub mod interaction;
mod keys;
mod leg;
mod link;
mod listen;
pub mod moving;
mod news;
mod number;
pub mod organisation;
pub mod otp;
pub mod password;
mod pushes;
pub mod recognise;
pub mod roster;
pub mod scan;
pub mod senders;
mod session;
mod silent;
mod steps;
mod trouble;
mod turn;
mod writes;

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::base::clock::Clock;
use crate::base::id::{InteractionId, SessionId};
use crate::base::lang::Wish;
use crate::base::random::Random;
use crate::base::secret::{Sealer, Secret};
use crate::oidc::Oidc;
use crate::oidc::error::{Error, Refusal};
use crate::oidc::response::AuthorizationResponse;
use crate::store::Store;

/// The sign-in engine. Cheap to clone.
#[derive(Clone)]
pub struct Login {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) oidc: Oidc,
    pub(crate) connectors: connectors::Connectors,
    pub(crate) passwords: password::Passwords,
    pub(crate) delivery: Arc<dyn otp::Delivery>,
    pub(crate) senders: senders::Senders,
    /// Names this process among the nodes, for what one of them does at a time.
    pub(crate) node: Arc<str>,
    /// Work that goes on when the request it came with is answered.
    pub(crate) tasks: TaskTracker,
    pub(crate) pushes: pushes::Pushes,
}

/// The address of a visitor whom no proxy told us about.
pub const UNKNOWN: &str = "unknown";

/// Whose browser this is and where it stands; made by `web/browser` from cookies and headers.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The random part of the `browser` cookie.
    pub browser: String,
    /// The rest of it: the name of the method that somebody signed in by here last. It chooses what a page shows
    /// first, and nothing else.
    pub last_way: Option<String>,
    /// From the `session` cookie; not yet known to be live.
    pub session: Option<SessionId>,
    pub agent: String,
    /// The language they read, as pages decide it.
    pub wish: Wish,
    /// The client address by the configured proxies, or `unknown`.
    pub address: String,
    pub request_id: String,
}

impl Visitor {
    /// The name their address is counted under.
    pub(crate) fn line(&self) -> String {
        crate::base::network::line(&self.address)
    }

    /// Whether their address is known, so that it can be held against them.
    pub(crate) fn is_placed(&self) -> bool {
        self.address != UNKNOWN
    }
}

/// What came of an authorization request.
#[derive(Debug)]
pub enum Opened {
    /// The session satisfied it.
    Issue(AuthorizationResponse),
    /// Somebody has to do something: 303 to `/i/{id}`.
    Interaction(InteractionId),
    /// `login_hint` names an organisation with one way in: 303 to its platform.
    Away(String),
    /// prompt=none and something is missing.
    Refuse(Refusal),
}

/// After a step: the session to tie the browser to, if a sign-in happened.
#[derive(Debug, Default)]
pub struct Progress {
    pub signed_in: Option<SignedIn>,
}

/// A new session for this browser.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub session: SessionId,
    /// The cookie outlives the browser's window.
    pub remembered: bool,
}

/// What a step came to.
#[derive(Debug)]
pub enum Stepped {
    /// 303 to `/i/{id}`.
    Interaction(InteractionId, Progress),
    /// 303 to the platform (already rewritten for practice).
    Go(String),
    /// 303 to `/confirm/{token}`, on the phone.
    Confirm(String),
}

/// Why a step could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No such interaction, or it expired: a page that says to go back to the application.
    #[error("no such interaction")]
    Unknown,
    /// It belongs to another browser: a page naming the application; nothing was touched.
    #[error("opened in another browser")]
    OtherBrowser { application: String },
    /// A callback with no, a foreign, a used or an old state: no upstream call was made.
    #[error("a callback that nobody here waits for")]
    StrayCallback,
    /// A new password breaks a rule.
    #[error("the new password breaks a rule: {0:?}")]
    Password(interaction::PasswordMistake),
    /// No hashing slot came free: try again in a moment.
    #[error(transparent)]
    Busy(#[from] password::Busy),
    /// The protocol's own.
    #[error(transparent)]
    Protocol(#[from] Error),
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// A new account's form.
#[derive(Debug)]
pub struct Registration {
    pub username: String,
    pub name: String,
    pub email: Option<String>,
    pub password: Secret,
}

impl Login {
    /// Builds the engine.
    #[must_use]
    pub fn new(oidc: Oidc, connectors: connectors::Connectors, passwords: password::Passwords) -> Self {
        let senders = connectors.senders(senders::Ground {
            store: oidc.store.clone(),
            sealer: Arc::clone(&oidc.sealer),
            clock: oidc.clock.clone(),
            random: oidc.random.clone(),
            issuer: Arc::clone(&oidc.issuer),
        });
        Self {
            store: oidc.store.clone(),
            clock: oidc.clock.clone(),
            random: oidc.random.clone(),
            sealer: Arc::clone(&oidc.sealer),
            node: oidc.random.alphanumeric(22).into(),
            tasks: TaskTracker::new(),
            pushes: pushes::Pushes::default(),
            oidc,
            connectors,
            passwords,
            delivery: Arc::new(senders.clone()),
            senders,
        }
    }

    /// The engine with this way of taking codes to phones.
    #[must_use]
    pub fn delivering(self, delivery: Arc<dyn otp::Delivery>) -> Self {
        Self { delivery, ..self }
    }

    /// Waits until what goes on behind answered requests is done, at most `patience`.
    pub async fn settled(&self, patience: std::time::Duration) {
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("stopped with work still going on");
        }
    }

    /// Finishes what was begun when something works once (a code, a scene): the browser may
    /// go away meanwhile, and what it had would be used up for nothing.
    ///
    /// # Errors
    /// What the work comes to; `Store` when the process stops.
    pub(crate) async fn to_its_end<T, F>(&self, work: F) -> Result<T, LoginError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, LoginError>> + Send + 'static,
    {
        let done = self.tasks.spawn(work).await;
        done.map_err(|_| crate::store::Error::Down("stopping".to_owned()))?
    }

    /// The senders of short messages, for the administrator's test.
    #[must_use]
    pub fn senders(&self) -> &senders::Senders {
        &self.senders
    }

    /// The open connectors, for the console.
    #[must_use]
    pub fn connectors(&self) -> &connectors::Connectors {
        &self.connectors
    }
}

impl Stepped {
    /// Back to the interaction, with nothing new for the browser.
    pub(crate) fn back(id: &InteractionId) -> Self {
        Self::Interaction(id.clone(), Progress::default())
    }
}
