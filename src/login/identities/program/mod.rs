//! The face of programs: what an application does for a person's ways in, told, bound, changed and taken away.
//!
//! It knows who asks (the person by their access token, or a service that names
//! them) and what proof a change needs. It must not believe a word about who
//! somebody is: that comes from a platform's code, or a code of ours to a phone.

mod list;
mod number;
mod platform;
mod platforms;

use super::{CONVERSATION, Change, FRESH, Refused, TICKET, TRIES};
use crate::base::clock::Seconds;
use crate::base::id::UserId;
use crate::base::secret::digest;
use crate::connectors::Trouble;
use crate::connectors::step::PhoneWrong;
use crate::login::session::vouches;
use crate::login::{Login, LoginError, Visitor};
use crate::oidc::error::{Code, Error};
use crate::oidc::protected::PersonsToken;
use crate::store::attempts::{Charge, Limit};
use crate::store::clients::Client;
use crate::store::users::{User, UserState};

pub use list::{Account, WayIn};
pub use number::{NumberSent, NumberTicket, TypedNumber};
pub use platform::{Bound, PlatformCode};
pub use platforms::PublicConnector;

/// Changes that one address may try.
const CALLS: Limit = Limit { tries: 60, window: 60, block: 60, longest: None };

/// On whose word something is done for a person.
#[derive(Clone, Debug)]
enum Word {
    /// Their own, proven then.
    Own { auth_time: Option<Seconds> },
    /// A service's.
    Service,
}

/// A person, and who asks for them.
#[derive(Clone, Debug)]
pub struct Asker {
    user: User,
    client: Client,
    /// What the application calls the person.
    sub: Option<String>,
    word: Word,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum IdentityTrouble {
    /// The protocol's own: the token.
    #[error(transparent)]
    Protocol(#[from] Error),
    /// A service would change an administrator, and by that become one.
    #[error("an administrator")]
    Administrator,
    /// The sign-in is too long ago for a change (RFC 9470).
    #[error("the sign-in is too long ago")]
    NotFresh,
    /// The service named nobody.
    #[error("no such person")]
    NoPerson,
    /// There is no such method for this person and application, or it takes no codes of programs.
    #[error("no such connector")]
    NoConnector,
    /// The rules keep it as it is.
    #[error("refused: {0:?}")]
    Refused(Refused),
    /// The platform did not say who it is.
    #[error(transparent)]
    Platform(Trouble),
    /// A code to the number comes first.
    #[error("a code comes first")]
    CodeFirst,
    /// The code is wrong, used or too old; tries left.
    #[error("a wrong code")]
    WrongCode(u32),
    /// The word that the old number was proven is used, too old, or not about this number.
    #[error("no such ticket")]
    Ticket,
    /// No code can be sent there.
    #[error("no code is sent")]
    Number(PhoneWrong),
    /// Too many tries.
    #[error("too many tries")]
    Limit,
    /// The engine's.
    #[error(transparent)]
    Login(#[from] LoginError),
}

impl From<crate::store::Error> for IdentityTrouble {
    fn from(error: crate::store::Error) -> Self {
        Refused::of(&error).map_or_else(|| Self::Login(error.into()), Self::Refused)
    }
}

impl Login {
    /// The person of this access token, who asks for themselves.
    ///
    /// # Errors
    /// `Protocol`, `Limit`.
    pub async fn asks_for_self(&self, token: &str, visitor: &Visitor) -> Result<Asker, IdentityTrouble> {
        self.charge_asker(visitor).await?;
        let PersonsToken { user, client, sub, auth_time, amr } = self.oidc.persons_token(token).await?;
        let auth_time = auth_time.filter(|_| vouches(&user, &amr));
        Ok(Asker { user, client, sub: Some(sub), word: Word::Own { auth_time } })
    }

    /// The person that a service names, by our id or by the `sub` that applications know.
    ///
    /// # Errors
    /// `Protocol`, `NoPerson`, `Limit`.
    pub async fn asks_for(&self, token: &str, name: &str, visitor: &Visitor) -> Result<Asker, IdentityTrouble> {
        self.charge_asker(visitor).await?;
        let client = self.oidc.services_token(token).await?;
        // A NUL can't be asked of PostgreSQL, and nothing so shaped was ever given out.
        if name.len() > 256 || name.chars().any(char::is_control) {
            return Err(IdentityTrouble::NoPerson);
        }
        let id = self.store.user_of_subject(name).await?.unwrap_or_else(|| UserId::new(name));
        let user = self.store.user(&id).await?.filter(|user| user.state == UserState::Active);
        // A service of the practice world knows nobody else.
        let user = user.filter(|user| user.practice || !client.metadata.practice);
        let user = user.ok_or(IdentityTrouble::NoPerson)?;
        Ok(Asker { user, client, sub: None, word: Word::Service })
    }

    /// Whether the sign-in behind the token is young enough for a change; a service answers for itself, and for
    /// nobody who could do more than it may.
    fn may_change(&self, asker: &Asker, within: Seconds) -> Result<(), IdentityTrouble> {
        match asker.word {
            Word::Service if asker.user.administrator => Err(IdentityTrouble::Administrator),
            Word::Service => Ok(()),
            Word::Own { auth_time: Some(at) } if self.is_proven(at, within) => Ok(()),
            Word::Own { .. } => Err(IdentityTrouble::NotFresh),
        }
    }

    async fn charge_asker(&self, visitor: &Visitor) -> Result<(), IdentityTrouble> {
        let (name, now) = (format!("identities:{}", digest(&visitor.line())), self.clock.now());
        let charged = self.store.write(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.charge_attempt(&name, CALLS, now).await })
        });
        match charged.await? {
            Charge::Allowed { .. } => Ok(()),
            Charge::Blocked { .. } => Err(IdentityTrouble::Limit),
        }
    }
}

impl Asker {
    /// What they change, for the rules.
    fn change<'a>(&'a self, visitor: &'a Visitor) -> Change<'a> {
        self.change_of(&self.user, visitor)
    }

    /// The same, with the person read anew.
    fn change_of<'a>(&'a self, user: &'a User, visitor: &'a Visitor) -> Change<'a> {
        let actor = match self.word {
            Word::Own { .. } => format!("user:{}", user.id),
            Word::Service => format!("client:{}", self.client.id),
        };
        Change { user, actor, client: Some(&self.client.id), visitor }
    }
}

/// What is said where a field has a wrong form.
fn invalid(why: &'static str) -> IdentityTrouble {
    Error::new(Code::InvalidRequest, why).into()
}
