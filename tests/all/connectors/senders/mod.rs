//! Senders of short messages: the requests of the official clients byte for
//! byte, and everything a provider may answer.

mod encode;
mod failover;
mod golden;
mod practised;
mod refusals;
mod silent;
mod through;

use std::sync::Arc;
use std::time::Duration;

use hufu::base::lang::Lang;
use hufu::base::outbound::{Limits, Outbound};
use hufu::base::phone::Phone;
use hufu::base::secret::Secret;
use hufu::connectors::senders::{Message, Nonces, Receipt, SendTrouble, Sender, Sending, kind};
use serde_json::{Map, Value};

use crate::support::upstream::{Reply, Upstream};

/// The clock of the worked examples.
const NOW: i64 = 1_748_766_600;
/// Their nonce.
const NONCE: &str = "5f3c9a7e1b2d4c6f8a0b1c2d3e4f5061";

const ALIYUN: &str = "/dysmsapi.aliyuncs.com/";
const TENCENT: &str = "/sms.tencentcloudapi.com/";
const TWILIO: &str = "/api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json";
const SNS: &str = "/sns.us-east-1.amazonaws.com/";

/// Each provider, and the path under which it is scripted.
const PROVIDERS: [(&str, &str); 4] = [("aliyun", ALIYUN), ("tencent", TENCENT), ("twilio", TWILIO), ("aws", SNS)];

/// For whoever is to be heard: patient enough for a machine that has much else to do.
fn sending(origin: &str) -> Sending {
    within(origin, Duration::from_secs(30))
}

fn within(origin: &str, total: Duration) -> Sending {
    let limits = Limits { connect: total, total, body: 64 * 1024 };
    Sending {
        outbound: Outbound::practice(origin, limits),
        now: NOW,
        nonces: Nonces::Fixed(NONCE.to_owned()),
        report_to: None,
    }
}

fn message(to: &str) -> Message {
    Message {
        to: Phone::parse(to, "CN").unwrap(),
        code: Secret::new("123456"),
        minutes: 5,
        product: "Example".to_owned(),
        host: String::new(),
        lang: Lang::En,
        template: None,
        signature: None,
    }
}

/// A sender of this kind with its practice settings and these over them.
fn open(id: &str, settings: &[(&str, &str)]) -> Arc<dyn Sender> {
    let kind = kind(id).unwrap();
    let given = kind.practice.iter().chain(settings);
    let settings = given.map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect::<Map<_, _>>();
    match (kind.open)(&Value::Object(settings)) {
        Ok(sender) => sender,
        Err(wrong) => panic!("{id}: {wrong:?}"),
    }
}

/// What a practice-configured sender makes of one answer, and how often it asked.
async fn answered(id: &str, path: &str, reply: Reply) -> (Result<Receipt, SendTrouble>, usize) {
    answered_by(id, (path, reply), sending).await
}

/// The same, sent in this way.
async fn answered_by(
    id: &str,
    (path, reply): (&str, Reply),
    how: fn(&str) -> Sending,
) -> (Result<Receipt, SendTrouble>, usize) {
    let upstream = Upstream::start().await;
    upstream.on(path, reply);
    let outcome = open(id, &[]).send(&how(upstream.origin()), &message("+8613900001234")).await;
    (outcome, upstream.all().len())
}
