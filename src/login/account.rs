//! What a person changes of their own: what they are called, one session, one application's access.

use super::writes::{Event, Write, commit};
use super::{Login, LoginError, Visitor};
use crate::base::id::{ClientId, SessionId, UserId};
use crate::store::Error;
use crate::store::audit::AuditEntry;
use crate::store::clients::Client;
use crate::store::users::User;

impl Login {
    /// The `sub` by which an application knows somebody already, if it does.
    ///
    /// # Errors
    /// `Store`.
    pub async fn subject_known_to(&self, user: &UserId, client: &Client) -> Result<Option<String>, LoginError> {
        Ok(self.oidc.known_subject(user, client).await?)
    }

    /// Ends one of this person's sessions; somebody else's stays, as if it were not there.
    ///
    /// # Errors
    /// `Store`.
    pub async fn end_own_session(
        &self,
        user: &UserId,
        session: &SessionId,
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        match self.store.live_session(session, self.clock.now()).await? {
            Some(live) if live.user_id == *user => self.sign_out(session, visitor).await,
            _ => Ok(()),
        }
    }

    /// Takes back what this person allowed an application: the consent and every grant, tokens with it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn take_back(&self, user: &UserId, client: &ClientId, visitor: &Visitor) -> Result<bool, LoginError> {
        let now = self.clock.now();
        let entry = AuditEntry {
            id: self.random.ulid(now),
            at: now,
            actor: format!("user:{user}"),
            action: "consent.withdraw".to_owned(),
            target: format!("client:{client}"),
            outcome: "ok".to_owned(),
            request_id: visitor.request_id.clone(),
            address: visitor.address.clone(),
            detail: "{}".to_owned(),
        };
        let (user, client) = (user.clone(), client.clone());
        let done = self.store.write(move |tx| {
            let (user, client, entry) = (user.clone(), client.clone(), entry.clone());
            Box::pin(async move {
                let done = tx.withdraw_consent(&user, &client, now).await?;
                if done {
                    tx.audit(&entry).await?;
                }
                Ok(done)
            })
        });
        Ok(done.await?)
    }

    /// Changes what a person is called; `false` when somebody was faster.
    ///
    /// # Errors
    /// `Store`.
    pub async fn change_profile(&self, user: User, visitor: &Visitor) -> Result<bool, LoginError> {
        let event = Event {
            actor: format!("user:{}", user.id),
            action: "profile.update",
            target: format!("user:{}", user.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({}),
        };
        let user = User { updated_at: self.clock.now(), ..user };
        let writes = vec![Write::UpdateUser(user), Write::Audit(self.entry(visitor, &event))];
        match commit(&self.store, writes).await {
            Ok(()) => Ok(true),
            Err(Error::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
