//! Leaving an organisation: one transaction ends the membership, the sessions
//! and grants in it, and queues the logout tokens (design.md §4).

use super::audit::AuditEntry;
use super::row::statement;
use super::{Result, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{OrgId, UserId};

/// A session `s` of organisation $1: begun through the connector whose platform it is, also before it was made here.
macro_rules! session_of_org {
    () => {
        "(s.org_id = $1 OR s.connector_id IN (SELECT o.connector_id FROM orgs AS o WHERE o.id = $1))"
    };
}

/// A grant `g` that stands on organisation $1: given in it, or by a sign-in through its platform, whatever became of
/// that session; or bound to a session of it. One with a refresh token that came by another way of the person stays,
/// also where they signed in through the organisation since: it did not need that.
macro_rules! grant_of_org {
    () => {
        concat!(
            "(g.org_id = $1 OR g.through_org = $1
            OR g.connector_id IN (SELECT o.connector_id FROM orgs AS o WHERE o.id = $1)
            OR (g.offline = 0 AND EXISTS (SELECT 1 FROM sessions AS s WHERE s.id = g.session_id AND ",
            session_of_org!(),
            ")))"
        )
    };
}

/// A grant `g` from before it was noted how its person had come in, whose session is gone: nobody can say that it does
/// not stand on the organisation that they leave.
macro_rules! grant_of_unknown {
    () => {
        "(g.connector_id IS NULL AND g.session_id IS NOT NULL)"
    };
}

pub(super) use {grant_of_org, grant_of_unknown, session_of_org};

/// What ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Departure {
    /// Who it was here; `None` for somebody who never signed in.
    pub user_id: Option<UserId>,
    /// Whether the directory had them.
    pub was_listed: bool,
    /// Sessions that ended.
    pub sessions: u64,
    /// Grants that ended.
    pub grants: u64,
    /// Logout tokens that were queued.
    pub logouts: u64,
}

impl Tx {
    /// Somebody left the organisation, by the id the platform has for them: the directory's row goes with the rest.
    /// What a pass under way asked for before brings them not back. Noted by `entry` where there was anything to end.
    ///
    /// # Errors
    /// `Down`.
    pub async fn leave_by_person(
        &mut self,
        org: &OrgId,
        person: &str,
        now: Seconds,
        entry: &AuditEntry,
    ) -> Result<Departure> {
        // The pass's row first: a page that is being taken is waited for, and the next one finds the mark.
        let wait = statement("UPDATE sync_runs SET pages = pages WHERE org_id = $1 AND state = 'running' AND dry = 0");
        if self.changed(wait.bind(org.as_str())).await? {
            let mark = statement(
                "INSERT INTO sync_seen (run_id, kind, id) SELECT id, 'left_person', $2 FROM sync_runs
                WHERE org_id = $1 AND state = 'running' AND dry = 0 ON CONFLICT DO NOTHING",
            );
            self.run(mark.bind(org.as_str()).bind(person)).await?;
        }
        let mut departure = self.end_person(org, person, now, "left_organisation").await?;
        let delete = statement("DELETE FROM roster WHERE org_id = $1 AND id = $2");
        departure.was_listed = self.changed(delete.bind(org.as_str()).bind(person)).await?;
        self.note_departure(entry, person, &departure).await?;
        Ok(departure)
    }

    /// Writes who left and what ended into the audit, where anything did.
    pub(super) async fn note_departure(
        &mut self,
        entry: &AuditEntry,
        person: &str,
        departure: &Departure,
    ) -> Result<()> {
        if !departure.was_listed && departure.user_id.is_none() {
            return Ok(());
        }
        let Departure { user_id, sessions, grants, logouts, .. } = departure;
        let detail = serde_json::json!({
            "person": person, "user": user_id, "sessions": sessions, "grants": grants, "logout_tokens": logouts,
        });
        self.audit(&AuditEntry { detail: detail.to_string(), ..entry.clone() }).await
    }

    /// Ends what the person behind a row of the directory has in the organisation: tied to it, known by one of its keys,
    /// or by a sign-in through the platform whose key this id is; the row stays.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_person(&mut self, org: &OrgId, person: &str, now: Seconds, reason: &str) -> Result<Departure> {
        let find = "SELECT user_id FROM members WHERE org_id = $1 AND person = $2 AND user_id > $3
            UNION SELECT i.user_id FROM roster_keys AS k
            JOIN identities AS i ON i.space = k.space AND i.value = k.value
            WHERE k.org_id = $1 AND k.person = $2 AND i.user_id > $3
            UNION SELECT i.user_id FROM orgs AS o JOIN identities AS i ON i.connector_id = o.connector_id
            WHERE o.id = $1 AND i.value = $2 AND i.user_id > $3 ORDER BY user_id LIMIT 1";
        let mut departure = Departure::default();
        let mut after = String::new();
        while let Some(mut row) = self.one(statement(find).bind(org.as_str()).bind(person).bind(after.as_str())).await?
        {
            let user = UserId::new(row.text()?);
            user.as_str().clone_into(&mut after);
            let one = self.end_membership(org, &user, now, reason).await?;
            departure.user_id = departure.user_id.or(one.user_id);
            departure.sessions += one.sessions;
            departure.grants += one.grants;
            departure.logouts += one.logouts;
        }
        Ok(departure)
    }

    /// Ends a membership with the sessions begun through the organisation's own connector, every grant that stands on
    /// it, and queues the logout tokens. The person stays, with all that has nothing to do with this organisation.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_membership(
        &mut self,
        org: &OrgId,
        user: &UserId,
        now: Seconds,
        reason: &str,
    ) -> Result<Departure> {
        let gone = statement("DELETE FROM members WHERE org_id = $1 AND user_id = $2");
        let was_member = self.changed(gone.bind(org.as_str()).bind(user.as_str())).await?;
        // A code that is being given by one of these sessions is waited for, and the next one finds it over.
        let hold = statement(concat!(
            "UPDATE sessions AS s SET seen_at = seen_at WHERE s.user_id = $2 AND s.ended_at IS NULL AND ",
            session_of_org!()
        ));
        self.run(hold.bind(org.as_str()).bind(user.as_str())).await?;
        let logouts = self.queue_logouts_of_member(org, user, now).await?;
        let grants = statement(concat!(
            "UPDATE grants AS g SET ended_at = $3, reason = $4 WHERE g.user_id = $2 AND g.ended_at IS NULL AND (",
            grant_of_org!(),
            " OR ",
            grant_of_unknown!(),
            ")"
        ));
        let grants = self.run(grants.bind(org.as_str()).bind(user.as_str()).bind(now).bind(reason)).await?;
        let sessions = statement(concat!(
            "UPDATE sessions AS s SET ended_at = $3 WHERE s.user_id = $2 AND s.ended_at IS NULL AND ",
            session_of_org!()
        ));
        let sessions = self.run(sessions.bind(org.as_str()).bind(user.as_str()).bind(now)).await?;
        let user_id = (was_member || grants + sessions > 0).then(|| user.clone());
        Ok(Departure { user_id, was_listed: false, sessions, grants, logouts })
    }

    /// Ends every session and grant in an organisation (it is switched off, or deleted) and queues the logout tokens.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_org(&mut self, org: &OrgId, now: Seconds, reason: &str) -> Result<()> {
        let hold = statement(concat!(
            "UPDATE sessions AS s SET seen_at = seen_at WHERE s.ended_at IS NULL AND ",
            session_of_org!()
        ));
        self.run(hold.bind(org.as_str())).await?;
        self.queue_logouts_of_org(org, now).await?;
        let grants = statement(concat!(
            "UPDATE grants AS g SET ended_at = $2, reason = $3 WHERE g.ended_at IS NULL AND ",
            grant_of_org!()
        ));
        self.run(grants.bind(org.as_str()).bind(now).bind(reason)).await?;
        let sessions = statement(concat!(
            "UPDATE sessions AS s SET ended_at = $2 WHERE s.ended_at IS NULL AND ",
            session_of_org!()
        ));
        self.run(sessions.bind(org.as_str()).bind(now)).await.map(|_| ())
    }
}
