//! The control API: reading requests back, people, and who may use it.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;

use super::site::{ORIGIN, Site};

#[tokio::test]
async fn every_request_can_be_read_back() {
    let site = Site::new();
    let path = "/github.com/login/oauth/access_token?x=1";
    site.post(path, &[("client_id", "nobody")], &[("user-agent", "spy")]).await;
    let seen = site.get("/_control/requests?platform=github", &[]).await.json();
    assert_eq!(
        (&seen[0]["method"], &seen[0]["query"], &seen[0]["status"]),
        (&json!("POST"), &json!("x=1"), &json!(404))
    );
    assert_eq!(seen[0]["body"], "client_id=nobody");
    assert!(seen[0]["headers"].as_array().unwrap().contains(&json!(["user-agent", "spy"])));
    assert_eq!(site.get("/_control/requests?platform=google", &[]).await.json(), json!([]));
}

#[tokio::test]
async fn unknown_switches_and_keys_are_refused() {
    let site = Site::new();
    for body in [json!({"on": ["no_such_switch"]}), json!({"of": []})] {
        let reply = site.json("PUT", "/_control/switches/github", body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let reply = site.json("PUT", "/_control/switches/nowhere", json!({})).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_person_agrees_without_a_page_where_switched_so() {
    let site = Site::new();
    site.json("PUT", "/_control/switches/github", json!({"auto": "amara"})).await;
    let reply = site.get("/github.com/login/oauth/authorize?client_id=practice-github", &[]).await;
    assert!(reply.sent("code").is_some());
    site.json("POST", "/_control/reset", json!({})).await;
    let reply = site.get("/github.com/login/oauth/authorize?client_id=practice-github", &[]).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn foreign_pages_and_foreign_names_change_nothing() {
    let site = Site::new();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("host", "evil.example"),
    ] {
        let request = Request::builder()
            .method("DELETE")
            .uri("/_control/people/amara")
            .header(name, value)
            .body(Body::empty())
            .unwrap();
        assert_eq!(site.send(request).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert!(site.get("/_control", &[]).await.json()["people"].as_array().unwrap().contains(&json!("amara")));
}

#[tokio::test]
async fn a_foreign_page_can_not_press_allow() {
    let site = Site::new();
    let path = "/github.com/login/oauth/authorize?client_id=practice-github";
    let fields = [("choice", "allow"), ("person", "amara")];
    let foreign = site.post(path, &fields, &[("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::OK, "the page is shown, no code is given");
    assert_eq!(site.post(path, &fields, &[("origin", ORIGIN)]).await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn people_come_and_go_and_the_world_has_an_end() {
    let site = Site::new();
    let mut person = site.get("/_control/people", &[]).await.json()[0].clone();
    for number in 0..250 {
        let key = format!("guest{number}");
        person["key"] = json!(key);
        let reply = site.json("PUT", &format!("/_control/people/{key}"), person.clone()).await;
        if reply.status != StatusCode::NO_CONTENT {
            assert_eq!((reply.status, number), (StatusCode::INSUFFICIENT_STORAGE, 191));
            return;
        }
    }
    panic!("the world took everybody");
}
