//! Grants: what one authorization allows, and whether it is still alive. No
//! token is honoured without an `AliveGrant` (security.md §0, rule 3).

use std::sync::Arc;

use super::clients::Client;
use super::row::{Row, listed, statement, write_json};
use super::users::{self, User, user_columns};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, GrantId, OrgId, SessionId, UserId};

/// A row of `grants`.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Which.
    pub id: GrantId,
    /// `None` for `client_credentials`.
    pub user_id: Option<UserId>,
    /// The application it was given to.
    pub client_id: ClientId,
    /// The sign-on session it was given in.
    pub session_id: Option<SessionId>,
    /// What was granted, which may be less than was asked.
    pub scopes: Vec<String>,
    /// JSON of the `claims` parameter as granted.
    pub claims: Option<String>,
    /// Identifiers of resource servers (RFC 8707).
    pub resources: Vec<String>,
    /// How sure the sign-in was (OIDC Core §2).
    pub acr: Option<String>,
    /// By what means (RFC 8176).
    pub amr: Vec<String>,
    /// When the person signed in.
    pub auth_time: Option<Seconds>,
    /// As the application sent it, for the ID token.
    pub nonce: Option<String>,
    /// Outlives the session (`offline_access` granted).
    pub offline: bool,
    /// Since when.
    pub created_at: Seconds,
    /// The absolute end: 90 days for one with refresh tokens.
    pub expires_at: Seconds,
    /// Ended before its time.
    pub ended_at: Option<Seconds>,
    /// Why, in one word for the log.
    pub reason: Option<String>,
    /// The organisation the person acts in; leaving it ends the grant.
    pub org_id: Option<OrgId>,
}

/// A grant whose person, application, session and membership allow its use
/// right now. Only [`Store::alive_grant`] makes one.
#[derive(Clone, Debug)]
pub struct AliveGrant {
    grant: Grant,
    user: Option<User>,
    client: Arc<Client>,
}

impl AliveGrant {
    /// The row itself.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.grant
    }
    /// The person, as they are now; `None` for `client_credentials`.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }
    /// The application, as it is now.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}

macro_rules! columns {
    ($prefix:literal) => {
        listed!($prefix; "id", "user_id", "client_id", "session_id", "scopes", "claims", "resources", "acr", "amr",
            "auth_time", "nonce", "offline", "created_at", "expires_at", "ended_at", "reason", "org_id")
    };
}

impl Store {
    /// One SELECT over grant, user and session (the client comes from the cache): the grant, if everything it
    /// stands on is alive at `now` (not ended or expired; user active and not
    /// signed out everywhere since; client enabled, and for the organisation it was given in; still a member of that
    /// organisation, and it is on; session live unless offline).
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn alive_grant(&self, id: &GrantId, now: Seconds) -> Result<Option<AliveGrant>> {
        let select = statement(concat!(
            "SELECT ",
            columns!("g."),
            ", ",
            user_columns!("u."),
            " FROM grants AS g
            LEFT JOIN users AS u ON u.id = g.user_id
            LEFT JOIN sessions AS s ON s.id = g.session_id
            LEFT JOIN members AS m ON m.org_id = g.org_id AND m.user_id = g.user_id
            LEFT JOIN orgs AS o ON o.id = g.org_id
            WHERE g.id = $1 AND g.ended_at IS NULL AND g.expires_at > $2
            AND (g.user_id IS NULL OR (u.state = 'active' AND g.created_at >= u.tokens_not_before))
            AND (g.org_id IS NULL OR (m.user_id IS NOT NULL AND o.enabled = 1))
            AND (g.offline = 1 OR g.session_id IS NULL
                OR (s.ended_at IS NULL AND s.idle_until > $2 AND s.expires_at > $2))"
        ));
        let Some(mut row) = self.one(select.bind(id.as_str()).bind(now)).await? else { return Ok(None) };
        let grant = read(&mut row)?;
        let user = if grant.user_id.is_some() { Some(users::read(&mut row)?) } else { None };
        let client = self.client(&grant.client_id).await?.filter(|client| client.enabled);
        let client = client.filter(|client| grant.user_id.is_none() || client.is_for(grant.org_id.as_ref()));
        Ok(client.map(|client| AliveGrant { grant, user, client }))
    }

    /// Grants of a person that have neither ended nor expired, newest first.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn grants_of(&self, user: &UserId, now: Seconds) -> Result<Vec<Grant>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(""),
            " FROM grants WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY id DESC"
        ));
        self.all(select.bind(user.as_str()).bind(now), read).await
    }

    /// The applications signed in to with this session, those whose grants ended included.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn clients_of_session(&self, session: &SessionId) -> Result<Vec<ClientId>> {
        let select = statement("SELECT DISTINCT client_id FROM grants WHERE session_id = $1 ORDER BY client_id");
        self.all(select.bind(session.as_str()), |row| row.text().map(ClientId::new)).await
    }
}

fn read(row: &mut Row) -> Result<Grant> {
    Ok(Grant {
        id: GrantId::new(row.text()?),
        user_id: row.maybe_text()?.map(UserId::new),
        client_id: ClientId::new(row.text()?),
        session_id: row.maybe_text()?.map(SessionId::new),
        scopes: row.json("scopes of a grant")?,
        claims: row.maybe_text()?,
        resources: row.json("resources of a grant")?,
        acr: row.maybe_text()?,
        amr: row.json("amr of a grant")?,
        auth_time: row.maybe_number()?,
        nonce: row.maybe_text()?,
        offline: row.flag()?,
        created_at: row.number()?,
        expires_at: row.number()?,
        ended_at: row.maybe_number()?,
        reason: row.maybe_text()?,
        org_id: row.maybe_text()?.map(OrgId::new),
    })
}

impl Tx {
    /// Adds it, with the word of its session on how the person came in: that stays when the session goes.
    ///
    /// # Errors
    /// `Conflict("grant")` when the id was used, `Down`.
    pub async fn insert_grant(&mut self, grant: &Grant) -> Result<()> {
        let insert = statement(concat!(
            "INSERT INTO grants (",
            columns!(""),
            ", sid, connector_id, through_org)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $4,
            (SELECT came.connector_id FROM sessions AS came WHERE came.id = $4),
            (SELECT came.org_id FROM sessions AS came WHERE came.id = $4)) ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(grant.id.as_str())
            .bind(grant.user_id.as_ref().map(UserId::as_str))
            .bind(grant.client_id.as_str())
            .bind(grant.session_id.as_ref().map(SessionId::as_str))
            .bind(write_json(&grant.scopes))
            .bind(grant.claims.as_deref())
            .bind(write_json(&grant.resources))
            .bind(grant.acr.as_deref())
            .bind(write_json(&grant.amr))
            .bind(grant.auth_time)
            .bind(grant.nonce.as_deref())
            .bind(i64::from(grant.offline))
            .bind(grant.created_at)
            .bind(grant.expires_at)
            .bind(grant.ended_at)
            .bind(grant.reason.as_deref())
            .bind(grant.org_id.as_ref().map(OrgId::as_str));
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("grant")) }
    }

    /// Ends it for good; `false` when it had ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_grant(&mut self, id: &GrantId, now: Seconds, reason: &str) -> Result<bool> {
        let end = statement("UPDATE grants SET ended_at = $2, reason = $3 WHERE id = $1 AND ended_at IS NULL");
        self.changed(end.bind(id.as_str()).bind(now).bind(reason)).await
    }

    /// Ties what stands on session `from` to `to`: the same person signed in
    /// again, and what their applications hold goes on. Ended ones go along: they
    /// say which applications are to be told when `to` ends.
    ///
    /// # Errors
    /// `Down`.
    pub async fn move_grants(&mut self, from: &SessionId, to: &SessionId) -> Result<u64> {
        let update = statement("UPDATE grants SET session_id = $2 WHERE session_id = $1");
        self.run(update.bind(from.as_str()).bind(to.as_str())).await
    }

    /// Ends a person's grants, those that outlive their session included, but for those of session `keep`; how many ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_grants_but(
        &mut self,
        user: &UserId,
        keep: Option<&SessionId>,
        now: Seconds,
        reason: &str,
    ) -> Result<u64> {
        let end = statement(
            "UPDATE grants SET ended_at = $3, reason = $4
            WHERE user_id = $1 AND ended_at IS NULL AND (session_id IS NULL OR session_id <> $2)",
        );
        let keep = keep.map_or("", SessionId::as_str);
        self.run(end.bind(user.as_str()).bind(keep).bind(now).bind(reason)).await
    }

    /// Ends a person's grants for one application (consent taken back); how many ended.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_grants_of(&mut self, user: &UserId, client: &ClientId, now: Seconds, reason: &str) -> Result<u64> {
        let end = statement(
            "UPDATE grants SET ended_at = $3, reason = $4 WHERE user_id = $1 AND client_id = $2 AND ended_at IS NULL",
        );
        self.run(end.bind(user.as_str()).bind(client.as_str()).bind(now).bind(reason)).await
    }

    /// Deletes at most `limit` grants past their absolute end; how many went. Ended ones stay
    /// until then, so that what they allowed stays explained.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sweep_grants(&mut self, now: Seconds, limit: i64) -> Result<u64> {
        let delete = statement(
            "DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        );
        self.run(delete.bind(now).bind(limit)).await
    }
}
