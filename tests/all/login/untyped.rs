//! Senders whose provider takes everything and delivers nothing: the administrator is told, once.

use hufu::login::otp::LIFE;

use super::senders::{ALIYUN, House, taken_by_aliyun};
use crate::support::stores::stores;

impl House {
    /// Sends so many codes, of which the first `typed` are typed, and waits until they are over.
    async fn sent(&self, many: usize, typed: usize, round: &str) {
        for one in 0..many {
            let row = format!("{round} {one}");
            self.deliver_code(&[], true, &row).await.unwrap();
            if one < typed {
                let typed = self.at.store.write(move |tx| {
                    let row = row.clone();
                    Box::pin(async move { tx.mark_typed(&row).await })
                });
                assert!(typed.await.unwrap(), "the message is remembered");
            }
        }
        self.clock.advance(LIFE);
    }

    /// `outcome` and detail of what was told about codes that nobody types, oldest first.
    async fn told(&self) -> Vec<(String, String)> {
        self.senders.watch().await.unwrap();
        let mut rows = self.at.store.audit(None, 500).await.unwrap();
        rows.reverse();
        let told = rows.into_iter().filter(|row| row.action == "sms.typed");
        told.map(|row| {
            assert_eq!(row.target, "sender:main");
            assert!(!row.detail.contains("13900001234") && !row.detail.contains("048213"), "{}", row.detail);
            (row.outcome, row.detail)
        })
        .collect()
    }
}

#[tokio::test]
async fn codes_that_nobody_types_are_told_once_and_so_is_their_end() {
    for (name, at) in stores().await {
        let house = House::new(at).await;
        house.add("aliyun", "main", true).await;
        house.upstream.on(ALIYUN, taken_by_aliyun());
        house.sent(9, 0, "few").await;
        assert_eq!(house.told().await, [], "{name}: nine tell nothing");
        house.sent(11, 1, "many").await;
        let told = house.told().await;
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert_eq!(told[0].0, "nearly_none");
        let detail: serde_json::Value = serde_json::from_str(&told[0].1).unwrap();
        assert_eq!((&detail["taken"], &detail["typed"]), (&20.into(), &1.into()), "{name}: {detail}");
        for word in ["sandbox", "signature", "template", "budget", "opted out"] {
            assert!(detail["advice"]["en"].as_str().unwrap().contains(word), "{name}: {detail}");
        }
        assert!(detail["advice"]["zh"].as_str().unwrap().contains("沙盒"), "{name}: {detail}");
        assert_eq!(house.told().await.len(), 1, "{name}: not again");
        house.sent(2, 2, "better").await;
        assert_eq!(house.told().await.len(), 1, "{name}: three of twenty");
        house.sent(1, 1, "well").await;
        let told = house.told().await;
        assert_eq!(told.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["nearly_none", "ok"], "{name}");
    }
}

#[tokio::test]
async fn codes_that_are_typed_and_codes_that_still_may_be_are_no_warning() {
    for (name, at) in stores().await {
        let house = House::new(at).await;
        house.add("aliyun", "main", true).await;
        house.upstream.on(ALIYUN, taken_by_aliyun());
        house.sent(20, 2, "typed").await;
        house.clock.advance(-LIFE);
        assert_eq!(house.told().await, [], "{name}: their life is not over");
        house.clock.advance(LIFE);
        assert_eq!(house.told().await, [], "{name}: two of twenty");
    }
}
