//! After which failure the next sender is asked, and after which nobody is.

use std::time::Duration;

use futures::future::BoxFuture;
use hufu::base::phone::Phone;
use hufu::connectors::senders::route::{Stop, first_accepted};
use hufu::connectors::senders::{Message, Receipt, SendTrouble, Sender, Sending, Why};

use super::{message, sending};

/// Says always the same.
struct Says(Result<(), Why>, bool);

impl Sender for Says {
    fn serves(&self, _to: &Phone) -> bool {
        self.1
    }

    fn send<'a>(&'a self, _: &'a Sending, _: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>> {
        Box::pin(async {
            match self.0 {
                Ok(()) => Ok(Receipt { message_id: "m".to_owned() }),
                Err(why) => Err(SendTrouble::new(why, "code", "")),
            }
        })
    }
}

/// Who was asked, and the last word.
async fn asked(senders: &[(&str, Says)]) -> (Vec<String>, Result<(), Why>) {
    let stops = senders.iter().map(|(name, sender)| Stop { name, sender, cx: sending("http://127.0.0.1:9") });
    let attempts =
        first_accepted(&stops.collect::<Vec<_>>(), &message("+8613900001234"), Duration::from_millis(300)).await;
    let last = attempts.last().unwrap().outcome.as_ref().map(|_| ()).map_err(|trouble| trouble.why);
    (attempts.into_iter().map(|attempt| attempt.sender).collect(), last)
}

#[tokio::test]
async fn the_first_that_takes_it_is_the_last_that_is_asked() {
    let (names, last) = asked(&[("a", Says(Ok(()), true)), ("b", Says(Ok(()), true))]).await;
    assert_eq!((names, last), (vec!["a".to_owned()], Ok(())));
}

#[tokio::test]
async fn a_senders_own_trouble_goes_on_to_the_next() {
    let own = [Why::NotServed, Why::AccountLimit, Why::Misconfigured, Why::Refused, Why::Unreachable];
    for why in own {
        let (names, last) = asked(&[("a", Says(Err(why), true)), ("b", Says(Ok(()), true))]).await;
        assert_eq!((names.len(), last), (2, Ok(())), "{why:?}");
    }
}

#[tokio::test]
async fn trouble_with_the_number_or_a_message_that_may_be_out_stops() {
    for why in [Why::BadNumber, Why::OptedOut, Why::TooOften, Why::Unclear] {
        let (names, last) = asked(&[("a", Says(Err(why), true)), ("b", Says(Ok(()), true))]).await;
        assert_eq!((names.len(), last), (1, Err(why)));
    }
}

/// Never answers.
struct Hangs;

impl Sender for Hangs {
    fn serves(&self, _to: &Phone) -> bool {
        true
    }

    fn send<'a>(&'a self, _: &'a Sending, _: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn when_all_together_take_too_long_each_that_was_asked_is_told() {
    let (away, refuses) = (Says(Ok(()), false), Says(Err(Why::Unreachable), true));
    let senders: [(&str, &dyn Sender); 4] = [("away", &away), ("a", &refuses), ("b", &Hangs), ("c", &refuses)];
    let stops = senders.map(|(name, sender)| Stop { name, sender, cx: sending("http://127.0.0.1:9") });
    let attempts = first_accepted(&stops, &message("+8613900001234"), Duration::from_millis(50)).await;
    let told = attempts.iter().map(|one| (one.sender.as_str(), one.outcome.as_ref().unwrap_err().why));
    assert_eq!(told.collect::<Vec<_>>(), [("a", Why::Unreachable), ("b", Why::Unclear)]);
}

#[tokio::test]
async fn senders_for_other_countries_are_passed_over_and_none_at_all_is_said() {
    let (names, last) = asked(&[("a", Says(Ok(()), false)), ("b", Says(Ok(()), true))]).await;
    assert_eq!((names, last), (vec!["b".to_owned()], Ok(())));
    let (names, last) = asked(&[("a", Says(Ok(()), false))]).await;
    assert_eq!((names, last), (vec![String::new()], Err(Why::NotServed)));
    assert_eq!(asked(&[]).await.1, Err(Why::NotServed));
}
