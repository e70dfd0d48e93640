//! Phones that a test can read, and what people do with them in a browser.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hufu::base::id::InteractionId;
use hufu::base::secret::Secret;
use hufu::connectors::Form;
use hufu::connectors::step::PhoneWrong;
use hufu::login::interaction::View;
use hufu::login::otp::{Delivery, Message, NotDelivered};

use super::house::{Browser, House};

/// The number of everybody's tests.
pub const NUMBER: &str = "13800000001";
/// The same as it is stored.
pub const E164: &str = "+8613800000001";

/// Every message that was sent: number, code, whether by practice.
#[derive(Default)]
pub struct Outbox {
    sent: Mutex<Vec<(String, String, bool)>>,
    /// No sender takes anything.
    pub broken: AtomicBool,
    /// No sender would take anything to this number.
    pub bad_number: AtomicBool,
}

impl Delivery for Outbox {
    fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), NotDelivered>> {
        async move {
            if self.broken.load(Ordering::SeqCst) {
                return Err(NotDelivered { why: "broken".to_owned(), is_of_the_number: false });
            }
            if self.bad_number.load(Ordering::SeqCst) {
                return Err(NotDelivered { why: "bad_number".to_owned(), is_of_the_number: true });
            }
            let one = (message.to.e164().to_owned(), message.code.expose().to_owned(), message.practice);
            self.sent.lock().unwrap().push(one);
            Ok(())
        }
        .boxed()
    }
}

impl Outbox {
    /// How many were sent.
    pub fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// The newest code of a number in E.164.
    pub fn code(&self, number: &str) -> String {
        let sent = self.sent.lock().unwrap();
        sent.iter().rev().find(|(to, _, _)| to == number).expect("a message for this number").1.clone()
    }

    /// Six digits that are not the newest code.
    pub fn wrong(&self, number: &str) -> String {
        if self.code(number) == "000000" { "111111".to_owned() } else { "000000".to_owned() }
    }
}

/// Fields of a form.
pub fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
}

impl House {
    /// Adds the method `phone` (and `practice-phone`).
    pub async fn with_phones(&self) {
        self.add_connector("phone", "sms", |_| {}).await;
        self.add_connector("practice-phone", "sms", |row| row.practice = true).await;
    }
}

impl Browser {
    /// Posts fields of a connector's own form; whether it was a sign-in.
    pub async fn answer(&mut self, id: &InteractionId, connector: &str, pairs: &[(&str, &str)]) -> bool {
        let stepped = self.login.answer_form(id, connector, fields(pairs), &self.visitor).await;
        self.keep(stepped)
    }

    /// Asks for a code to sign in with.
    pub async fn ask_code(&mut self, id: &InteractionId, number: &str) {
        let stepped = self.login.begin(id, "phone", &self.visitor).await;
        assert!(!self.keep(stepped));
        assert!(!self.answer(id, "phone", &[("phone", number), ("country", "CN")]).await);
    }

    /// The form on the page.
    pub async fn form(&self, id: &InteractionId) -> Form {
        match self.show(id).await {
            View::Ask(view) => view.form,
            View::Number(view) => view.form,
            other => panic!("a form was expected: {other:?}"),
        }
    }

    /// Why no code was sent.
    pub async fn number_wrong(&self, id: &InteractionId) -> Option<PhoneWrong> {
        match self.form(id).await {
            Form::PhoneNumber { wrong } => wrong,
            other => panic!("the form for a number was expected: {other:?}"),
        }
    }

    /// How many tries the page says are left.
    pub async fn tries_left(&self, id: &InteractionId) -> Option<u32> {
        match self.form(id).await {
            Form::PhoneCode { left, .. } => left,
            other => panic!("the form for a code was expected: {other:?}"),
        }
    }
}
