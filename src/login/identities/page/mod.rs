//! The face of the account page: what is pressed there becomes an interaction, after a fresh sign-in, and ends in the
//! word that the page says. It must not decide what may be bound or taken away: the rules beside it do.

mod number;

use super::{CONVERSATION, Change, FRESH, Refused, TRIES};
use crate::base::clock::Seconds;
use crate::base::id::{InteractionId, UserId};
use crate::login::interaction::{Bound, Facts, Notice, Purpose, Wish};
use crate::login::recognise::Arrival;
use crate::login::session::vouches;
use crate::login::writes::{Write, commit};
use crate::login::{Login, LoginError, Progress, Stepped, Visitor};
use crate::store::Error;
use crate::store::connectors::ConnectorRow;
use crate::store::sessions::Session;

/// How long after the fresh sign-in somebody may be away at a platform, in seconds.
const TRIP: Seconds = 2 * CONVERSATION;

/// What came of taking a way in away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbound {
    /// It is gone.
    Done,
    /// It is gone, and with it this browser's session, which began by it.
    SignedOut,
    /// No way that works would be left.
    Last,
    /// It is not theirs.
    Missing,
    /// A number: a code to it comes first.
    Number,
}

impl Login {
    /// Whether a session is enough for sensitive changes: fresh, and an administrator's not begun by a code alone.
    ///
    /// # Errors
    /// `Store`.
    pub async fn is_enough(&self, session: &Session) -> Result<bool, LoginError> {
        Ok(self.is_proven(session.auth_time, FRESH) && self.is_vouched(session).await?)
    }

    async fn is_vouched(&self, session: &Session) -> Result<bool, LoginError> {
        let user = self.store.user(&session.user_id).await?;
        Ok(user.is_some_and(|user| vouches(&user, &session.amr)))
    }

    /// Opens a sign-in of the same person that ends at the account page, where what was pressed waits.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_in_again(
        &self,
        session: &Session,
        wish: Wish,
        visitor: &Visitor,
    ) -> Result<InteractionId, LoginError> {
        let id = self.open(Purpose::Account, visitor).await?;
        let notice = (!self.is_vouched(session).await?).then_some(Notice::NotByCode);
        self.say(&id, visitor, |facts| {
            (facts.again, facts.wish) = (true, Some(wish.clone()));
            facts.notice.clone_from(&notice);
        })
        .await?;
        Ok(id)
    }

    /// What was pressed before the sign-in again that this person made in this interaction.
    ///
    /// # Errors
    /// `Store`.
    pub async fn wish(
        &self,
        id: &InteractionId,
        session: &Session,
        visitor: &Visitor,
    ) -> Result<Option<Wish>, LoginError> {
        let facts = match self.hold(id, visitor).await {
            Ok(held) => held.facts,
            // An old or somebody else's address says nothing.
            Err(LoginError::Unknown | LoginError::OtherBrowser { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let theirs = facts.login.as_ref().is_some_and(|login| login.user == session.user_id);
        Ok(facts.wish.clone().filter(|_| theirs && facts.is_open(self.clock.now())))
    }

    /// Opens a sign-in for whoever took away the way by which this browser was signed in, and says so on its page.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_in_another_way(&self, visitor: &Visitor) -> Result<InteractionId, LoginError> {
        let id = self.open(Purpose::Account, visitor).await?;
        self.say(&id, visitor, |facts| facts.notice = Some(Notice::WayRemoved)).await?;
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
        user: &UserId,
    ) -> Result<Progress, LoginError> {
        let Some(person) = self.store.user(user).await? else {
            return self.end_binding(id, visitor, arrival, (Vec::new(), Bound::Not)).await;
        };
        let change = Change::own(&person, visitor);
        // The person signed in now is the one who began, and still fresh enough (security.md row 184).
        let session = self.live(visitor).await?.filter(|session| session.user_id == *user);
        let is_enough =
            |session: &Session| self.is_proven(session.auth_time, FRESH + TRIP) && vouches(&person, &session.amr);
        if !session.as_ref().is_some_and(is_enough) {
            let word = ("another person", Some(arrival.instance.row.name.as_str()));
            let writes = vec![self.noted(&change, "identity.link", word)];
            return self.end_binding(id, visitor, arrival, (writes, Bound::Not)).await;
        }
        let mut left = TRIES;
        loop {
            let binding = self.binding(&change, arrival).await?;
            let bound = binding.refused.map_or(Bound::Done, bound);
            left -= 1;
            match self.end_binding(id, visitor, arrival, (binding.writes, bound)).await {
                // Somebody was faster with the same account, maybe they themselves: the rules look again.
                Err(LoginError::Store(error)) if left > 0 && Refused::of(&error).is_some() => {}
                done => return done,
            }
        }
    }

    async fn end_binding(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        (writes, bound): (Vec<Write>, Bound),
    ) -> Result<Progress, LoginError> {
        let now = self.clock.now();
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            end(facts, bound);
            let mut all = writes.clone();
            all.extend(arrival.leg.iter().map(|leg| leg.outcome(None, now)));
            Some((all, ()))
        })
        .await?;
        Ok(Progress::default())
    }

    /// Takes one of the ways in of this session's person away.
    ///
    /// # Errors
    /// `Store`.
    pub async fn unbind(&self, session: &Session, subject: &str, visitor: &Visitor) -> Result<Unbound, LoginError> {
        let Some(user) = self.store.user(&session.user_id).await? else { return Ok(Unbound::Missing) };
        let rows = self.keys_of(&user, subject).await?;
        if rows.is_empty() {
            return Ok(Unbound::Missing);
        }
        if rows.iter().any(|row| crate::login::otp::is_number(&row.space)) {
            return Ok(Unbound::Number);
        }
        let writes = self.unbinding(&Change::own(&user, visitor), &rows).await?;
        let is_here = rows.iter().any(|row| row.connector_id == session.connector_id);
        match commit(&self.store, writes).await {
            Ok(()) if is_here => Ok(Unbound::SignedOut),
            Ok(()) => Ok(Unbound::Done),
            Err(error) if Refused::of(&error) == Some(Refused::Last) => Ok(Unbound::Last),
            Err(error) => Err(error.into()),
        }
    }
}

/// What the page says of a refusal.
const fn bound(refused: Refused) -> Bound {
    match refused {
        Refused::Taken => Bound::Taken,
        Refused::Last => Bound::Last,
        Refused::NotInvited => Bound::NotInvited,
        Refused::HasNumber | Refused::Silent | Refused::Number | Refused::OtherWorld | Refused::Missing => Bound::Not,
    }
}

/// What it says of a lost race; an error of another kind stays one.
fn lost(error: LoginError) -> Result<Bound, LoginError> {
    match error {
        LoginError::Store(Error::Conflict(crate::login::writes::CHANGED)) => Ok(Bound::Not),
        LoginError::Store(error) => Refused::of(&error).map(bound).ok_or(LoginError::Store(error)),
        error => Err(error),
    }
}

/// The binding is over.
fn end(facts: &mut Facts, bound: Bound) {
    facts.quiet();
    facts.talk = None;
    facts.binding = None;
    facts.bound = Some(bound);
}
