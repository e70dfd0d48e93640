//! What the tokens of applications are called: a connector with a wrong secret shares nothing with the right one.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use hufu::base::clock::Clock;
use hufu::base::lang::Lang;
use hufu::base::secret::Secret;
use hufu::connectors::app_token::{AppTokens, Fetch};
use hufu::connectors::{Check, Trouble};
use serde_json::{Value, json};

use super::turns::{CALLBACK, open, turn};
use crate::support::upstream::Upstream;

/// Notes the names it is asked for.
#[derive(Default)]
struct Names(Mutex<Vec<String>>);

impl AppTokens for Names {
    fn get<'a>(&'a self, name: &'a str, _: Fetch<'a>) -> BoxFuture<'a, Result<Secret, Trouble>> {
        self.0.lock().unwrap().push(name.to_owned());
        Box::pin(async { Ok(Secret::new("token")) })
    }

    fn refused<'a>(&'a self, _: &'a str, _: &'a Secret) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

async fn name(kind: &str, settings: &Value) -> String {
    let (upstream, names) = (Upstream::start().await, Arc::new(Names::default()));
    let turn = turn(&upstream);
    let check = Check {
        outbound: turn.outbound.clone(),
        callback_url: CALLBACK.to_owned(),
        now: Clock::System.now(),
        lang: Lang::En,
        connector: turn.connector.clone(),
        hook_url: "https://id.example.com/hook/upstream".to_owned(),
        tokens: Arc::<Names>::clone(&names),
    };
    open(kind, settings).check(&check).await;
    let names = names.0.lock().unwrap();
    names.first().unwrap_or_else(|| panic!("{kind}: no token was asked for")).clone()
}

#[tokio::test]
async fn each_secret_of_an_application_has_a_token_of_its_own() {
    let official = json!({ "appid": "wx0000000000000002", "secret": "right", "token": "pushtoken" });
    let mini = json!({ "appid": "wx0000000000000003", "secret": "right", "page": "pages/confirm" });
    let wecom = json!({ "corpid": "wwcorp", "agentid": "1000002", "secret": "right" });
    let dingtalk = json!({ "app_key": "dingkey", "app_secret": "right", "corp_id": "dingcorp" });
    for (kind, field, settings) in [
        ("wechat_official", "secret", official),
        ("wechat_mini", "secret", mini),
        ("wecom", "secret", wecom),
        ("dingtalk", "app_secret", dingtalk),
    ] {
        let mut wrong = settings.clone();
        wrong[field] = json!("wrong");
        let (right, again, other) =
            (name(kind, &settings).await, name(kind, &settings).await, name(kind, &wrong).await);
        assert_eq!(right, again, "{kind}: instances with one secret share it");
        assert_ne!(right, other, "{kind}");
        assert!(!right.contains("right"), "{kind}: the secret itself is in no name");
    }
}
