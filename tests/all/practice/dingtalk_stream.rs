//! Stream mode over a real socket (§10.1; §14, 12).

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

use super::dingtalk::{API, CLIENT, SECRET, control};
use super::site::Site;

/// A practice world that is also served on a port, by our own listener.
struct Served {
    site: Site,
    address: String,
    stop: CancellationToken,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn served() -> Served {
    let site = Site::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let stop = CancellationToken::new();
    let bounds = hufu::web::serve::Bounds::default();
    tokio::spawn(hufu::web::serve::serve(listener, site.router(), None, stop.clone(), bounds));
    Served { site, address, stop }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn ticket(served: &Served) -> String {
    let body = json!({
        "clientId": CLIENT, "clientSecret": SECRET, "subscriptions": [{"type": "EVENT", "topic": "*"}],
        "ua": "test/1.0", "localIp": "127.0.0.1", "extras": {},
    });
    let reply = served.site.json("POST", &format!("{API}/gateway/connections/open"), body).await.json();
    assert_eq!(reply["endpoint"], "wss://wss-open-connection.dingtalk.com:443/connect");
    reply["ticket"].as_str().unwrap().to_owned()
}

async fn with_ticket(served: &Served, ticket: &str) -> Result<Socket, Error> {
    let url = format!("ws://{}/wss-open-connection.dingtalk.com/connect?ticket={ticket}", served.address);
    connect_async(url).await.map(|(socket, _)| socket)
}

async fn connected(served: &Served) -> Socket {
    let ticket = ticket(served).await;
    with_ticket(served, &ticket).await.unwrap()
}

/// The next frame; `None` when nothing comes for a while.
async fn next(socket: &mut Socket) -> Option<Value> {
    let frame = tokio::time::timeout(Duration::from_secs(3), socket.next()).await.ok()??.ok()?;
    serde_json::from_str(frame.to_text().ok()?).ok()
}

async fn silence(socket: &mut Socket) {
    let frame = tokio::time::timeout(Duration::from_millis(350), socket.next()).await;
    assert!(frame.is_err(), "{frame:?}");
}

async fn acknowledge(socket: &mut Socket, frame: &Value, status: &str) {
    let data = json!({"status": status, "message": "m"}).to_string();
    let headers = json!({"contentType": "application/json", "messageId": frame["headers"]["messageId"]});
    let answer = json!({"code": 200, "headers": headers, "message": "ok", "data": data});
    socket.send(Message::text(answer.to_string())).await.unwrap();
}

async fn event(served: &Served, kind: &str) {
    control(&served.site, "POST", "events", json!({"type": kind, "data": {"userId": ["0156"]}})).await;
}

/// Waits until nothing waits for an acknowledgement.
async fn settled(served: &Served) {
    for _ in 0..100 {
        let report = served.site.get("/_control/dingtalk/stream", &[]).await.json();
        if report["waiting"] == json!([]) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("something still waits");
}

#[tokio::test]
async fn a_ticket_is_good_for_one_connection_and_ninety_seconds() {
    let served = served().await;
    let first = ticket(&served).await;
    let _socket = with_ticket(&served, &first).await.unwrap();
    let late = ticket(&served).await;
    served.site.clock.advance(90);
    for bad in [first.as_str(), late.as_str(), "made-up", ""] {
        match with_ticket(&served, bad).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), 401, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
    }
    let body = json!({"clientId": CLIENT, "clientSecret": "wrong", "subscriptions": []});
    let refused = served.site.json("POST", &format!("{API}/gateway/connections/open"), body).await;
    assert_eq!(refused.json()["code"], "invalidClientIdOrSecret");
}

#[tokio::test]
async fn an_event_has_the_documents_frame_and_is_over_with_its_acknowledgement() {
    let served = served().await;
    let mut socket = connected(&served).await;
    control(&served.site, "PUT", "companies/dingpractice/members/zhangsan", json!({"name": "张三"})).await;
    let frame = next(&mut socket).await.unwrap();
    assert_eq!((&frame["specVersion"], &frame["type"]), (&json!("1.0"), &json!("EVENT")));
    let headers = frame["headers"].as_object().unwrap();
    assert!(headers.values().all(Value::is_string), "all headers are texts");
    assert_eq!((&headers["eventType"], &headers["eventCorpId"]), (&json!("user_add_org"), &json!("dingpractice")));
    for name in [
        "appId",
        "connectionId",
        "contentType",
        "messageId",
        "time",
        "topic",
        "eventId",
        "eventBornTime",
        "eventUnifiedAppId",
    ] {
        assert!(headers.contains_key(name), "{name}");
    }
    let data: Value = serde_json::from_str(frame["data"].as_str().unwrap()).unwrap();
    assert_eq!(data, json!({"timeStamp": "1750000000000", "userId": ["zhangsan"]}));
    acknowledge(&mut socket, &frame, "SUCCESS").await;
    settled(&served).await;
    served.site.clock.advance(3600);
    assert_eq!(next(&mut socket).await.unwrap()["headers"]["topic"], "ping", "no redelivery, only the hour's ping");
}

#[tokio::test]
async fn what_was_not_acknowledged_comes_again_and_later_means_later() {
    let served = served().await;
    let mut socket = connected(&served).await;
    event(&served, "user_leave_org").await;
    let first = next(&mut socket).await.unwrap();
    silence(&mut socket).await;
    served.site.clock.advance(59);
    silence(&mut socket).await;
    control(&served.site, "POST", "stream/redeliver", json!({})).await;
    let again = next(&mut socket).await.unwrap();
    assert_eq!(again["headers"]["messageId"], first["headers"]["messageId"]);
    acknowledge(&mut socket, &again, "LATER").await;
    silence(&mut socket).await;
    served.site.clock.advance(10);
    let later = loop {
        let frame = next(&mut socket).await.unwrap();
        if frame["type"] == "EVENT" {
            break frame;
        }
    };
    assert_eq!(later["headers"]["eventId"], first["headers"]["eventId"]);
    acknowledge(&mut socket, &later, "SUCCESS").await;
    settled(&served).await;
}

#[tokio::test]
async fn a_minute_without_acknowledgement_or_a_lost_connection_brings_it_again() {
    let served = served().await;
    let mut socket = connected(&served).await;
    event(&served, "org_change").await;
    let first = next(&mut socket).await.unwrap();
    drop(socket);
    let mut socket = connected(&served).await;
    let again = next(&mut socket).await.unwrap();
    assert_eq!(again["headers"]["messageId"], first["headers"]["messageId"]);
    assert_ne!(again["headers"]["connectionId"], first["headers"]["connectionId"]);
    served.site.clock.advance(60);
    let mut kinds = vec![];
    for _ in 0..2 {
        kinds.push(next(&mut socket).await.unwrap()["type"].as_str().unwrap().to_owned());
    }
    kinds.sort();
    assert_eq!(kinds, ["EVENT", "SYSTEM"], "the event once more, and the minute's ping");
}

#[tokio::test]
async fn each_event_goes_to_one_of_several_connections() {
    let served = served().await;
    let (mut left, mut right) = (connected(&served).await, connected(&served).await);
    for _ in 0..4 {
        event(&served, "org_change").await;
    }
    for socket in [&mut left, &mut right] {
        assert!(next(socket).await.is_some() && next(socket).await.is_some());
        silence(socket).await;
    }
}

#[tokio::test]
async fn events_come_twice_backwards_with_capitals_or_never() {
    let served = served().await;
    let mut socket = connected(&served).await;
    served.site.switch("dingtalk", &["duplicate_events", "capital_events"]).await;
    event(&served, "user_modify_org").await;
    let (first, second) = (next(&mut socket).await.unwrap(), next(&mut socket).await.unwrap());
    assert_eq!(first["headers"]["messageId"], second["headers"]["messageId"]);
    assert_eq!(first["data"], json!({"UserId": ["0156"]}).to_string());
    served.site.switch("dingtalk", &["hold_events"]).await;
    event(&served, "user_add_org").await;
    event(&served, "user_leave_org").await;
    silence(&mut socket).await;
    control(&served.site, "POST", "events/release", json!({"backwards": true})).await;
    let kinds = [next(&mut socket).await.unwrap(), next(&mut socket).await.unwrap()]
        .map(|it| it["headers"]["eventType"].clone());
    assert_eq!(kinds, [json!("user_leave_org"), json!("user_add_org")]);
    drop(socket);
    let served = self::served().await;
    served.site.switch("dingtalk", &["stream_forgets"]).await;
    event(&served, "user_add_org").await;
    let mut socket = connected(&served).await;
    silence(&mut socket).await;
}

#[tokio::test]
async fn the_systems_frames_and_any_other_can_be_sent() {
    let served = served().await;
    let mut socket = connected(&served).await;
    let told = control(&served.site, "POST", "stream/ping", json!({})).await.json();
    assert_eq!(told["connections"], 1);
    let ping = next(&mut socket).await.unwrap();
    assert_eq!((&ping["type"], &ping["headers"]["topic"]), (&json!("SYSTEM"), &json!("ping")));
    assert!(ping["data"].is_string());
    control(&served.site, "POST", "stream/ping", json!({"data": null})).await;
    assert_eq!(next(&mut socket).await.unwrap().get("data"), None, "a ping without data");
    control(&served.site, "POST", "stream/frame", json!({"text": "no JSON"})).await;
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("no JSON"));
    control(&served.site, "POST", "stream/frame", json!({"binary": "raw"})).await;
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::binary("raw".as_bytes().to_vec()));
    served.site.switch("dingtalk", &["dead_stream"]).await;
    control(&served.site, "POST", "stream/ping", json!({})).await;
    silence(&mut socket).await;
    served.site.switch("dingtalk", &[]).await;
    control(&served.site, "POST", "stream/disconnect", json!({})).await;
    assert_eq!(next(&mut socket).await.unwrap()["headers"]["topic"], "disconnect");
    control(&served.site, "POST", "stream/close", json!({})).await;
    assert!(next(&mut socket).await.is_none(), "closed");
}

#[tokio::test]
async fn every_change_of_a_company_is_told() {
    let served = served().await;
    let mut socket = connected(&served).await;
    let company = "companies/dingpractice";
    let changes = [
        ("PUT", "members/new", json!({"name": "新人"}), "user_add_org", json!(["new"])),
        ("PUT", "members/new", json!({"name": "旧人"}), "user_modify_org", json!(["new"])),
        ("DELETE", "members/new", json!({"also": ["0156"]}), "user_leave_org", json!(["new", "0156"])),
        ("PUT", "departments/77", json!({"name": "新部门"}), "org_dept_create", json!([77])),
        ("PATCH", "departments/77", json!({"name": "改名"}), "org_dept_modify", json!([77])),
        ("DELETE", "departments/440001", json!({}), "org_dept_remove", json!([440_001, 440_002])),
    ];
    for (method, path, body, kind, ids) in changes {
        control(&served.site, method, &format!("{company}/{path}"), body).await;
        let frame = next(&mut socket).await.unwrap();
        assert_eq!(frame["headers"]["eventType"], kind);
        let data: Value = serde_json::from_str(frame["data"].as_str().unwrap()).unwrap();
        assert_eq!(data.get("userId").or_else(|| data.get("deptId")).unwrap(), &ids);
    }
    control(&served.site, "PUT", &format!("{company}/departments/78?silent=true"), json!({"name": "静"})).await;
    silence(&mut socket).await;
    control(&served.site, "POST", &format!("{company}/dissolve"), json!({})).await;
    assert_eq!(next(&mut socket).await.unwrap()["headers"]["eventType"], "org_remove");
}
