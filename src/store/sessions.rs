//! Sign-on sessions: who is signed in, how and since when. Never cached.

use super::row::{Row, listed, statement, write_json};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, OrgId, SessionId, UserId};

/// A session, published as `sid`.
#[derive(Clone, Debug)]
pub struct Session {
    /// Which; `sid` in ID tokens.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Seconds,
    /// Last use.
    pub seen_at: Seconds,
    /// When the person proved who they are.
    pub auth_time: Seconds,
    /// How sure that was.
    pub acr: String,
    /// By what means (RFC 8176).
    pub amr: Vec<String>,
    /// The connector they came through.
    pub connector_id: ConnectorId,
    /// Lives longer, because the person said so.
    pub remembered: bool,
    /// Slides with use.
    pub idle_until: Seconds,
    /// Does not.
    pub expires_at: Seconds,
    /// Ended before its time.
    pub ended_at: Option<Seconds>,
    /// Browser and place, for the person's own list.
    pub agent: String,
    /// The network address at sign-in.
    pub address: String,
    /// The organisation of the connector they came through; leaving it ends the session.
    pub org_id: Option<OrgId>,
}

macro_rules! columns {
    ($prefix:literal) => {
        listed!($prefix; "id", "user_id", "created_at", "seen_at", "auth_time", "acr", "amr", "connector_id",
            "remembered", "idle_until", "expires_at", "ended_at", "agent", "address", "org_id")
    };
}

/// A session `s` of a person `u` that is alive at $2.
macro_rules! alive {
    () => {
        " FROM sessions AS s JOIN users AS u ON u.id = s.user_id
        WHERE s.ended_at IS NULL AND s.idle_until > $2 AND s.expires_at > $2
        AND u.state = 'active' AND s.created_at >= u.tokens_not_before"
    };
}

impl Store {
    /// The session, if it lives at `now`: not ended, idle or expired, its user active and not signed out everywhere since.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn live_session(&self, id: &SessionId, now: Seconds) -> Result<Option<Session>> {
        let select = statement(concat!("SELECT ", columns!("s."), alive!(), " AND s.id = $1"));
        let row = self.one(select.bind(id.as_str()).bind(now)).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// A person's live sessions, newest first.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn sessions_of(&self, user: &UserId, now: Seconds) -> Result<Vec<Session>> {
        let select = statement(concat!("SELECT ", columns!("s."), alive!(), " AND s.user_id = $1 ORDER BY s.id DESC"));
        self.all(select.bind(user.as_str()).bind(now), read).await
    }
}

fn read(row: &mut Row) -> Result<Session> {
    Ok(Session {
        id: SessionId::new(row.text()?),
        user_id: UserId::new(row.text()?),
        created_at: row.number()?,
        seen_at: row.number()?,
        auth_time: row.number()?,
        acr: row.text()?,
        amr: row.json("amr of a session")?,
        connector_id: ConnectorId::new(row.text()?),
        remembered: row.flag()?,
        idle_until: row.number()?,
        expires_at: row.number()?,
        ended_at: row.maybe_number()?,
        agent: row.text()?,
        address: row.text()?,
        org_id: row.maybe_text()?.map(OrgId::new),
    })
}

impl Tx {
    /// Adds it.
    ///
    /// # Errors
    /// `Conflict("session")` when the id was used, `Conflict("reference")` when the person is gone, `Down`.
    pub async fn insert_session(&mut self, session: &Session) -> Result<()> {
        let insert = statement(concat!(
            "INSERT INTO sessions (",
            columns!(""),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(session.id.as_str())
            .bind(session.user_id.as_str())
            .bind(session.created_at)
            .bind(session.seen_at)
            .bind(session.auth_time)
            .bind(&session.acr)
            .bind(write_json(&session.amr))
            .bind(session.connector_id.as_str())
            .bind(i64::from(session.remembered))
            .bind(session.idle_until)
            .bind(session.expires_at)
            .bind(session.ended_at)
            .bind(&session.agent)
            .bind(&session.address)
            .bind(session.org_id.as_ref().map(OrgId::as_str));
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("session")) }
    }

    /// Slides `idle_until` (never past `expires_at`, never back) and notes `seen_at`; an ended or idle session stays so.
    ///
    /// # Errors
    /// `Down`.
    pub async fn touch_session(&mut self, id: &SessionId, now: Seconds, idle_until: Seconds) -> Result<()> {
        let update = statement(
            "UPDATE sessions SET seen_at = CASE WHEN seen_at < $2 THEN $2 ELSE seen_at END,
            idle_until = CASE WHEN $3 > expires_at THEN expires_at WHEN $3 < idle_until THEN idle_until ELSE $3 END
            WHERE id = $1 AND ended_at IS NULL AND idle_until > $2 AND expires_at > $2",
        );
        self.run(update.bind(id.as_str()).bind(now).bind(idle_until)).await.map(|_| ())
    }

    /// Ends it and the session-bound grants of it (those without `offline`), and queues the logout tokens;
    /// `false` when it had ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_session(&mut self, id: &SessionId, now: Seconds, reason: &str) -> Result<bool> {
        self.queue_logouts_of_session(id, now).await?;
        let end = statement("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL");
        let ended = self.changed(end.bind(id.as_str()).bind(now)).await?;
        let grants = statement(
            "UPDATE grants SET ended_at = $2, reason = $3 WHERE session_id = $1 AND offline = 0 AND ended_at IS NULL",
        );
        self.run(grants.bind(id.as_str()).bind(now).bind(reason)).await?;
        Ok(ended)
    }

    /// Ends all sessions of a person but `keep`, and their session-bound grants, and queues the logout tokens;
    /// how many sessions ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_sessions_of(
        &mut self,
        user: &UserId,
        keep: Option<&SessionId>,
        now: Seconds,
        reason: &str,
    ) -> Result<u64> {
        self.queue_logouts_of_user(user, keep, now).await?;
        let keep = keep.map_or("", SessionId::as_str);
        let end = statement("UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL");
        let ended = self.run(end.bind(user.as_str()).bind(keep).bind(now)).await?;
        let grants = statement(
            "UPDATE grants SET ended_at = $3, reason = $4
            WHERE user_id = $1 AND session_id <> $2 AND offline = 0 AND ended_at IS NULL",
        );
        self.run(grants.bind(user.as_str()).bind(keep).bind(now).bind(reason)).await?;
        Ok(ended)
    }

    /// Ends the sessions that a person began through one connector, and their session-bound grants, and queues the
    /// logout tokens; how many sessions ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_sessions_by(
        &mut self,
        user: &UserId,
        connector: &ConnectorId,
        now: Seconds,
        reason: &str,
    ) -> Result<u64> {
        self.queue_logouts_of_connector(user, connector, now).await?;
        let grants = statement(
            "UPDATE grants SET ended_at = $3, reason = $4 WHERE offline = 0 AND ended_at IS NULL AND session_id IN
            (SELECT id FROM sessions WHERE user_id = $1 AND connector_id = $2 AND ended_at IS NULL)",
        );
        self.run(grants.bind(user.as_str()).bind(connector.as_str()).bind(now).bind(reason)).await?;
        let end = statement(
            "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND connector_id = $2 AND ended_at IS NULL",
        );
        self.run(end.bind(user.as_str()).bind(connector.as_str()).bind(now)).await
    }

    /// Keeps a session from ending until this transaction is over, so that whoever ends it finds what was given by it;
    /// `false` when it ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn hold_session(&mut self, id: &SessionId) -> Result<bool> {
        let hold = statement("UPDATE sessions SET seen_at = seen_at WHERE id = $1 AND ended_at IS NULL");
        self.changed(hold.bind(id.as_str())).await
    }

    /// Deletes at most `limit` sessions past their absolute end; how many went.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sweep_sessions(&mut self, now: Seconds, limit: i64) -> Result<u64> {
        let delete = statement(
            "DELETE FROM sessions
            WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        );
        self.run(delete.bind(now).bind(limit)).await
    }
}
