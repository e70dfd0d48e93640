//! The open senders: stored rows, built from their settings, asked in order,
//! every attempt told to the administrator in the audit.
//!
//! What a provider took is remembered (`taken`), and it is watched whether
//! people type the codes (`watch`): "accepted" is no delivery.
//!
//! The two worlds never meet: a practice message is taken by practice senders
//! only, a real one by real senders only (design.md §9).

mod asking;
mod reports;
mod taken;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::json;

use super::otp::{Delivery, Message, NotDelivered};
use crate::base::clock::{Clock, Seconds};
use crate::base::outbound::{Limits, Outbound, Policy};
use crate::base::random::Random;
use crate::base::secret::Sealer;
use crate::connectors::senders::route::{Attempt, Stop, first_accepted};
use crate::connectors::senders::{self, Nonces, SendTrouble, Sender, SenderKind, Sending, Why, kind};
use crate::connectors::settings;
use crate::store::audit::AuditEntry;
use crate::store::senders::SenderRow;
use crate::store::{Result, Store, UnderEpoch};

pub use watch::Standing;

/// All attempts together: whoever waits for the code sees a page by then.
const PATIENCE: Duration = Duration::from_secs(10);
/// The kind that stands in where the practice world has no sender of its own.
const STAND_IN: &str = "aliyun";

/// The senders as they stand. Cheap to clone.
#[derive(Clone)]
pub struct Senders {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    sealer: Arc<Sealer>,
    clock: Clock,
    random: Random,
    issuer: Arc<str>,
    /// Host of the sign-in page, for phones that fill in codes.
    host: String,
    real: Outbound,
    /// Absent where practice is off.
    practice: Option<Outbound>,
    open: UnderEpoch<Vec<Opened>>,
}

/// A stored sender, opened as far as its settings allow.
struct Opened {
    row: SenderRow,
    sender: Option<Arc<dyn Sender>>,
}

/// Which way a message is to take, and what it carries.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// The only senders asked, in that order; none named is every one that is on.
    pub names: &'a [String],
    /// By practice senders, or by real ones.
    pub practice: bool,
    /// Where its code lies.
    pub code: &'a str,
}

/// What the senders stand on.
pub struct Ground {
    pub store: Store,
    pub sealer: Arc<Sealer>,
    pub clock: Clock,
    pub random: Random,
    pub issuer: Arc<str>,
}

impl Senders {
    /// Over the stored rows. `practice` is the origin of the practice platforms, absent where they are off.
    #[must_use]
    pub fn new(ground: Ground, policy: Arc<Policy>, practice: Option<&str>) -> Self {
        let limits = Limits { connect: Duration::from_secs(4), total: Duration::from_secs(9), body: 64 * 1024 };
        let host = url::Url::parse(&ground.issuer).ok().filter(|url| url.scheme() == "https");
        let inner = Inner {
            host: host.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default(),
            real: Outbound::guarded(policy, limits.clone()),
            practice: practice.map(|origin| Outbound::practice(origin, limits)),
            open: UnderEpoch::default(),
            store: ground.store,
            sealer: ground.sealer,
            clock: ground.clock,
            random: ground.random,
            issuer: ground.issuer,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Hands the message to the first sender that takes it. The last attempt is
    /// the answer; each stands in the audit as `sms.send`.
    pub async fn send(&self, message: &senders::Message, way: Way<'_>) -> Result<Attempt> {
        let Way { names, practice, code } = way;
        let open = self.opened().await?;
        let chosen = |name: &str| names.is_empty() || names.iter().any(|one| one == name);
        let mut on: Vec<&Opened> = open
            .iter()
            .filter(|one| one.row.enabled && one.row.practice == practice && chosen(&one.row.name))
            .collect();
        on.sort_by_key(|one| names.iter().position(|name| *name == one.row.name));
        let stand_in = if practice && on.is_empty() { stand_in() } else { None };
        let (mut stops, mut passed_over) = (Vec::new(), Vec::new());
        for one in on {
            match one.sender.as_ref().and_then(|sender| self.stop(&one.row.name, sender.as_ref(), practice)) {
                Some(stop) => stops.push(stop),
                None => passed_over.push(unusable(&one.row.name)),
            }
        }
        stops.extend(stand_in.as_ref().and_then(|sender| self.stop("practice", sender.as_ref(), practice)));
        let attempts = [passed_over, first_accepted(&stops, message, PATIENCE).await].concat();
        self.noted(attempts, &open, (message, code)).await
    }

    /// Hands the message to exactly this stored sender, on or off: the administrator's test.
    pub async fn test(&self, row: &SenderRow, message: &senders::Message) -> Result<Attempt> {
        let opened = self.inner.opened(row.clone());
        let stop = opened.sender.as_ref().and_then(|sender| self.stop(&row.name, sender.as_ref(), row.practice));
        let attempts = match stop {
            Some(stop) => first_accepted(&[stop], message, PATIENCE).await,
            None => vec![unusable(&row.name)],
        };
        self.noted(attempts, &[opened], (message, "")).await
    }

    /// Puts the attempts into the audit, in their order, and gives the last one. What was taken is remembered.
    async fn noted(
        &self,
        attempts: Vec<Attempt>,
        open: &[Opened],
        (message, code): (&senders::Message, &str),
    ) -> Result<Attempt> {
        let now = self.inner.clock.now();
        // Ids of one second have no order of their own.
        let mut ids: Vec<String> = attempts.iter().map(|_| self.inner.random.ulid(now)).collect();
        ids.sort();
        let entries: Arc<Vec<AuditEntry>> =
            Arc::new(ids.into_iter().zip(&attempts).map(|(id, one)| entry((id, now), one, open, message)).collect());
        attempts.iter().for_each(counted);
        let taken: Arc<Vec<_>> =
            Arc::new(attempts.iter().filter_map(|one| self.taken(one, open, (message, code))).collect());
        let written = self.inner.store.write(move |tx| {
            let (entries, taken) = (Arc::clone(&entries), Arc::clone(&taken));
            Box::pin(async move {
                for entry in entries.iter() {
                    tx.audit(entry).await?;
                }
                for sent in taken.iter() {
                    tx.insert_sent_message(sent).await?;
                }
                Ok(())
            })
        });
        // A message that is out stays out: its outcome counts, told or not.
        if let Err(error) = written.await {
            tracing::error!(%error, "an attempt to send a message could not be written down");
        }
        Ok(attempts.into_iter().next_back().unwrap_or_else(|| unusable("")))
    }

    fn stop<'a>(&self, name: &'a str, sender: &'a dyn Sender, practice: bool) -> Option<Stop<'a>> {
        let outbound = if practice { self.inner.practice.clone()? } else { self.inner.real.clone() };
        let nonces = Nonces::Fresh(self.inner.random.clone());
        let report_to = self.reachable(name, practice);
        Some(Stop { name, sender, cx: Sending { outbound, now: self.inner.clock.now(), nonces, report_to } })
    }

    async fn opened(&self) -> Result<Arc<Vec<Opened>>> {
        let load = async || {
            let rows = self.inner.store.senders().await?;
            Ok(rows.into_iter().map(|row| self.inner.opened(row)).collect())
        };
        self.inner.open.get(&self.inner.store, load).await
    }

    /// The words of a message: everything but number and code.
    pub(crate) async fn message(&self, message: &Message) -> Result<senders::Message> {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(senders::Message {
            to: message.to.clone(),
            code: message.code.clone(),
            minutes: minutes(message.lifetime),
            product: self.product().await?,
            host: self.inner.host.clone(),
            lang: message.lang,
            template: given(&message.how.template),
            signature: given(&message.how.signature),
        })
    }

    /// What people know this place as.
    async fn product(&self) -> Result<String> {
        let stored = self.inner.store.setting("product").await?;
        let name = stored.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        Ok(name.and_then(|product| product["name"].as_str().map(str::to_owned)).unwrap_or_else(|| "Hufu".to_owned()))
    }
}

impl Inner {
    fn opened(&self, row: SenderRow) -> Opened {
        let sender = kind(&row.kind).and_then(|kind| {
            let opened = settings::open_fields(&self.sealer, kind.fields, &owner(&row), &row.settings);
            opened.ok().and_then(|settings| (kind.open)(&settings).ok())
        });
        if sender.is_none() {
            tracing::error!(sender = row.name, "the settings or a secret of this sender can't be used");
        }
        Opened { row, sender }
    }
}

fn counted(attempt: &Attempt) {
    let outcome = attempt.outcome.as_ref().map_or_else(|trouble| trouble.why.word(), |_| "accepted");
    count(&attempt.sender, outcome);
}

/// One message of a sender, and what became of it.
fn count(sender: &str, outcome: &'static str) {
    metrics::counter!("hufu_sms_messages_total", "sender" => sender.to_owned(), "outcome" => outcome).increment(1);
}

/// In front of the purpose under which a sender's secrets are sealed.
pub(crate) fn owner(row: &SenderRow) -> String {
    format!("sender:{}", row.id)
}

/// The practice world works without anything being set up.
fn stand_in() -> Option<Arc<dyn Sender>> {
    let kind = kind(STAND_IN)?;
    let settings = kind.practice.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    (kind.open)(&serde_json::Value::Object(settings)).ok()
}

fn unusable(name: &str) -> Attempt {
    let text = "its settings or secrets can't be used, or practice is off";
    Attempt { sender: name.to_owned(), outcome: Err(SendTrouble::new(Why::Misconfigured, "settings", text)) }
}

/// The audit row of an attempt: the provider's code and what to do about it, never the code or the whole number.
fn entry((id, at): (String, Seconds), attempt: &Attempt, open: &[Opened], message: &senders::Message) -> AuditEntry {
    let kind = open.iter().find(|one| one.row.name == attempt.sender).and_then(|one| kind(&one.row.kind));
    let (outcome, mut detail) = told(attempt, kind);
    detail["to"] = json!(message.to.masked());
    AuditEntry {
        id,
        at,
        actor: "system".to_owned(),
        action: "sms.send".to_owned(),
        target: format!("sender:{}", attempt.sender),
        outcome,
        request_id: String::new(),
        address: String::new(),
        detail: detail.to_string(),
    }
}

fn told(attempt: &Attempt, kind: Option<&SenderKind>) -> (String, serde_json::Value) {
    match &attempt.outcome {
        Ok(receipt) => ("ok".to_owned(), json!({ "message_id": receipt.message_id })),
        Err(trouble) => {
            let advice = kind.map(|kind| kind.advice(trouble));
            let detail = json!({
                "code": trouble.code, "said": trouble.detail,
                "advice": advice.map(|text| json!({ "en": text.en, "zh": text.zh })),
            });
            (trouble.why.word().to_owned(), detail)
        }
    }
}

/// Whole minutes, never none.
const fn minutes(seconds: Seconds) -> i64 {
    if seconds < 60 { 1 } else { seconds / 60 }
}

impl Delivery for Senders {
    fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, std::result::Result<(), NotDelivered>> {
        Box::pin(async move {
            let down = |error: crate::store::Error| NotDelivered { why: error.to_string(), is_of_the_number: false };
            let words = self.message(message).await.map_err(down)?;
            let way = Way { names: &message.how.senders, practice: message.practice, code: &message.row };
            let attempt = self.send(&words, way).await.map_err(down)?;
            match attempt.outcome {
                // What may be on its way counts as sent (sms.md §1.10).
                Ok(_) | Err(SendTrouble { why: Why::Unclear, .. }) => Ok(()),
                Err(trouble) => Err(NotDelivered {
                    why: format!("{}: {trouble}", attempt.sender),
                    is_of_the_number: trouble.why.stops(),
                }),
            }
        })
    }
}
