//! A picture shown by one node, its push taken by the other, confirmed through the other, finished on the first.

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use http::StatusCode;
use serde_json::json;

use super::official_desk::{Phone, link, number, picture, state};
use super::place::{DESK, Place};
use super::visit::Visit;
use crate::reliability::nodes::Node;
use crate::support::stores;

/// A balancer in front of a node: the public name in `Host`, the rest as it came.
async fn balancer(node: &Node, issuer: &str) -> String {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", socket.local_addr().unwrap());
    let (to, host) = (node.url(""), issuer.strip_prefix("http://").unwrap().to_owned());
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let router = Router::new().fallback(move |request: Request| {
        let (to, host, client) = (to.clone(), host.clone(), client.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let mut asked = client.request(parts.method, format!("{to}{}", parts.uri)).header("host", host);
            for name in ["content-type", "cookie", "user-agent"] {
                if let Some(value) = parts.headers.get(name) {
                    asked = asked.header(name, value);
                }
            }
            let answer = asked.body(body).send().await.unwrap();
            (StatusCode::from_u16(answer.status().as_u16()).unwrap(), answer.bytes().await.unwrap()).into_response()
        }
    });
    tokio::spawn(async move { axum::serve(socket, router).await });
    origin
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_one_node_is_scanned_and_confirmed_through_the_other() {
    let place = Place::over(stores::postgres().await, &["wechat_official"]).await;
    let node = Node::beside(&place.server).await;
    let other = balancer(&node, &place.server.issuer).await;
    let hook = json!({ "hook": format!("{other}/hook/wechat-official-practice") });
    place.control("PATCH", "/clients/wechat/wxpracticeofficial0", hook).await;
    let application = place.application().await;
    place.deed("amara", "follow", json!({})).await;
    let visit = Visit::begin(&place, &application, DESK).await;
    let code = picture(&place, &visit).await;
    place.deed("amara", "scan", json!({ "id": code })).await;
    let number = number(&visit).await;
    let link = link(&place, "amara").await;
    let phone = Phone::of(&place, "amara");
    let question = phone.opens(&link).await;
    // The yes goes to the other node.
    let path = format!("/confirm/{}", link.rsplit('/').next().unwrap());
    let csrf = question.hidden("csrf").unwrap_or_else(|| panic!("{question:?}"));
    let said = node.post(&phone.browser, &path, &[("csrf", &csrf), ("answer", &number)]).await;
    assert_eq!(said.status, 200, "{said:?}");
    assert_eq!(state(&visit).await["state"], "approved");
    visit.post("scan", &[]).await;
    visit.post("stranger", &[("door", "new"), ("name", "Amara")]).await;
    let tokens = visit.finish().await;
    assert_eq!(node.userinfo(&visit.browser, &tokens.access).await.status, 200);
    assert_eq!(place.people().await.len(), 1);
}
