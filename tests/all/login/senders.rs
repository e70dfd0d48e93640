//! Codes on their way: which senders are asked, what the audit says, and that the two worlds never meet.

use std::sync::Arc;

use hufu::base::clock::Clock;
use hufu::base::id::SenderId;
use hufu::base::lang::Lang;
use hufu::base::outbound::Policy;
use hufu::base::phone::Phone;
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer, Secret};
use hufu::connectors::phone_codes::SendAs;
use hufu::connectors::senders::kind;
use hufu::connectors::settings::seal_fields;
use hufu::login::otp::{Delivery as _, Message, NotDelivered};
use hufu::login::senders::{Ground, Senders};
use hufu::store::audit::AuditEntry;
use hufu::store::senders::SenderRow;
use serde_json::{Map, Value, json};

use crate::support::stores::{START, TestStore, stores};
use crate::support::upstream::{Reply, Upstream};

pub(super) const ALIYUN: &str = "/dysmsapi.aliyuncs.com/";
const TENCENT: &str = "/sms.tencentcloudapi.com/";

/// A store with senders, and providers that answer as told.
pub(super) struct House {
    pub at: TestStore,
    pub upstream: Upstream,
    sealer: Arc<Sealer>,
    pub senders: Senders,
    pub clock: Clock,
}

impl House {
    pub async fn new(at: TestStore) -> Self {
        let random = Random::seeded(9);
        let sealer = Arc::new(Sealer::new(&MasterKey::generate(&random), random.clone()).unwrap());
        let upstream = Upstream::start().await;
        let clock = Clock::fixed(START);
        let ground = Ground {
            store: at.store.clone(),
            sealer: Arc::clone(&sealer),
            clock: clock.clone(),
            random,
            issuer: Arc::from("https://id.example.com"),
        };
        let senders = Senders::new(ground, Arc::new(Policy::default()), Some(upstream.origin()));
        Self { at, upstream, sealer, senders, clock }
    }

    pub async fn add(&self, kind_id: &str, name: &str, practice: bool) {
        let kind = kind(kind_id).unwrap();
        let id = SenderId::new(format!("s_{name}"));
        let given = kind.practice.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let given = given.collect::<Vec<_>>();
        let sealed = seal_fields(&self.sealer, kind.fields, &format!("sender:{id}"), &given, &Map::new()).unwrap();
        let row = SenderRow {
            id,
            version: 1,
            created_at: START,
            updated_at: START,
            kind: kind_id.to_owned(),
            name: name.to_owned(),
            position: 0,
            enabled: true,
            practice,
            settings: Value::Object(sealed).to_string(),
            untyped_since: 0,
        };
        let insert = self.at.store.write(move |tx| {
            let row = row.clone();
            Box::pin(async move { tx.insert_sender(&row).await })
        });
        insert.await.unwrap();
    }

    pub async fn deliver(&self, names: &[&str], practice: bool) -> Result<(), NotDelivered> {
        self.deliver_code(names, practice, "lies here").await
    }

    pub async fn deliver_code(&self, names: &[&str], practice: bool, row: &str) -> Result<(), NotDelivered> {
        let senders = names.iter().map(|name| (*name).to_owned()).collect();
        let message = Message {
            to: Phone::parse("13900001234", "CN").unwrap(),
            code: Secret::new("048213"),
            lifetime: 300,
            row: row.to_owned(),
            how: SendAs { senders, ..SendAs::default() },
            practice,
            lang: Lang::Zh,
        };
        // Audit rows of one second have no order of their own.
        self.clock.advance(1);
        self.senders.deliver(&message).await
    }

    /// `target outcome` of each attempt, oldest first; none of them tells number or code.
    async fn audit(&self) -> Vec<String> {
        let mut rows: Vec<AuditEntry> = self.at.store.audit(None, 50).await.unwrap();
        rows.reverse();
        for row in &rows {
            assert_eq!(row.action, "sms.send");
            assert!(!row.detail.contains("13900001234") && !row.detail.contains("048213"), "{}", row.detail);
        }
        rows.iter().map(|row| format!("{} {}", row.target, row.outcome)).collect()
    }
}

pub(super) fn taken_by_aliyun() -> Reply {
    Reply::json(&json!({ "Code": "OK", "BizId": "1^0", "Message": "OK" }))
}

fn taken_by_tencent() -> Reply {
    Reply::json(&json!({ "Response": { "SendStatusSet": [{ "SerialNo": "5", "Code": "Ok" }] } }))
}

#[tokio::test]
async fn the_next_sender_takes_what_the_first_can_not_and_both_are_told() {
    for (name, at) in stores().await {
        let house = House::new(at).await;
        house.add("aliyun", "first", true).await;
        house.add("tencent", "second", true).await;
        house.upstream.on(ALIYUN, Reply::json(&json!({ "Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "no" })));
        house.upstream.on(TENCENT, taken_by_tencent());
        house.deliver(&[], true).await.expect(name);
        assert_eq!(house.audit().await, ["sender:first account_limit", "sender:second ok"], "{name}");
        let told = house.at.store.audit(None, 50).await.unwrap();
        let detail: Value = serde_json::from_str(&told[1].detail).unwrap();
        assert_eq!(detail["code"], "isv.AMOUNT_NOT_ENOUGH");
        assert_eq!(detail["to"], "+86 139****1234");
        assert!(detail["advice"]["zh"].as_str().unwrap().contains("充值"), "{name}: {detail}");
    }
}

#[tokio::test]
async fn only_the_named_senders_are_asked_and_in_that_order() {
    for (name, at) in stores().await {
        let house = House::new(at).await;
        house.add("aliyun", "first", true).await;
        house.add("tencent", "second", true).await;
        house.upstream.on(ALIYUN, taken_by_aliyun());
        house.upstream.on(TENCENT, taken_by_tencent());
        house.deliver(&["second", "first"], true).await.expect(name);
        assert_eq!(house.audit().await, ["sender:second ok"], "{name}");
        let error = house.deliver(&["gone"], true).await;
        // The practice world has a stand-in where nothing of its own is chosen.
        assert!(error.is_ok(), "{name}: {error:?}");
        assert_eq!(house.audit().await[1], "sender:practice ok", "{name}");
    }
}

#[tokio::test]
async fn a_real_message_never_goes_through_a_practice_sender_nor_the_other_way_round() {
    for (name, at) in stores().await {
        let house = House::new(at).await;
        house.add("aliyun", "pretended", true).await;
        house.upstream.on(ALIYUN, taken_by_aliyun());
        assert!(house.deliver(&[], false).await.is_err(), "{name}");
        assert!(house.deliver(&["pretended"], false).await.is_err(), "{name}");
        assert!(house.upstream.all().is_empty(), "{name}: nobody was asked");
        house.add("log", "real", false).await;
        house.deliver(&[], true).await.expect(name);
        house.deliver(&["real"], true).await.expect(name);
        let audit = house.audit().await;
        assert!(!audit.iter().any(|line| line.starts_with("sender:real")), "{name}: {audit:?}");
    }
}

#[tokio::test]
async fn a_message_that_may_be_out_counts_as_sent_and_one_too_often_does_not() {
    for (name, at) in stores().await {
        let house = House::new(at).await;
        house.add("aliyun", "first", true).await;
        house.add("tencent", "second", true).await;
        house.upstream.on(TENCENT, taken_by_tencent());
        house.upstream.on(ALIYUN, Reply::text(""));
        house.deliver(&[], true).await.expect(name);
        house.upstream.on(ALIYUN, Reply::json(&json!({ "Code": "isv.BUSINESS_LIMIT_CONTROL" })));
        assert!(house.deliver(&[], true).await.is_err(), "{name}: the caller gives the gap back");
        assert_eq!(house.audit().await, ["sender:first unclear", "sender:first too_often"], "{name}");
        assert!(house.upstream.seen(TENCENT).is_empty(), "{name}: no second provider for one number's limit");
    }
}

#[tokio::test]
async fn changes_are_seen_and_a_sender_that_does_not_open_is_told_and_passed_over() {
    for (name, at) in stores().await {
        let house = House::new(at).await;
        house.add("aliyun", "first", true).await;
        house.upstream.on(ALIYUN, taken_by_aliyun());
        house.upstream.on(TENCENT, taken_by_tencent());
        house.deliver(&[], true).await.expect(name);
        house.add("tencent", "second", true).await;
        let broken = house.at.store.write(|tx| {
            Box::pin(async move {
                let rows = SenderRow {
                    id: SenderId::new("s_first"),
                    version: 1,
                    created_at: START,
                    updated_at: START,
                    kind: "aliyun".to_owned(),
                    name: "first".to_owned(),
                    position: 1,
                    enabled: true,
                    practice: true,
                    settings: "{\"access_key_secret\":\"v1.damaged.damaged\"}".to_owned(),
                    untyped_since: 0,
                };
                tx.update_sender(&rows).await
            })
        });
        assert!(broken.await.unwrap(), "{name}");
        house.deliver(&[], true).await.expect(name);
        let audit = house.audit().await;
        assert_eq!(audit, ["sender:first ok", "sender:first misconfigured", "sender:second ok"], "{name}");
    }
}
