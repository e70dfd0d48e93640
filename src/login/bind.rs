//! Binding and unbinding ways in, for whoever is signed in: after a fresh sign-in, to that person and nobody else.

use super::decide::{Found, plan};
use super::interaction::{Bound, Facts, Purpose};
use super::otp::SPACE;
use super::recognise::{Arrival, stored_keys};
use super::writes::{Event, LAST, Write, commit};
use super::{Login, LoginError, Progress, Stepped, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::{InteractionId, UserId};
use crate::store::Error;
use crate::store::connectors::ConnectorRow;
use crate::store::identities::StoredIdentity;
use crate::store::sessions::Session;
use crate::store::users::User;

/// Sensitive changes need a sign-in that is younger (security.md row 77), in seconds.
pub const FRESH: Seconds = 300;

/// What came of taking a way in away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbound {
    /// It is gone.
    Done,
    /// It is the last one.
    Last,
    /// It is not theirs.
    Missing,
    /// A number: a code to it comes first.
    Number,
}

impl Login {
    /// Whether a session is fresh enough for sensitive changes.
    #[must_use]
    pub fn is_fresh(&self, session: &Session) -> bool {
        self.clock.now() - session.auth_time < FRESH
    }

    /// Opens a sign-in of the same person that ends at the account page.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_in_again(&self, visitor: &Visitor) -> Result<InteractionId, LoginError> {
        let id = self.open(Purpose::Account, visitor).await?;
        self.say(&id, visitor, |facts| facts.again = true).await?;
        Ok(id)
    }

    /// Begins to bind a method to the person of this session, which is fresh.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn begin_bind(
        &self,
        session: &Session,
        connector: &str,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let Some(user) = self.store.user(&session.user_id).await? else { return Err(LoginError::Unknown) };
        let found = self.connectors.by_name(connector).await?;
        // A number and a password have ways of their own; the practice world stays outside.
        let fits =
            |row: &ConnectorRow| !matches!(row.kind.as_str(), "sms" | "password") && row.practice == user.practice;
        if !found.is_some_and(|instance| instance.is_usable() && fits(&instance.row)) {
            return Err(LoginError::Unknown);
        }
        let user = user.id;
        let id = self.open(Purpose::Account, visitor).await?;
        self.say(&id, visitor, |facts| (facts.binding, facts.bound) = (Some(user.clone()), Some(Bound::Not))).await?;
        self.begin(&id, connector, visitor).await
    }

    /// An identity came in that is to become `user`'s.
    pub(crate) async fn bind(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        (user, found, links): (&UserId, &[Found], &[StoredIdentity]),
    ) -> Result<Progress, LoginError> {
        let person = self.store.user(user).await?;
        let session = self.live(visitor).await?;
        // The person signed in now is the one who began, and still fresh enough (security.md row 184).
        let here = session.is_some_and(|session| session.user_id == *user && self.is_fresh_for(&session));
        let practice = arrival.instance.row.practice;
        let refused = match &person {
            None => Some("gone"),
            Some(_) if !here => Some("another person"),
            // Nobody said yes to anything just now.
            Some(_) if arrival.identity.silent => Some("silent"),
            // A number has a way of its own, which asks the old one first.
            Some(_) if arrival.identity.keys.iter().any(|key| key.space == SPACE) => Some("number"),
            Some(person) if person.practice != practice => Some("not of one world"),
            Some(_) if found.iter().any(|one| one.user != *user) => Some("taken"),
            Some(_) => None,
        };
        let keys = stored_keys(&arrival.identity, practice);
        let theirs = self.store.identities_of(user).await?;
        let event = Event {
            actor: format!("user:{user}"),
            action: "identity.link",
            target: format!("user:{user}"),
            outcome: refused.unwrap_or("ok").to_owned(),
            detail: serde_json::json!({ "connector": arrival.instance.row.name }),
        };
        let mut writes = vec![Write::Audit(self.entry(visitor, &event))];
        if refused.is_none() {
            let (subject, changes) = plan(&keys, user, links, &theirs);
            let subject = Some(subject.unwrap_or_else(|| self.random.ulid(self.clock.now())));
            writes.extend(self.key_writes(user, visitor, (arrival, links), (subject, changes)));
        }
        let now = self.clock.now();
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            end(
                facts,
                match refused {
                    None => Bound::Done,
                    Some("taken") => Bound::Taken,
                    Some(_) => Bound::Not,
                },
            );
            let mut all = writes.clone();
            all.extend(arrival.leg.iter().map(|leg| leg.outcome(None, now)));
            Some((all, ()))
        })
        .await?;
        Ok(Progress::default())
    }

    /// A trip may take its ten minutes after the fresh sign-in that began it.
    fn is_fresh_for(&self, session: &Session) -> bool {
        self.clock.now() - session.auth_time < FRESH + 600
    }

    /// Takes one of this person's ways in away, every key of its subject with it; the last one stays.
    ///
    /// # Errors
    /// `Store`.
    pub async fn unbind(&self, user: &User, subject: &str, visitor: &Visitor) -> Result<Unbound, LoginError> {
        let rows = self.store.identities_of(&user.id).await?;
        let Some(row) = rows.iter().find(|row| row.subject == subject) else { return Ok(Unbound::Missing) };
        if row.space == super::otp::space(user.practice) {
            return Ok(Unbound::Number);
        }
        let now = self.clock.now();
        let event = Event {
            actor: format!("user:{}", user.id),
            action: "identity.unlink",
            target: format!("user:{}", user.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "connector": row.connector_id.as_str() }),
        };
        let writes = vec![
            Write::DeleteSubject { user: user.id.clone(), subject: subject.to_owned() },
            Write::EndSessionsBy {
                user: user.id.clone(),
                connector: row.connector_id.clone(),
                at: now,
                reason: "unbound",
            },
            Write::Audit(self.entry(visitor, &event)),
        ];
        match commit(&self.store, writes).await {
            Ok(()) => Ok(Unbound::Done),
            Err(Error::Conflict(LAST)) => Ok(Unbound::Last),
            Err(error) => Err(error.into()),
        }
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

/// The binding is over.
fn end(facts: &mut Facts, bound: Bound) {
    facts.quiet();
    facts.talk = None;
    facts.binding = None;
    facts.bound = Some(bound);
}
