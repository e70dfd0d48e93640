//! The practice phone: its page without script, and the same by JSON.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::site::{ORIGIN, Site};
use super::{OFFICIAL, api_post, cgi_token, known_as, set_app, website_code};
use crate::support::upstream::{Reply, Upstream};

async fn open_phone(site: &Site, person: &str) -> String {
    let page = site.get(&format!("/phone/{person}"), &[("accept-language", "en")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("set-cookie"), format!("practice_phone={person}; Path=/; HttpOnly; SameSite=Lax"));
    page.body
}

async fn press(site: &Site, person: &str, deed: &str, fields: &[(&str, &str)]) -> super::super::site::Reply {
    site.post(&format!("/phone/{person}/{deed}"), fields, &[("origin", ORIGIN)]).await
}

/// A sign-in page's code as the phone sees it.
async fn a_code(site: &Site) -> Value {
    let query = [
        ("appid", super::WEBSITE),
        ("redirect_uri", super::super::site::CALLBACK),
        ("response_type", "code"),
        ("scope", "snsapi_login"),
    ];
    let path = format!("/open.weixin.qq.com/connect/qrconnect?{}", super::super::site::encode(&query));
    assert_eq!(site.get(&path, &[]).await.status, StatusCode::OK);
    site.get("/_control/phone/scans", &[]).await.json().as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn phones_are_pages_in_both_languages_without_script() {
    let site = Site::new();
    a_code(&site).await;
    for path in ["/phone", "/phone/amara", "/phone/amara?watch=1"] {
        for (accept, lang, banner) in
            [("zh-CN", "lang=\"zh-CN\"", "练习平台"), ("en", "lang=\"en\"", "nothing here is real")]
        {
            let page = site.get(path, &[("accept-language", accept)]).await;
            assert!(page.body.contains(lang) && page.body.contains(banner), "{path} {accept}");
            assert!(!page.body.contains("<script") && !page.body.contains("style=\""), "{path}");
            assert_eq!(path.contains("watch"), page.body.contains("http-equiv=\"refresh\""), "{path}");
        }
    }
    assert_eq!(site.get("/phone/nobody", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_code_is_scanned_and_confirmed_by_buttons() {
    let site = Site::new();
    let id = a_code(&site).await["id"].as_str().unwrap().to_owned();
    assert!(open_phone(&site, "amara").await.contains("/phone/amara/scan"));
    let scanned = press(&site, "amara", "scan", &[("id", &id)]).await;
    assert_eq!((scanned.status, scanned.header("location")), (StatusCode::SEE_OTHER, "/phone/amara"));
    assert!(!open_phone(&site, "xiaoman").await.contains(&id), "it is in another hand");
    let taken = press(&site, "xiaoman", "confirm", &[("id", &id)]).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.body.contains("role=\"alert\""));
    assert!(open_phone(&site, "amara").await.contains("Confirm sign-in"));
    assert_eq!(press(&site, "amara", "confirm", &[("id", &id)]).await.status, StatusCode::SEE_OTHER);
    let back = site.get(&format!("/open.weixin.qq.com/connect/wait?uuid={id}"), &[]).await;
    assert!(back.sent("code").is_some());
}

#[tokio::test]
async fn the_text_of_a_picture_can_be_pasted() {
    let site = Site::new();
    let code = a_code(&site).await;
    let content = format!(" {} ", code["content"].as_str().unwrap());
    assert_eq!(press(&site, "amara", "scan", &[("content", &content)]).await.status, StatusCode::SEE_OTHER);
    let state = site.get("/_control/phone/scans", &[]).await.json()[0]["state"].clone();
    assert_eq!(state, json!({"is": "scanned", "person": "amara"}));
    let wrong = press(&site, "amara", "scan", &[("content", "http://elsewhere")]).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT);
    let by_json = json!({"person": "amara", "content": code["content"]});
    let again = site.json("POST", "/_control/phone/scan", by_json).await;
    assert_eq!((again.status, &again.json()["id"]), (StatusCode::OK, &code["id"]));
}

#[tokio::test]
async fn following_by_a_scene_brings_the_reply_with_a_button_for_its_link() {
    let site = Site::new();
    let upstream = Upstream::start().await;
    let openid = known_as(&site, OFFICIAL, "amara").await["openid"].as_str().unwrap().to_owned();
    let reply = format!(
        "<xml><ToUserName>{openid}</ToUserName><FromUserName>gh_9b1c0f3e5a77</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[Tap <a href=\"http://localhost:8080/confirm/x\">here</a>]]></Content></xml>"
    );
    upstream.on("/hook", Reply::text(&reply));
    let app = json!({"hook": format!("{}/hook", upstream.origin()), "wechat": {"push_mode": "plain"}});
    set_app(&site, OFFICIAL, app).await;
    let token = cgi_token(&site, OFFICIAL).await;
    let body = json!({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "s"}}});
    api_post(&site, "/cgi-bin/qrcode/create", &token, body).await;
    let id = site.get("/_control/phone/scans", &[]).await.json()[0]["id"].as_str().unwrap().to_owned();
    press(&site, "amara", "scan", &[("id", &id)]).await;
    assert!(open_phone(&site, "amara").await.contains(">Follow</button>"));
    press(&site, "amara", "confirm", &[("id", &id)]).await;
    let page = open_phone(&site, "amara").await;
    assert!(page.contains("Tap here"), "{page}");
    assert!(page.contains("name=\"url\" value=\"http://localhost:8080/confirm/x\""));
    assert!(page.contains(&format!("name=\"place\" value=\"wechat:{OFFICIAL}\"")));
}

#[tokio::test]
async fn a_link_opens_inside_the_application_by_cookies() {
    let site = Site::new();
    let fields = [("url", "http://localhost:8080/confirm/x"), ("place", "wechat:wxpracticeofficial0")];
    let reply = press(&site, "amara", "open", &fields).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "http://localhost:8080/confirm/x"));
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(cookies[0].starts_with("practice_inside=wechat:wxpracticeofficial0;"), "{cookies:?}");
    assert!(cookies[1].starts_with("practice_phone=amara;"));
    let cookie = "practice_inside=wechat; practice_phone=amara";
    let inside = site.get(&super::authorize("snsapi_base", "s1"), &[("cookie", cookie)]).await;
    assert!(inside.sent("code").is_some(), "the authorise page takes the browser for WeChat's");
    for url in ["javascript:alert(1)", "nonsense"] {
        assert_eq!(press(&site, "amara", "open", &[("url", url)]).await.header("location"), "/phone/amara");
    }
}

#[tokio::test]
async fn people_change_their_name_number_unionid_and_company() {
    let site = Site::new();
    let before = known_as(&site, OFFICIAL, "xiaoman").await["unionid"].clone();
    for (deed, fields) in [
        ("nickname", json!({"text": "满满"})),
        ("mobile", json!({"text": "139 0000 0001"})),
        ("unionid", json!({"text": "renew"})),
        ("leave", json!({"company": "dingtalk"})),
    ] {
        let reply = site.json("POST", &format!("/_control/phone/people/xiaoman/{deed}"), fields).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{deed}: {}", reply.body);
    }
    let people = site.get("/_control/people", &[]).await.json();
    let xiaoman = people.as_array().unwrap().iter().find(|person| person["key"] == "xiaoman").unwrap();
    assert_eq!((&xiaoman["wechat"]["nickname"], &xiaoman["mobile"]), (&json!("满满"), &json!("+8613900000001")));
    assert_eq!((&xiaoman["dingtalk"]["left"], &xiaoman["wecom"]["left"]), (&json!(true), &json!(false)));
    assert_ne!(known_as(&site, OFFICIAL, "xiaoman").await["unionid"], before);
    press(&site, "xiaoman", "unionid", &[("text", "lose")]).await;
    assert_eq!(known_as(&site, OFFICIAL, "xiaoman").await["unionid"], json!(null));
    press(&site, "xiaoman", "unionid", &[("text", "regain")]).await;
    assert!(known_as(&site, OFFICIAL, "xiaoman").await["unionid"].is_string());
}

#[tokio::test]
async fn what_the_phone_can_not_do_it_says() {
    let site = Site::new();
    for (person, deed, fields, expected) in [
        ("nobody", "follow", json!({}), 404),
        ("amara", "dance", json!({}), 404),
        ("amara", "mobile", json!({"text": "12"}), 422),
        ("amara", "follow", json!({"appid": "wx0000000000000000"}), 422),
        ("mailless", "leave", json!({"company": "wecom"}), 422),
        ("amara", "scan", json!({"id": "unknown"}), 404),
    ] {
        let reply = site.json("POST", &format!("/_control/phone/people/{person}/{deed}"), fields).await;
        assert_eq!(reply.status.as_u16(), expected, "{person} {deed}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_foreign_page_holds_nobodys_phone() {
    let site = Site::new();
    let foreign = [("origin", "https://evil.example")];
    let reply = site.post("/phone/amara/unionid", &[("text", "lose")], &foreign).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get("/phone", &[("host", "evil.example")]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_mini_programs_code_opens_it_and_reaches_its_server() {
    let site = Site::new();
    let upstream = Upstream::start().await;
    upstream.on("/mini", Reply::json(&json!({"show": "Sign in to Notes?"})));
    set_app(&site, super::MINI, json!({"hook": format!("{}/mini", upstream.origin())})).await;
    let token = cgi_token(&site, super::MINI).await;
    api_post(&site, "/wxa/getwxacodeunlimit", &token, json!({"scene": "sc1"})).await;
    let id = site.get("/_control/phone/scans", &[]).await.json()[0]["id"].as_str().unwrap().to_owned();
    press(&site, "amara", "scan", &[("id", &id)]).await;
    let posted: Value = serde_json::from_str(&upstream.seen("/mini")[0].body).unwrap();
    assert_eq!((&posted["connector"], &posted["scene"]), (&json!("wechat-mini-practice"), &json!("sc1")));
    let code = posted["code"].as_str().unwrap();
    let query =
        [("appid", super::MINI), ("secret", super::SECRET), ("js_code", code), ("grant_type", "authorization_code")];
    let session = super::api(&site, "/sns/jscode2session", &query).await.json();
    assert_eq!(session["openid"], known_as(&site, super::MINI, "amara").await["openid"]);
    assert!(open_phone(&site, "amara").await.contains("Sign in to Notes?"));
}

#[tokio::test]
async fn messages_can_be_read_and_forgotten() {
    let site = Site::new();
    // Nobody listens at the account's address: the chat says that it is out of order.
    set_app(&site, OFFICIAL, json!({"hook": "http://127.0.0.1:1/hook"})).await;
    assert_eq!(press(&site, "amara", "follow", &[]).await.status, StatusCode::SEE_OTHER);
    let all = site.get("/_control/phone/messages?person=amara&platform=wechat", &[]).await.json();
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(site.get("/_control/phone/messages?person=xiaoman", &[]).await.json(), json!([]));
    let request = http::Request::delete("/_control/phone/messages").body(axum::body::Body::empty()).unwrap();
    assert_eq!(site.send(request).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.get("/_control/phone/messages?person=amara", &[]).await.json(), json!([]));
    assert!(!website_code(&site, "amara").await.is_empty(), "the rest of the world goes on");
}
