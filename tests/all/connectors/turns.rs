//! A turn of a conversation, as the engine would make it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use hufu::base::id::{ConnectorId, UserId};
use hufu::base::lang::Lang;
use hufu::base::outbound::{Limits, Outbound};
use hufu::base::place::Place;
use hufu::base::secret::Secret;
use hufu::connectors::app_token::{AppTokens, Fetch};
use hufu::connectors::phone_codes::{CodeChecked, CodeSent, PhoneCodes, SendAs};
use hufu::connectors::step::PhoneWrong;
use hufu::connectors::{Check, Connector, Finding, Identity, LocalPasswords, Reply, Step, Trouble, Turn, kind};
use serde_json::Value;

use crate::support::upstream::Upstream;

pub const NOW: i64 = 1_750_000_000;
pub const CALLBACK: &str = "https://id.example.com/callback/upstream";
pub const NONCE: &str = "nOnCe0123456789nOnCe0123456789nOnCe01234567";

/// Knows nobody but Li Lei.
struct OnlyLiLei;

impl LocalPasswords for OnlyLiLei {
    fn verify<'a>(&'a self, name: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<UserId, Trouble>> {
        Box::pin(async move {
            if name == "lilei" && password.matches("hunter22") {
                Ok(UserId::new("user-1"))
            } else {
                Err(Trouble::Wrong)
            }
        })
    }
}

/// What a trouble has to be.
pub type Told = fn(&Trouble) -> bool;

/// Keeps nothing: each call asks the platform.
pub struct FreshTokens;

impl AppTokens for FreshTokens {
    fn get<'a>(&'a self, _name: &'a str, fetch: Fetch<'a>) -> BoxFuture<'a, Result<Secret, Trouble>> {
        Box::pin(async move { Ok(fetch().await?.token) })
    }

    fn refused<'a>(&'a self, _name: &'a str, _token: &'a Secret) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

/// No phone anywhere.
struct NoPhones;

impl PhoneCodes for NoPhones {
    fn send<'a>(&'a self, _: &'a str, _: &'a str, _: &'a SendAs) -> BoxFuture<'a, Result<CodeSent, Trouble>> {
        Box::pin(async { Ok(CodeSent::Not(PhoneWrong::NotSent)) })
    }

    fn check<'a>(&'a self, _: &'a str, _: &'a Secret) -> BoxFuture<'a, Result<CodeChecked, Trouble>> {
        Box::pin(async { Ok(CodeChecked::Gone) })
    }
}

/// The way to a practice origin, with less patience than in earnest.
pub fn way_to(origin: &str) -> Outbound {
    Outbound::practice(origin, Limits { total: Duration::from_secs(2), ..Limits::default() })
}

pub fn turn(upstream: &Upstream) -> Turn {
    Turn {
        connector: ConnectorId::new("01conn"),
        outbound: way_to(upstream.origin()),
        now: NOW,
        callback_url: CALLBACK.to_owned(),
        state: "sTaTe0123456789sTaTe0123456789sTaTe01234567".to_owned(),
        nonce: NONCE.to_owned(),
        code_verifier: Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        hint: None,
        prompt_login: false,
        max_age: None,
        memo: None,
        lang: Lang::En,
        agent: "test".to_owned(),
        place: Place::Desk,
        silent: false,
        frame: false,
        scene: "sCeNe0123456789sCeNe0123456789sC".to_owned(),
        local: Arc::new(OnlyLiLei),
        tokens: Arc::new(FreshTokens),
        phone_codes: Arc::new(NoPhones),
    }
}

/// Builds a connector; `settings` must be right.
pub fn open(id: &str, settings: &Value) -> Arc<dyn Connector> {
    match (kind(id).unwrap().open)(settings, &ConnectorId::new("01conn")) {
        Ok(connector) => connector,
        Err(wrong) => panic!("{wrong:?}"),
    }
}

/// The fields that are refused.
pub fn wrong(id: &str, settings: &Value) -> Vec<String> {
    match (kind(id).unwrap().open)(settings, &ConnectorId::new("01conn")) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.into_iter().map(|wrong| wrong.field).collect(),
    }
}

pub fn callback(pairs: &[(&str, &str)]) -> Reply {
    Reply::Callback(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>())
}

/// Comes back with a code.
pub async fn sign_in(connector: &dyn Connector, turn: &Turn) -> Result<Identity, Trouble> {
    match connector.answer(turn, callback(&[("code", "4/0Ab_code")])).await? {
        Step::Known(identity) => Ok(*identity),
        other => panic!("{other:?}"),
    }
}

/// The parameters a browser is sent away with, and the address without them.
pub async fn sent_to(connector: &dyn Connector, turn: &Turn) -> (String, BTreeMap<String, String>) {
    let Step::Go { url, .. } = connector.begin(turn).await.unwrap() else { panic!("no redirect") };
    let url = url::Url::parse(&url).unwrap();
    let parameters = url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    (format!("{}{}", url.origin().ascii_serialization(), url.path()), parameters)
}

pub async fn examine(connector: &dyn Connector, upstream: &Upstream, lang: Lang) -> Vec<Finding> {
    let turn = turn(upstream);
    let check = Check {
        outbound: turn.outbound.clone(),
        callback_url: CALLBACK.to_owned(),
        now: hufu::base::clock::Clock::System.now(),
        lang,
        connector: turn.connector.clone(),
        hook_url: "https://id.example.com/hook/upstream".to_owned(),
        tokens: Arc::clone(&turn.tokens),
    };
    connector.check(&check).await
}

/// The reason of an unusable answer.
pub fn reason(result: Result<Identity, Trouble>) -> String {
    match result {
        Err(Trouble::BadReply(reason)) => reason,
        other => panic!("{other:?}"),
    }
}
