//! One thing presented to two nodes at once has one taker (security.md R6, R7, R10).

use futures::future::join_all;

use super::nodes::{Nodes, redeeming, refreshing, text};
use crate::support::http::Answer;

const AT_ONCE: usize = 24;
const ROUNDS: usize = 3;
const OFFLINE: (&str, &str) = ("scope", "openid offline_access");

/// Who was honoured. Of the others each is refused, or on a busy machine told to come back; nothing else.
fn granted(answers: &[Answer]) -> Vec<&Answer> {
    let refusals = [(400, "invalid_grant"), (503, "temporarily_unavailable")];
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert!(refusals.contains(&(answer.status.as_u16(), answer.error().as_str())), "{answer:?}");
    }
    answers.iter().filter(|answer| answer.status == 200).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_s99_one_code_at_two_nodes_at_once_is_honoured_once() {
    let Nodes { a, b } = Nodes::start().await;
    let application = a.application().await;
    let browser = a.signed_in(&a.person("lin").await).await;
    for round in 0..ROUNDS {
        let code = browser.code(&application, &[OFFLINE]).await;
        let fields = redeeming(&application, &code);
        let (a_fields, b_fields) = (fields, fields);
        let answers = join_all((0..AT_ONCE).map(|number| {
            let (browser, application, b) = (&browser, &application, &b);
            async move {
                match number % 2 {
                    0 => browser.token(application, &a_fields).await,
                    _ => b.token(browser, application, &b_fields).await,
                }
            }
        }))
        .await;
        let granted = granted(&answers);
        assert_eq!(granted.len(), 1, "round {round}");
        // The other uses were a replay: what the first one bought is dead, on both nodes.
        assert_eq!(b.userinfo(&browser, &text(granted[0], "access_token")).await.status, 401, "round {round}");
        let refused = browser.token(&application, &refreshing(&text(granted[0], "refresh_token"))).await;
        assert_eq!(refused.error(), "invalid_grant", "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_one_refresh_token_at_two_nodes_at_once_has_at_most_one_living_branch() {
    let Nodes { a, b } = Nodes::start().await;
    let application = a.application().await;
    let browser = a.signed_in(&a.person("lin").await).await;
    for round in 0..ROUNDS {
        let code = browser.code(&application, &[OFFLINE]).await;
        let first = browser.redeem(&application, &code).await;
        let token = text(&first, "refresh_token");
        let answers = join_all((0..AT_ONCE).map(|number| {
            let (browser, application, b, token) = (&browser, &application, &b, &token);
            async move {
                match number % 2 {
                    0 => browser.token(application, &refreshing(token)).await,
                    _ => b.token(browser, application, &refreshing(token)).await,
                }
            }
        }))
        .await;
        let granted = granted(&answers);
        assert!(!granted.is_empty(), "round {round}: the first use is honoured");
        let mut living = 0;
        for answer in granted {
            let used = b.token(&browser, &application, &refreshing(&text(answer, "refresh_token"))).await;
            living += usize::from(used.status == 200);
        }
        assert!(living <= 1, "round {round}: {living} branches live");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_an_answer_that_was_lost_on_one_node_is_made_good_on_the_other() {
    let Nodes { a, b } = Nodes::start().await;
    let application = a.application().await;
    let browser = a.signed_in(&a.person("lin").await).await;
    let code = browser.code(&application, &[OFFLINE]).await;
    let token = text(&browser.redeem(&application, &code).await, "refresh_token");
    let lost = text(&browser.token(&application, &refreshing(&token)).await, "refresh_token");
    let again = text(&b.token(&browser, &application, &refreshing(&token)).await, "refresh_token");
    assert_eq!(b.token(&browser, &application, &refreshing(&again)).await.status, 200, "the retry is honoured");
    assert_eq!(browser.token(&application, &refreshing(&lost)).await.error(), "invalid_grant", "the lost one is dead");
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_two_nodes_register_one_user_name_once() {
    let Nodes { a, b } = Nodes::start().await;
    let application = a.application().await;
    for (round, names) in [["lin", "lin"], ["Mei", "mEI"]].into_iter().enumerate() {
        let mut doors = Vec::new();
        for _ in names {
            let browser = a.browser();
            let path = browser.authorize(&application, &[]).await.own_location(&a.issuer).expect("an interaction");
            let csrf = browser.get(&path).await.hidden("csrf").expect("a form");
            doors.push((browser, path, csrf));
        }
        let emails = [format!("one{round}@example.org"), format!("two{round}@example.org")];
        let fields = |which: usize| {
            let csrf = doors[which].2.as_str();
            let password = "a quite long 7 password";
            [
                ("csrf", csrf),
                ("username", names[which]),
                ("name", "X"),
                ("email", &emails[which]),
                ("password", password),
            ]
        };
        let paths = [format!("{}/register", doors[0].1), format!("{}/register", doors[1].1)];
        let (one, two) = (fields(0), fields(1));
        let (one, two) = tokio::join!(doors[0].0.post_form(&paths[0], &one), b.post(&doors[1].0, &paths[1], &two));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (303, 303), "round {round}");
        let mut registered = 0;
        for (browser, path, _) in &doors {
            let outcome = browser.follow(browser.get(path).await).await;
            match outcome.query("code") {
                Some(_) => registered += 1,
                // The loser is still at the form, and may choose another name.
                None => assert!(outcome.hidden("csrf").is_some(), "round {round}: {outcome:?}"),
            }
        }
        assert_eq!(registered, 1, "round {round}");
        let named = b.app.store.users(Some(names[0]), None, 10).await.unwrap();
        assert_eq!(named.len(), 1, "round {round}: {named:?}");
    }
}
