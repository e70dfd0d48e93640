//! Changes by administrators: permission, change, audit — in that order, always.
//!
//! The verbs are shared by console and command line. They know what may be
//! changed and by whom; they must not know pages, routes or exit codes.

pub mod applications;
mod companies;
pub mod connectors;
pub mod links;
pub mod members;
pub mod merging;
mod messages;
mod moving;
pub mod orgs;
pub mod people;
pub mod product;
mod redirect_uri;
pub mod reseal;
pub mod resources;
pub mod senders;
pub mod settings;
pub mod verification_files;

use std::sync::Arc;

use crate::base::clock::Clock;
use crate::base::id::UserId;
use crate::base::random::Random;
use crate::base::secret::Sealer;
use crate::base::sentence::Words;
use crate::login::Login;
use crate::oidc::Oidc;
use crate::store::Store;
use crate::store::audit::AuditEntry;

/// The administrators' verbs. Cheap to clone.
#[derive(Clone)]
pub struct Admin {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) login: Login,
    pub(crate) issuer: Arc<str>,
}

/// Who makes a change, for the permission and for the audit.
#[derive(Clone, Debug)]
pub struct Actor {
    who: Who,
    /// The request's id; empty on the command line.
    pub request_id: String,
    /// Where from.
    pub address: String,
}

#[derive(Clone, Debug)]
enum Who {
    Administrator(UserId),
    CommandLine,
    SetUp,
}

impl Actor {
    /// A person with a console session; whether they still are an administrator is checked at each change.
    #[must_use]
    pub fn administrator(user: UserId, request_id: &str, address: &str) -> Self {
        Self { who: Who::Administrator(user), request_id: request_id.to_owned(), address: address.to_owned() }
    }

    /// Somebody at the machine's own shell, who could read the store anyway.
    #[must_use]
    pub fn command_line() -> Self {
        Self { who: Who::CommandLine, request_id: String::new(), address: "local".to_owned() }
    }

    /// The program itself on first start.
    #[must_use]
    pub fn set_up() -> Self {
        Self { who: Who::SetUp, request_id: String::new(), address: "local".to_owned() }
    }
}

/// A field that can't be so, and the sentence that says why and what to do.
#[derive(Clone, Debug)]
pub struct WrongField {
    /// Its key in form, command and API.
    pub field: String,
    /// Begins in the middle: it stands beside the field's name.
    pub text: Words,
}

impl WrongField {
    pub(crate) fn new(field: &str, en: &str, zh: &str) -> Self {
        Self { field: field.to_owned(), text: Words::new(en, zh) }
    }

    pub(crate) fn with<T: AsRef<str>>(field: &str, en: &str, zh: &str, values: &[T]) -> Self {
        Self { field: field.to_owned(), text: Words::with(en, zh, values) }
    }
}

/// What a kind of connector or sender says of its fields.
impl From<&crate::connectors::Wrong> for WrongField {
    fn from(wrong: &crate::connectors::Wrong) -> Self {
        Self::new(&wrong.field, wrong.text.en, wrong.text.zh)
    }
}

/// Refused when there is anything to refuse.
pub(crate) fn refused(wrong: Vec<WrongField>) -> Result<(), AdminError> {
    if wrong.is_empty() { Ok(()) } else { Err(AdminError::Wrong(wrong)) }
}

impl AdminError {
    pub(crate) fn wrong(field: &str, en: &str, zh: &str) -> Self {
        Self::Wrong(vec![WrongField::new(field, en, zh)])
    }

    pub(crate) fn conflict(en: &str, zh: &str) -> Self {
        Self::Conflict(Words::new(en, zh))
    }
}

/// Why a change was not made; each sentence may be shown to the administrator, on pages in their language.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The actor is no administrator (any more).
    #[error("only an administrator may do this")]
    Forbidden,
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(String),
    /// Somebody changed it in between, or the name is taken.
    #[error("{0}")]
    Conflict(Words),
    /// Fields that can't be so: the field's key and a sentence.
    #[error("{}", .0.iter().map(|wrong| format!("{}: {}", wrong.field, wrong.text)).collect::<Vec<_>>().join("; "))]
    Wrong(Vec<WrongField>),
    /// The store's own.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// A password's rules, a busy hashing gate.
    #[error(transparent)]
    Login(#[from] crate::login::LoginError),
}

impl Admin {
    /// Builds the verbs over what the provider stands on.
    #[must_use]
    pub fn new(oidc: &Oidc, login: Login) -> Self {
        Self {
            store: oidc.store.clone(),
            clock: oidc.clock.clone(),
            random: oidc.random.clone(),
            sealer: oidc.sealer.clone(),
            issuer: oidc.issuer.clone(),
            login,
        }
    }

    /// The permission: refused unless the actor may administer the installation right now.
    pub(crate) async fn permit(&self, actor: &Actor) -> Result<(), AdminError> {
        match &actor.who {
            Who::CommandLine | Who::SetUp => Ok(()),
            Who::Administrator(id) => match self.store.user(id).await? {
                Some(user) if user.administrator && user.state == crate::store::users::UserState::Active => Ok(()),
                _ => Err(AdminError::Forbidden),
            },
        }
    }

    /// The audit row of a change, to be written in its transaction.
    pub(crate) fn entry(&self, actor: &Actor, action: &str, target: &str, detail: &serde_json::Value) -> AuditEntry {
        let now = self.clock.now();
        AuditEntry {
            id: self.random.ulid(now),
            at: now,
            actor: match &actor.who {
                Who::Administrator(id) => format!("user:{id}"),
                Who::CommandLine => "cli".to_owned(),
                Who::SetUp => "system".to_owned(),
            },
            action: action.to_owned(),
            target: target.to_owned(),
            outcome: "ok".to_owned(),
            request_id: actor.request_id.clone(),
            address: actor.address.clone(),
            detail: detail.to_string(),
        }
    }
}
