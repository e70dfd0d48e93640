//! What is read anew before each decision: the session, the person, the application, the consent.

use std::sync::Arc;

use super::facts::{Facts, Purpose};
use super::organisation::{OrgStep, Resolved};
use crate::base::clock::Seconds;
use crate::base::id::{SessionId, UserId};
use crate::login::consent::{Asked, asked};
use crate::login::session::administers;
use crate::login::{Login, LoginError, Visitor};
use crate::store::clients::Client;
use crate::store::sessions::Session;
use crate::store::users::{User, UserState};

/// What [`super::next`] is told besides the facts.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Who is signed in at this browser right now.
    pub standing: Option<Standing>,
    /// The request's, or the application's default.
    pub max_age: Option<i64>,
    /// The application asks for something that was not agreed to.
    pub consent_missing: bool,
    /// It is not known in which organisation.
    pub organisation: Option<OrgStep>,
}

/// A live session, as far as it matters.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which.
    pub session: SessionId,
    /// Whose.
    pub user: UserId,
    /// When they proved themselves.
    pub auth_time: Seconds,
    /// When it was last used.
    pub seen_at: Seconds,
    /// May open the console.
    pub administrator: bool,
    /// The application accepts this person and the method they signed in by.
    pub fits: bool,
}

/// Everything that was read, for the page and for the answer.
pub(crate) struct Read {
    pub policy: Policy,
    pub session: Option<Session>,
    pub user: Option<User>,
    pub client: Option<Arc<Client>>,
    pub asked: Asked,
    pub organisation: Resolved,
}

impl Login {
    /// Reads session, person, application and consent; nothing of it is cached longer than the epoch.
    pub(crate) async fn read(&self, facts: &Facts, visitor: &Visitor) -> Result<Read, LoginError> {
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let session = self.live(visitor).await?;
        let user = match &session {
            Some(session) => self.store.user(&session.user_id).await?.filter(|user| user.state == UserState::Active),
            None => None,
        };
        let mut read = Read {
            policy: Policy::default(),
            session: None,
            user: None,
            client,
            asked: Asked::default(),
            organisation: Resolved::default(),
        };
        if let (Some(session), Some(user)) = (session, user) {
            self.weigh(&mut read, facts, session, user).await?;
        }
        read.policy.max_age = match &facts.purpose {
            Purpose::Authorize(request) => {
                request.max_age.or_else(|| read.client.as_ref().and_then(|client| client.metadata.default_max_age))
            }
            Purpose::Account | Purpose::Console => None,
        };
        Ok(read)
    }

    async fn weigh(&self, read: &mut Read, facts: &Facts, session: Session, user: User) -> Result<(), LoginError> {
        let client = read.client.as_deref();
        let method = self.connectors.by_id(&session.connector_id).await?;
        let fits = method.is_some_and(|method| method.is_accepted() && admits(client, &method.row.name))
            && client.is_none_or(|client| client.enabled && (!client.metadata.practice || user.practice));
        if let (Some(request), Some(client)) = (facts.request(), client) {
            let before = self.store.consent(&user.id, &client.id).await?;
            read.asked = asked(request, client, before.as_ref());
            read.policy.consent_missing = read.asked.is_missing;
            read.organisation = self.organisation(facts, client, &user, &session).await?;
            read.policy.organisation = read.organisation.step;
        }
        read.policy.standing = Some(Standing {
            session: session.id.clone(),
            user: user.id.clone(),
            auth_time: session.auth_time,
            seen_at: session.seen_at,
            administrator: administers(&user, &session),
            fits,
        });
        read.session = Some(session);
        read.user = Some(user);
        Ok(())
    }
}

/// Whether people may sign in to `client` through the connector of this name; our own pages take every one.
pub(crate) fn admits(client: Option<&Client>, connector: &str) -> bool {
    client.is_none_or(|client| {
        client.metadata.connectors.is_empty() || client.metadata.connectors.iter().any(|name| name == connector)
    })
}
