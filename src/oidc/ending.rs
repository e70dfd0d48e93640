//! Ending a grant for a reason somebody will want to read later.

use super::Oidc;
use crate::base::id::{ClientId, GrantId};
use crate::store::{Result, audit::AuditEntry};

impl Oidc {
    /// The record of something that happened to a grant.
    pub(super) fn notice(&self, action: &str, client: &ClientId, grant: &GrantId) -> AuditEntry {
        let now = self.clock.now();
        AuditEntry {
            id: self.random.ulid(now),
            at: now,
            actor: format!("client:{client}"),
            action: action.to_owned(),
            target: format!("grant:{grant}"),
            outcome: "ok".to_owned(),
            request_id: String::new(),
            address: String::new(),
            detail: "{}".to_owned(),
        }
    }

    /// Ends a grant, with every token of it, on every node; noted once under `action`.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn end_grant(&self, grant: &GrantId, client: &ClientId, action: &str) -> Result<()> {
        let notice = self.notice(action, client, grant);
        let grant = grant.clone();
        self.store
            .write(move |tx| {
                let (grant, notice) = (grant.clone(), notice.clone());
                Box::pin(async move {
                    if tx.end_grant(&grant, notice.at, &notice.action).await? {
                        tx.audit(&notice).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}
