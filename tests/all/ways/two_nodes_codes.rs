//! One code of a message, and one step without pages, brought to two nodes at once (security.md R8).

use futures::future::join_all;

use super::place::{DESK, Place};
use super::program::{Program, metadata};
use super::sms;
use super::visit::Visit;
use crate::reliability::nodes::Node;
use crate::support::http::{Answer, VERIFIER};
use crate::support::server::{Application, PASSWORD};
use crate::support::stores;

const AT_ONCE: usize = 24;
const ROUNDS: usize = 3;
const METHOD: &str = "sms-practice";
const ANSWER: &str = "answer/sms-practice";

/// A visit that has asked the first node for a code to this number.
async fn asked<'a>(place: &'a Place, application: &'a Application, number: &str) -> Visit<'a> {
    place.server.clock.advance(60);
    let visit = Visit::begin(place, application, DESK).await;
    visit.with(METHOD, &[]).await;
    visit.post(ANSWER, &[("phone", number)]).await;
    visit
}

/// Brings the code to both nodes, in turns.
async fn tried(visit: &Visit<'_>, node: &Node, code: &str, times: usize) -> Vec<Answer> {
    let csrf = visit.page().await.hidden("csrf").expect("a form");
    let path = format!("{}/{ANSWER}", visit.path);
    join_all((0..times).map(|number| {
        let (csrf, path) = (&csrf, &path);
        async move {
            let fields = [("csrf", csrf.as_str()), ("code", code)];
            match number % 2 {
                0 => visit.browser.post_form(path, &fields).await,
                _ => node.post(&visit.browser, path, &fields).await,
            }
        }
    }))
    .await
}

/// How often somebody was signed in by a number.
async fn sign_ins(place: &Place) -> usize {
    let rows = place.server.app.store.audit(None, 1000).await.unwrap();
    let by_number = |target: &str| target == format!("connector:{METHOD}");
    rows.iter().filter(|row| row.action == "sign_in" && row.outcome == "ok" && by_number(&row.target)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_a_code_of_a_message_brought_to_two_nodes_at_once_signs_in_once() {
    let place = Place::over(stores::postgres().await, &["sms"]).await;
    let node = Node::beside(&place.server).await;
    let application = place.application().await;
    let first = asked(&place, &application, "13800000001").await;
    first.post(ANSWER, &[("code", &sms::code(&place, "+8613800000001").await)]).await;
    first.post("stranger", &[("door", "new"), ("name", "Li Lei")]).await;
    for round in 0..ROUNDS {
        // Each try costs the number one of its day.
        place.server.clock.advance(86_400);
        let visit = asked(&place, &application, "13800000001").await;
        let (code, before) = (sms::code(&place, "+8613800000001").await, sign_ins(&place).await);
        let answers = tried(&visit, &node, &code, AT_ONCE).await;
        assert!(
            answers.iter().all(|answer| [303, 503].contains(&answer.status.as_u16())),
            "round {round}: {answers:?}"
        );
        let told: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(sign_ins(&place).await - before, 1, "round {round}: {told:?} {}", visit.page().await.body);
        assert_eq!(visit.finish().await.name, "Li Lei", "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_tries_of_a_code_are_counted_over_both_nodes() {
    let place = Place::over(stores::postgres().await, &["sms"]).await;
    let node = Node::beside(&place.server).await;
    let application = place.application().await;
    for (number, times) in [("13800000003", 4), ("13800000004", 5), ("13800000005", AT_ONCE)] {
        let visit = asked(&place, &application, number).await;
        let right = sms::code(&place, &format!("+86{number}")).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        tried(&visit, &node, wrong, times).await;
        tried(&visit, &node, &right, 2).await;
        let taken = visit.page().await.body.contains("/stranger");
        assert_eq!(taken, times < 5, "after {times} wrong ones");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_a_step_without_pages_brought_to_two_nodes_at_once_is_taken_once() {
    let place = Place::over(stores::postgres().await, &[]).await;
    let node = Node::beside(&place.server).await;
    place.server.person("lin").await;
    let program = Program::with(&place, metadata()).await;
    let challenge = hufu::base::secret::digest(VERIFIER);
    for round in 0..2 {
        let begun = program.begin(&[]).await;
        let session = begun.json()["auth_session"].as_str().unwrap_or_else(|| panic!("{begun:?}")).to_owned();
        let fields = [
            ("client_id", program.application.id.as_str()),
            ("auth_session", &session),
            ("code_challenge", &challenge),
            ("username", "lin"),
            ("password", PASSWORD),
        ];
        let ways: Vec<_> = (0..AT_ONCE).map(|_| place.server.browser()).collect();
        let answers = join_all(ways.iter().enumerate().map(|(number, way)| {
            let node = &node;
            async move {
                match number % 2 {
                    0 => way.post_form("/authorize-challenge", &fields).await,
                    _ => node.post(way, "/authorize-challenge", &fields).await,
                }
            }
        }))
        .await;
        let (done, others): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(done.len(), 1, "round {round}: {answers:?}");
        let refusals = ["invalid_session", "temporarily_unavailable"];
        assert!(others.iter().all(|answer| refusals.contains(&answer.error().as_str())), "round {round}: {others:?}");
        program.redeem(done[0]).await;
        place.server.clock.advance(60);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_a_platforms_answer_brought_to_two_nodes_at_once_is_asked_about_once() {
    let place = Place::over(stores::postgres().await, &["wechat_website"]).await;
    let node = Node::beside(&place.server).await;
    let application = place.application().await;
    for round in 0..2 {
        let visit = Visit::begin(&place, &application, DESK).await;
        visit.at_platform(&visit.with("wechat-website-practice", &[]).await).await;
        let code = place.code("wechat").await;
        place.scan_and_confirm("amara", &code).await;
        let sent = visit.at_platform(&format!("/open.weixin.qq.com/connect/wait?uuid={code}")).await;
        let to = sent.own_location(&place.server.issuer).unwrap_or_else(|| panic!("{sent:?}"));
        let answers = join_all((0..AT_ONCE).map(|number| {
            let (visit, node, to) = (&visit, &node, &to);
            async move {
                match number % 2 {
                    0 => visit.get(to).await,
                    _ => node.get(&visit.browser, to).await,
                }
            }
        }))
        .await;
        let back = answers.iter().all(|answer| answer.own_location(&place.server.issuer).as_ref() == Some(&visit.path));
        assert!(back, "round {round}: {answers:?}");
        let asked = place.control("GET", "/requests?path=access_token", serde_json::Value::Null).await.json();
        assert_eq!(asked.as_array().unwrap().len(), round + 1, "the platform was asked once");
        assert_eq!(visit.finish().await.name, "Amara Okafor", "round {round}");
    }
    assert_eq!(place.people().await.len(), 1);
}
