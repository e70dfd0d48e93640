//! Sign-on sessions: begun at each sign-in, slid by use, ended here and everywhere.

use super::interaction::CONSOLE_IDLE;
use super::writes::{Event, Write, commit};
use super::{Login, LoginError, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::{SessionId, UserId};
use crate::store::sessions::Session;
use crate::store::users::User;

/// Idle and absolute life of a session that ends with the browser's window (design.md §7), in seconds.
const SHORT: (Seconds, Seconds) = (2 * 3600, 12 * 3600);
/// The same for "stay signed in".
const LONG: (Seconds, Seconds) = (14 * 86_400, 30 * 86_400);
/// A use is noted at most so often, in seconds.
const TOUCH: Seconds = 60;

/// Idle and absolute life of a session, in seconds.
pub(crate) const fn lives(remembered: bool) -> (Seconds, Seconds) {
    if remembered { LONG } else { SHORT }
}

/// Whether this session opens the console: who runs it does not depend on a telephone company (security.md row 113).
pub(crate) fn administers(user: &User, session: &Session) -> bool {
    user.administrator && !user.practice && vouches(user, &session.amr)
}

/// Whether a proof by these means (RFC 8176) may give a person another way in. An administrator's may not by a code
/// sent to a number: what it gave would open the console at the next sign-in.
pub(crate) fn vouches(user: &User, amr: &[String]) -> bool {
    !user.administrator || !amr.iter().any(|method| method == "sms")
}

impl Login {
    /// The live session of this browser; slides it (at most once a minute).
    ///
    /// # Errors
    /// `Store`.
    pub async fn session(&self, visitor: &Visitor) -> Result<Option<Session>, LoginError> {
        let Some(session) = self.live(visitor).await? else { return Ok(None) };
        self.touch(&session).await;
        Ok(Some(session))
    }

    /// The live session of an administrator who used it within the last half
    /// hour (design.md §7); an older one has to sign in again for the console.
    ///
    /// # Errors
    /// `Store`.
    pub async fn console_session(&self, visitor: &Visitor) -> Result<Option<Session>, LoginError> {
        let Some(session) = self.live(visitor).await? else { return Ok(None) };
        if self.clock.now() - session.seen_at >= CONSOLE_IDLE {
            return Ok(None);
        }
        let user = self.store.user(&session.user_id).await?;
        if !user.is_some_and(|user| administers(&user, &session)) {
            return Ok(None);
        }
        self.touch(&session).await;
        Ok(Some(session))
    }

    /// Ends one session, its session-bound grants, and notes it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_out(&self, session: &SessionId, visitor: &Visitor) -> Result<(), LoginError> {
        let now = self.clock.now();
        let Some(live) = self.store.live_session(session, now).await? else { return Ok(()) };
        let event = Event {
            actor: format!("user:{}", live.user_id),
            action: "sign_out",
            target: format!("session:{session}"),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({}),
        };
        let writes = vec![
            Write::EndSession { session: session.clone(), at: now, reason: "sign_out" },
            Write::Audit(self.entry(visitor, &event)),
        ];
        Ok(commit(&self.store, writes).await?)
    }

    /// Ends all sessions of a person but `keep`; how many that were.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_out_everywhere(
        &self,
        user: &UserId,
        keep: Option<&SessionId>,
        visitor: &Visitor,
    ) -> Result<u64, LoginError> {
        let now = self.clock.now();
        let event = Event {
            actor: format!("user:{user}"),
            action: "sign_out_everywhere",
            target: format!("user:{user}"),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "kept": keep.map(SessionId::as_str) }),
        };
        let entry = self.entry(visitor, &event);
        let (user, keep) = (user.clone(), keep.cloned());
        let ended = self.store.write(move |tx| {
            let (user, keep, entry) = (user.clone(), keep.clone(), entry.clone());
            Box::pin(async move {
                let ended = tx.end_sessions_of(&user, keep.as_ref(), now, "sign_out_everywhere").await?;
                tx.audit(&entry).await?;
                Ok(ended)
            })
        });
        Ok(ended.await?)
    }

    /// The live session of this browser, not slid.
    pub(crate) async fn live(&self, visitor: &Visitor) -> Result<Option<Session>, LoginError> {
        match &visitor.session {
            Some(id) => Ok(self.store.live_session(id, self.clock.now()).await?),
            None => Ok(None),
        }
    }

    /// Slides a session. A store that can only be read still lets people in: the failure is logged, not answered.
    pub(crate) async fn touch(&self, session: &Session) {
        let now = self.clock.now();
        if now - session.seen_at < TOUCH {
            return;
        }
        let (id, idle_until) = (session.id.clone(), now + lives(session.remembered).0);
        let touched = self.store.write(move |tx| {
            let id = id.clone();
            Box::pin(async move { tx.touch_session(&id, now, idle_until).await })
        });
        if let Err(error) = touched.await {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }
}
