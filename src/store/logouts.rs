//! The queue of logout tokens (OIDC Back-Channel Logout 1.0): what has to be
//! told to which application. Rows are written in the transaction that ended
//! the session, so that none is forgotten.

use super::leaving::{grant_of_org, grant_of_unknown, session_of_org};
use super::row::{Row, statement};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, ConnectorId, OrgId, SessionId, UserId};

/// A logout token that has to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutDelivery {
    /// To whom.
    pub client_id: ClientId,
    /// The session, as the application was told of it.
    pub sid: SessionId,
    /// Whose it was.
    pub user_id: UserId,
    /// Since when it waits.
    pub queued_at: Seconds,
    /// When the next try is due.
    pub due_at: Seconds,
    /// How often it was tried.
    pub tries: i64,
}

/// A grant `g` of an application that is signed in. One that ended counts while its session lives: an application that
/// gave its tokens back is signed in still. One that outlives an ended session does not: it was told when that ended.
macro_rules! signed_in {
    () => {
        "(EXISTS (SELECT 1 FROM sessions AS lives WHERE lives.id = g.session_id AND lives.ended_at IS NULL)
        OR (g.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM sessions AS ended WHERE ended.id = g.session_id))) AND "
    };
}

/// Queues one row for each application with an address for logout tokens, over the grants `g` that a condition finds.
macro_rules! queue {
    ($now:literal, $condition:expr) => {
        statement(concat!(
            "INSERT INTO logout_deliveries (client_id, sid, user_id, queued_at, due_at, tries)
            SELECT DISTINCT g.client_id, COALESCE(g.sid, g.session_id), g.user_id, CAST(",
            $now,
            " AS BIGINT), CAST(",
            $now,
            " AS BIGINT), CAST(0 AS BIGINT) FROM grants AS g JOIN clients AS c ON c.id = g.client_id
            WHERE c.backchannel = 1 AND g.session_id IS NOT NULL AND g.user_id IS NOT NULL AND ",
            $condition,
            " ON CONFLICT (client_id, sid) DO UPDATE SET queued_at = excluded.queued_at, due_at = excluded.due_at,
            tries = 0"
        ))
    };
}

/// Over what stands in organisation $1 and still works, whether its session was signed out of or not: that comes to an
/// end now. Or over what was given on a session of it that lives.
macro_rules! of_org {
    ($now:literal, $whose:literal, $also:expr) => {
        queue!(
            $now,
            concat!(
                $whose,
                "((g.ended_at IS NULL AND g.expires_at > ",
                $now,
                " AND (",
                grant_of_org!(),
                $also,
                ")) OR EXISTS (SELECT 1 FROM sessions AS s WHERE s.id = g.session_id AND s.ended_at IS NULL AND ",
                session_of_org!(),
                "))"
            )
        )
    };
}

impl Store {
    /// The applications for which something is due at `now`, the longest waiting first.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn clients_with_logouts_due(&self, now: Seconds) -> Result<Vec<ClientId>> {
        let select = statement(
            "SELECT client_id FROM logout_deliveries WHERE due_at <= $1 GROUP BY client_id ORDER BY MIN(due_at)",
        );
        self.all(select.bind(now), |row| Ok(ClientId::new(row.text()?))).await
    }

    /// What is due for one application at `now`, the longest waiting first, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn logouts_due(&self, client: &ClientId, now: Seconds, limit: i64) -> Result<Vec<LogoutDelivery>> {
        let select = statement(
            "SELECT client_id, sid, user_id, queued_at, due_at, tries FROM logout_deliveries
            WHERE client_id = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3",
        );
        self.all(select.bind(client.as_str()).bind(now).bind(limit), read).await
    }

    /// Waits until this process queued a logout token; other processes' are found by looking.
    pub async fn logouts_queued(&self) {
        self.inner.queued.notified().await;
    }
}

fn read(row: &mut Row) -> Result<LogoutDelivery> {
    Ok(LogoutDelivery {
        client_id: ClientId::new(row.text()?),
        sid: SessionId::new(row.text()?),
        user_id: UserId::new(row.text()?),
        queued_at: row.number()?,
        due_at: row.number()?,
        tries: row.number()?,
    })
}

impl Tx {
    /// Queues a logout token for every application signed in to with this session, unless it ended before.
    ///
    /// # Errors
    /// `Down`.
    pub async fn queue_logouts_of_session(&mut self, session: &SessionId, now: Seconds) -> Result<u64> {
        let queue = queue!(
            "$2",
            concat!(
                signed_in!(),
                "g.session_id IN (SELECT s.id FROM sessions AS s WHERE s.id = $1 AND s.ended_at IS NULL)"
            )
        );
        let queued = self.run(queue.bind(session.as_str()).bind(now)).await?;
        Ok(self.note_queued(queued))
    }

    /// Queues logout tokens for the sessions that a person began through one connector.
    ///
    /// # Errors
    /// `Down`.
    pub async fn queue_logouts_of_connector(
        &mut self,
        user: &UserId,
        connector: &ConnectorId,
        now: Seconds,
    ) -> Result<u64> {
        let queue = queue!(
            "$3",
            concat!(
                signed_in!(),
                "g.session_id IN
                (SELECT s.id FROM sessions AS s WHERE s.user_id = $1 AND s.connector_id = $2 AND s.ended_at IS NULL)"
            )
        );
        let queued = self.run(queue.bind(user.as_str()).bind(connector.as_str()).bind(now)).await?;
        Ok(self.note_queued(queued))
    }

    /// Queues logout tokens for every session of a person but `keep`.
    ///
    /// # Errors
    /// `Down`.
    pub async fn queue_logouts_of_user(
        &mut self,
        user: &UserId,
        keep: Option<&SessionId>,
        now: Seconds,
    ) -> Result<u64> {
        let queue = queue!("$3", concat!(signed_in!(), "g.user_id = $1 AND g.session_id <> $2"));
        let keep = keep.map_or("", SessionId::as_str);
        let queued = self.run(queue.bind(user.as_str()).bind(keep).bind(now)).await?;
        Ok(self.note_queued(queued))
    }

    /// Queues logout tokens for what somebody has by an organisation that they leave.
    ///
    /// # Errors
    /// `Down`.
    pub async fn queue_logouts_of_member(&mut self, org: &OrgId, user: &UserId, now: Seconds) -> Result<u64> {
        let queue = of_org!("$3", "g.user_id = $2 AND ", concat!(" OR ", grant_of_unknown!()));
        let queued = self.run(queue.bind(org.as_str()).bind(user.as_str()).bind(now)).await?;
        Ok(self.note_queued(queued))
    }

    /// The same of everybody in it.
    ///
    /// # Errors
    /// `Down`.
    pub async fn queue_logouts_of_org(&mut self, org: &OrgId, now: Seconds) -> Result<u64> {
        let queued = self.run(of_org!("$2", "", "").bind(org.as_str()).bind(now)).await?;
        Ok(self.note_queued(queued))
    }

    /// Whoever is told is told after the commit.
    fn note_queued(&mut self, queued: u64) -> u64 {
        self.queued |= queued > 0;
        queued
    }

    /// Takes a delivery for one try, and says when the next one is due should this one fail; `false` when another
    /// node was faster.
    ///
    /// # Errors
    /// `Down`.
    pub async fn claim_logout(&mut self, delivery: &LogoutDelivery, next_due: Seconds) -> Result<bool> {
        let claim = statement(
            "UPDATE logout_deliveries SET tries = tries + 1, due_at = $5
            WHERE client_id = $1 AND sid = $2 AND tries = $3 AND due_at = $4",
        );
        let claim = claim
            .bind(delivery.client_id.as_str())
            .bind(delivery.sid.as_str())
            .bind(delivery.tries)
            .bind(delivery.due_at)
            .bind(next_due);
        self.changed(claim).await
    }

    /// Forgets a delivery that arrived or was given up, unless it was queued again since.
    ///
    /// # Errors
    /// `Down`.
    pub async fn drop_logout(&mut self, delivery: &LogoutDelivery) -> Result<bool> {
        let delete = statement(
            "DELETE FROM logout_deliveries WHERE client_id = $1 AND sid = $2 AND queued_at = $3 AND tries > 0",
        );
        let delete = delete.bind(delivery.client_id.as_str()).bind(delivery.sid.as_str()).bind(delivery.queued_at);
        self.changed(delete).await
    }
}
