//! The brake on codes to numbers whose neighbours' codes nobody typed: when it
//! closes, the administrator is told (security.md row 194). Either messages do
//! not arrive there, or somebody has them sent at the house's cost.

use serde_json::json;

use super::limits;
use crate::base::clock::Seconds;
use crate::base::phone::Phone;
use crate::login::Login;
use crate::store::attempts::Charge;
use crate::store::audit::AuditEntry;
use crate::store::{Result, Tx};

/// The budget of a number's neighbours, and what is told when it is spent.
pub(super) struct Brake {
    budget: String,
    told: AuditEntry,
}

impl Brake {
    pub(super) fn of(login: &Login, phone: &Phone, practice: bool) -> Self {
        let now = login.clock.now();
        let told = AuditEntry {
            id: login.random.ulid(now),
            at: now,
            actor: "system".to_owned(),
            action: "sms.brake".to_owned(),
            target: format!("country:{}", phone.country()),
            outcome: "closed".to_owned(),
            request_id: String::new(),
            address: String::new(),
            detail: json!({ "to": phone.masked(), "practice": practice }).to_string(),
        };
        Self { budget: limits::unused(&login.sealer, phone.e164(), practice), told }
    }

    /// Whether this charge, just made in this transaction, spent the budget; then it is written down.
    pub(super) async fn closes(&self, tx: &mut Tx, charged: &str, charge: Charge) -> Result<bool> {
        let closes = charged == self.budget && charge == Charge::Allowed { left: 0 };
        if closes {
            tx.audit(&self.told).await?;
        }
        Ok(closes)
    }
}

/// Into log and figures.
pub(super) fn alarm(country: &str) {
    metrics::counter!("hufu_sms_warnings_total", "what" => "brake").increment(1);
    tracing::warn!(country, "codes to neighbouring numbers were not typed: they get none for an hour");
}

impl Login {
    /// How many groups of neighbouring numbers get no codes now, and until when the last of them.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn brakes(&self) -> Result<(i64, Seconds)> {
        self.store.blocked_under(limits::UNUSED, self.clock.now()).await
    }
}
