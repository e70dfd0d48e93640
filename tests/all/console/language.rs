//! What could not be done is told in the language of the page.

use hufu::base::lang::Lang;
use hufu::connectors::kinds;

use super::{GITHUB, Office};
use crate::support::http::Answer;
use crate::support::server::TestServer;

fn is_han(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// What stands in the page's alerts: beside a field, and above the form.
fn alerts(answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    for part in answer.body.split("role=\"alert\">").skip(1) {
        let part = part.split("</p>").next().unwrap();
        found.push(part.rsplit('>').next().unwrap().to_owned());
    }
    found
}

fn assert_told(answer: &Answer, lang: Lang, what: &str) {
    let told = alerts(answer);
    assert!(!told.is_empty(), "{what}: nothing is told: {answer:?}");
    for sentence in told {
        assert_eq!(is_han(&sentence), lang == Lang::Zh, "{what} in {}: {sentence}", lang.tag());
        let english = [" is ", " are ", " the ", " off "].iter().any(|word| sentence.contains(word));
        assert!(lang == Lang::En || !english, "{what} is half English: {sentence}");
    }
}

#[tokio::test]
async fn mistakes_in_a_connectors_form_are_told_in_the_pages_language() {
    let server = TestServer::sqlite().await;
    for (name, lang) in [("ann", Lang::En), ("zhang", Lang::Zh)] {
        let office = Office::of(&server, name, lang.tag()).await;
        for kind in kinds().iter().filter(|kind| kind.id != "password") {
            let path = format!("/admin/add-connector/{}", kind.id);
            let form = office.get(&path).await;
            let bad = office.post(&form, &path, &[("title", ""), ("name", "Bad Name")]).await;
            assert_eq!(bad.status, 422, "{}", kind.id);
            assert_told(&bad, lang, kind.id);
            if kind.fields.iter().any(|field| field.required) {
                let empty = office.post(&form, &path, &[("title", "Way"), ("name", "way")]).await;
                assert_eq!(empty.status, 422, "{}", kind.id);
                assert_told(&empty, lang, kind.id);
            }
        }
    }
}

#[tokio::test]
async fn a_name_that_is_taken_and_an_empty_title_are_told_in_the_pages_language() {
    let server = TestServer::sqlite().await;
    for (name, lang) in [("ann", Lang::En), ("zhang", Lang::Zh)] {
        let office = Office::of(&server, name, lang.tag()).await;
        let path = "/admin/add-connector/github";
        let form = office.get(path).await;
        let fields = [&[("title", "GitHub")], GITHUB].concat();
        let first = office.post(&form, path, &fields).await;
        assert!(name != "ann" || first.status == 303, "{first:?}");
        assert_told(&office.post(&form, path, &fields).await, lang, "a taken name");
        let edit = office.get("/admin/connectors/github").await;
        let untitled = [("title", " "), ("rule", "create"), ("field.client_id", "Ov23li")];
        let untitled = office.post(&edit, "/admin/connectors/github", &untitled).await;
        assert_eq!(untitled.status, 422);
        assert_told(&untitled, lang, "no title");
    }
}

#[tokio::test]
async fn what_can_not_be_done_at_all_is_told_in_the_pages_language() {
    let server = TestServer::sqlite().await;
    for (name, lang) in [("ann", Lang::En), ("zhang", Lang::Zh)] {
        let office = Office::of(&server, name, lang.tag()).await;
        let list = office.get("/admin/connectors").await;
        for (path, fields) in [
            ("/admin/connectors/password/enabled", &[("enabled", "off")][..]),
            ("/admin/connectors/password/delete", &[]),
            ("/admin/add-connector/github/practice", &[]),
            ("/admin/add-connector/password/practice", &[]),
        ] {
            let refused = office.post(&list, path, fields).await;
            assert_eq!(refused.status, 409, "{path}");
            assert_told(&refused, lang, path);
        }
    }
}

#[tokio::test]
async fn the_set_up_says_why_a_practice_platform_is_not_added() {
    let server = TestServer::sqlite().await;
    for (name, lang, sentence) in [
        ("ann", Lang::En, "practice platforms are off (practice.enabled)"),
        ("zhang", Lang::Zh, "练习平台未启用（practice.enabled）"),
    ] {
        let office = Office::of(&server, name, lang.tag()).await;
        let page = office.get("/admin/connectors").await;
        let refused = office.post(&page, "/admin/set-up/methods/github", &[]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.body.contains(sentence), "{}", refused.body);
    }
}
