//! What providers tell about messages that they took: written down once, and
//! told to the administrator where one will never arrive.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::json;
use url::{Host, Url};

use super::{Opened, Senders, count};
use crate::base::outbound::guard::is_public;
use crate::connectors::senders::kind;
use crate::connectors::senders::report::{Arrival, Forged, Report};
use crate::store::Result;
use crate::store::audit::AuditEntry;
use crate::store::senders::SenderRow;
use crate::store::sent_messages::Fate;

/// How long a report waits for its message, time and again: together less than the provider's own patience.
const EARLY: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1500)];

impl Senders {
    /// Where the provider of this sender is to report, made of the issuer alone.
    #[must_use]
    pub fn reports_to(&self, name: &str) -> String {
        format!("{}/hook/sms/{name}", self.inner.issuer.trim_end_matches('/'))
    }

    /// The same, where the provider can reach it.
    pub(super) fn reachable(&self, name: &str, practice: bool) -> Option<String> {
        (practice || is_reachable(&self.inner.issuer)).then(|| self.reports_to(name))
    }

    /// Takes a report for the sender with this name. A message that nobody knows is nobody's, and no error.
    ///
    /// # Errors
    /// The store's; inside, `Forged` for everything that this sender's provider did not sign.
    pub async fn reported(&self, name: &str, report: &Report<'_>) -> Result<std::result::Result<(), Forged>> {
        let open = self.opened().await?;
        let found = open.iter().find(|one| one.row.name == name);
        let Some(Opened { row, sender: Some(sender) }) = found else { return Ok(Err(Forged)) };
        match sender.heard(report) {
            Err(Forged) => {
                tracing::warn!(sender = name, "a delivery report was not signed by the provider");
                Ok(Err(Forged))
            }
            Ok(None) => Ok(Ok(())),
            Ok(Some(arrival)) => {
                self.known(row, &arrival.message_id).await?;
                self.arrived(row, &arrival).await.map(Ok)
            }
        }
    }

    /// Waits a moment for a message whose end is told before the provider's answer to it has been read (sms.md §2.6).
    async fn known(&self, row: &SenderRow, message: &str) -> Result<()> {
        for pause in EARLY {
            if self.inner.store.knows_message(&row.id, message).await? {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    /// Writes down where a message ended; the first word stands, whatever is told later or again.
    pub(super) async fn arrived(&self, row: &SenderRow, arrival: &Arrival) -> Result<()> {
        let (id, message) = (row.id.clone(), arrival.message_id.clone());
        let (fate, code) = match &arrival.outcome {
            Ok(()) => (Fate::Delivered, String::new()),
            Err(trouble) => (Fate::Failed, trouble.code.clone()),
        };
        let entry = self.failure(row, arrival);
        let news = self.inner.store.write(move |tx| {
            let (id, message, code, entry) = (id.clone(), message.clone(), code.clone(), entry.clone());
            Box::pin(async move {
                let news = tx.note_fate((&id, &message), fate, &code).await?;
                if let Some(entry) = entry.filter(|_| news) {
                    tx.audit(&entry).await?;
                }
                Ok(news)
            })
        });
        if news.await? {
            count(&row.name, fate.word());
        }
        Ok(())
    }

    /// What stands in the audit for a message that will never arrive.
    fn failure(&self, row: &SenderRow, arrival: &Arrival) -> Option<AuditEntry> {
        let trouble = arrival.outcome.as_ref().err()?;
        let advice = kind(&row.kind).map(|kind| kind.advice(trouble));
        let detail = json!({
            "message_id": arrival.message_id, "code": trouble.code, "said": trouble.detail,
            "advice": advice.map(|text| json!({ "en": text.en, "zh": text.zh })),
        });
        let now = self.inner.clock.now();
        Some(AuditEntry {
            id: self.inner.random.ulid(now),
            at: now,
            actor: "system".to_owned(),
            action: "sms.delivery".to_owned(),
            target: format!("sender:{}", row.name),
            outcome: trouble.why.word().to_owned(),
            request_id: String::new(),
            address: String::new(),
            detail: detail.to_string(),
        })
    }
}

/// Whether a server on the Internet may reach it, as far as the name tells.
fn is_reachable(issuer: &str) -> bool {
    let Some(url) = Url::parse(issuer).ok().filter(|url| url.scheme() == "https") else { return false };
    match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".localhost"),
        Some(Host::Ipv4(v4)) => is_public(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => is_public(IpAddr::V6(v6)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_the_internet_may_reach_are_told_to_a_provider() {
        for issuer in ["https://id.example.com", "https://id.example.com:8443", "https://8.8.8.8"] {
            assert!(is_reachable(issuer), "{issuer}");
        }
        for issuer in
            ["http://localhost:8080", "https://localhost", "https://hufu", "https://192.168.1.7", "https://[::1]"]
        {
            assert!(!is_reachable(issuer), "{issuer}");
        }
    }
}
