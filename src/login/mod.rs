//! Who is at the browser, and do we have what the application asked for?
//!
//! An interaction is a bag of facts; one pure function (`interaction::next`)
//! says what is missing, and each method here adds a fact. It knows people,
//! sessions, connectors and consent; it must not know HTTP, pages or words.

pub mod attempts;
pub mod connectors;
pub mod consent;
pub mod credentials;
pub mod enrol;
pub mod interaction;
pub mod leg;
pub mod link;
pub mod password;
pub mod recognise;
pub mod session;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::clock::Clock;
use crate::base::id::{InteractionId, SessionId};
use crate::base::random::Random;
use crate::base::secret::{Sealer, Secret};
use crate::oidc::Oidc;
use crate::oidc::authorize::AuthorizeRequest;
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
}

/// Whose browser this is and where it stands; made by `web/browser` from cookies and headers.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The `browser` cookie's value.
    pub browser: String,
    /// From the `session` cookie; not yet known to be live.
    pub session: Option<SessionId>,
    pub agent: String,
    /// The client address by the configured proxies, or `unknown`.
    pub address: String,
    pub request_id: String,
}

/// What came of an authorization request.
#[derive(Debug)]
pub enum Opened {
    /// The session satisfied it.
    Issue(AuthorizationResponse),
    /// Somebody has to do something: 303 to `/i/{id}`.
    Interaction(InteractionId),
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
    /// `GET|POST /authorize` once the request is read: issue at once, open an interaction, or refuse (prompt=none).
    ///
    /// # Errors
    /// `Store`, `Protocol`.
    pub async fn authorize(&self, _request: AuthorizeRequest, _visitor: &Visitor) -> Result<Opened, LoginError> {
        todo!()
    }

    /// Opens an interaction for a page of ours (account, console, set-up).
    ///
    /// # Errors
    /// `Store`.
    pub async fn open(&self, _purpose: interaction::Purpose, _visitor: &Visitor) -> Result<InteractionId, LoginError> {
        todo!()
    }

    /// `GET /i/{id}`: what this interaction needs next, with everything its page shows.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn show(&self, _id: &InteractionId, _visitor: &Visitor) -> Result<interaction::View, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/with/{connector}`: starts a connector's conversation.
    ///
    /// # Errors
    /// [`LoginError`]; a platform's trouble is a fact of the interaction, shown by its page.
    pub async fn begin(
        &self,
        _id: &InteractionId,
        _connector: &str,
        _visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `GET /callback/{connector}`.
    ///
    /// # Errors
    /// `StrayCallback`, `OtherBrowser`, `Store`.
    pub async fn callback(
        &self,
        _connector: &str,
        _params: BTreeMap<String, String>,
        _visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `POST /callback/{connector}` (form_post): kept for a minute under a one-time key; the GET that follows reads it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn keep_form_post(
        &self,
        _connector: &str,
        _params: BTreeMap<String, String>,
    ) -> Result<String, LoginError> {
        todo!()
    }

    /// What [`Login::keep_form_post`] kept, once.
    ///
    /// # Errors
    /// `StrayCallback`, `Store`.
    pub async fn take_form_post(&self, _connector: &str, _key: &str) -> Result<BTreeMap<String, String>, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/form`: name and password. A wrong one is a fact for the page, not an error.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn sign_in(
        &self,
        _id: &InteractionId,
        _username: &str,
        _password: &Secret,
        _remember: bool,
        _visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/register`: a new account with a password, where registration is on.
    ///
    /// # Errors
    /// [`LoginError`]; mistakes in fields are facts for the page.
    pub async fn register(
        &self,
        _id: &InteractionId,
        _registration: Registration,
        _visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/stranger`: through which door an unknown identity goes.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn stranger(
        &self,
        _id: &InteractionId,
        _door: interaction::Door,
        _visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/account`: go on as the person signed in (`true`), or as somebody else (`false`).
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn choose_account(
        &self,
        _id: &InteractionId,
        _same: bool,
        _visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/new-password`: the new password that an administrator's reset demands.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn new_password(
        &self,
        _id: &InteractionId,
        _password: &Secret,
        _visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/consent`.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn consent(&self, _id: &InteractionId, _allow: bool, _visitor: &Visitor) -> Result<Stepped, LoginError> {
        todo!()
    }

    /// `POST /i/{id}/cancel`: back to the application with access_denied.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn cancel(&self, _id: &InteractionId, _visitor: &Visitor) -> Result<Stepped, LoginError> {
        todo!()
    }
}
