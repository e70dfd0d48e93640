//! Whether people type the codes that providers took. A sandbox, a signature
//! that a carrier blocks, a budget that is used up: the provider says "accepted"
//! to each message, and nobody gets one. What is left to see is that no code
//! comes back.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Senders;
use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::sentence::Words;
use crate::login::Login;
use crate::login::otp::LIFE;
use crate::store::Result;
use crate::store::audit::AuditEntry;
use crate::store::senders::SenderRow;
use crate::store::sent_messages::{Fate, SentMessage};

/// How often it is looked.
const EVERY: Duration = Duration::from_mins(1);
/// One node looks at a time, for so many seconds.
const LEASE: Seconds = 50;
/// Messages of a sender that are looked at together: its newest ones whose codes are over.
const LOOKED_AT: i64 = 20;
/// Fewer messages tell nothing.
const ENOUGH: usize = 10;

/// What became of the newest messages of a sender whose codes are over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The provider took so many.
    pub taken: usize,
    /// The codes of so many were typed.
    pub typed: usize,
    /// The provider said later of so many that they do not arrive.
    pub failed: usize,
    /// Its code for the newest of those.
    pub failure: Option<String>,
}

impl Standing {
    fn of(messages: &[SentMessage]) -> Self {
        let failed = || messages.iter().filter(|sent| sent.fate == Fate::Failed);
        Self {
            taken: messages.len(),
            typed: messages.iter().filter(|sent| sent.typed).count(),
            failed: failed().count(),
            failure: failed().map(|sent| sent.fate_code.clone()).find(|code| !code.is_empty()),
        }
    }

    /// Fewer than one in ten.
    const fn is_untyped(&self) -> bool {
        self.taken >= ENOUGH && self.typed * 10 < self.taken
    }

    /// One in five: that it is only just over the line is no end of it.
    const fn is_typed_again(&self) -> bool {
        self.typed > 0 && self.typed * 5 >= self.taken
    }

    /// What an administrator is told of this sender; nothing where people type its codes, or its messages are too old.
    #[must_use]
    pub fn warning(&self, row: &SenderRow) -> Option<Words> {
        (row.untyped_since > 0 && self.taken > 0).then(|| self.advice())
    }

    fn advice(&self) -> Words {
        let [taken, typed] = [self.taken, self.typed].map(|count| count.to_string());
        let Some(failure) = &self.failure else {
            return Words::with(UNTYPED.0, UNTYPED.1, &[taken, typed]);
        };
        Words::with(FAILED.0, FAILED.1, &[taken, typed, self.failed.to_string(), failure.clone()])
    }
}

const UNTYPED: (&str, &str) = (
    "Of the last {} messages that the provider took, the codes of {} were typed: the others may never arrive. Send \
     yourself one with `hufu sender test`. If it does not come, look in the provider's console: sandbox or trial \
     account, signature and template, balance or budget, numbers that opted out. If it does come, somebody has codes \
     sent to strangers: look at the countries that are open.",
    "服务商最近接收的{}条短信中，只有{}条的验证码被填写，其余可能没有送达。请用 `hufu sender test` 给自己发一条：\
     收不到时，到服务商控制台检查是否仍在沙盒或试用账号、签名和模板、余额或预算、退订名单；能收到时，可能有人在盗刷短信，请检查开放的国家和地区。",
);
const FAILED: (&str, &str) = (
    "Of the last {} messages that the provider took, the codes of {} were typed, and it reported {} as not delivered, \
     the newest with {}. Look that code up in the audit or the provider's console, then send yourself a message with \
     `hufu sender test`.",
    "服务商最近接收的{}条短信中，只有{}条的验证码被填写，另有{}条被报告为未送达，最近的错误码是{}。请在审计记录或服务商控制台查看该错误码的含义，\
     再用 `hufu sender test` 给自己发一条。",
);

impl Login {
    /// Watches the senders until `stop`. Every node may run it: one looks at a time.
    pub async fn keep_senders(&self, stop: &CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            if !self.lease_for("senders", LEASE).await {
                continue;
            }
            if let Err(error) = self.senders.watch().await {
                tracing::warn!(%error, "the senders have to be looked at later");
            }
        }
    }
}

impl Senders {
    /// Asks providers what is due, then looks at every sender that is on, and tells the administrator of each whose state is another now.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn watch(&self) -> Result<()> {
        self.ask().await?;
        for row in self.inner.store.senders().await?.iter().filter(|row| row.enabled) {
            let standing = self.standing(row).await?;
            if row.untyped_since == 0 && standing.is_untyped() {
                self.turned(row, &standing, self.inner.clock.now()).await?;
            } else if row.untyped_since > 0 && standing.is_typed_again() {
                self.turned(row, &standing, 0).await?;
            }
        }
        Ok(())
    }

    /// What became of what this sender sent last.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn standing(&self, row: &SenderRow) -> Result<Standing> {
        let over = self.inner.clock.now() - LIFE;
        Ok(Standing::of(&self.inner.store.sent_by(&row.id, over, LOOKED_AT).await?))
    }

    /// Said once for each change: who changes the row tells.
    async fn turned(&self, row: &SenderRow, standing: &Standing, since: Seconds) -> Result<()> {
        let entry = self.told(row, standing, since > 0);
        let id = row.id.clone();
        let news = self.inner.store.write(move |tx| {
            let (id, entry) = (id.clone(), entry.clone());
            Box::pin(async move {
                let news = tx.set_untyped_since(&id, since).await?;
                if news {
                    tx.audit(&entry).await?;
                }
                Ok(news)
            })
        });
        let (sender, taken, typed) = (row.name.as_str(), standing.taken, standing.typed);
        match (news.await?, since > 0) {
            (true, true) => {
                metrics::counter!("hufu_sms_warnings_total", "what" => "untyped").increment(1);
                tracing::warn!(sender, taken, typed, failed = standing.failed, "nearly no code of a sender is typed");
            }
            (true, false) => tracing::info!(sender, taken, typed, "the codes of a sender are typed again"),
            (false, _) => {}
        }
        Ok(())
    }

    fn told(&self, row: &SenderRow, standing: &Standing, untyped: bool) -> AuditEntry {
        let now = self.inner.clock.now();
        let mut detail = json!({ "taken": standing.taken, "typed": standing.typed, "failed": standing.failed });
        if untyped {
            let advice = standing.advice();
            detail["advice"] = json!({ "en": advice.get(Lang::En), "zh": advice.get(Lang::Zh) });
        }
        AuditEntry {
            id: self.inner.random.ulid(now),
            at: now,
            actor: "system".to_owned(),
            action: "sms.typed".to_owned(),
            target: format!("sender:{}", row.name),
            outcome: if untyped { "nearly_none" } else { "ok" }.to_owned(),
            request_id: String::new(),
            address: String::new(),
            detail: detail.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(taken: usize, typed: usize) -> Standing {
        Standing { taken, typed, ..Standing::default() }
    }

    #[test]
    fn one_in_ten_is_the_line_and_one_in_five_its_end() {
        for (taken, typed, untyped, again) in [
            (9, 0, false, false),
            (10, 0, true, false),
            (10, 1, false, false),
            (20, 1, true, false),
            (20, 2, false, false),
            (20, 3, false, false),
            (20, 4, false, true),
            (0, 0, false, false),
        ] {
            let standing = standing(taken, typed);
            assert_eq!((standing.is_untyped(), standing.is_typed_again()), (untyped, again), "{typed} of {taken}");
        }
    }

    #[test]
    fn what_the_provider_said_is_in_the_advice() {
        let told = Standing { failed: 12, failure: Some("30034".to_owned()), ..standing(20, 0) };
        for lang in Lang::ALL {
            let advice = told.advice();
            assert!(advice.get(lang).contains("30034") && advice.get(lang).contains("12"), "{advice}");
        }
    }
}
