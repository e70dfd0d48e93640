//! The language of a person's browser reaches platforms and messages, also where the application asks for none.

use hufu::admin::Actor;

use super::place::Place;
use super::visit::parameter;
use crate::support::http::authorize_path;
use crate::support::server::Application;

const CHINESE: (&str, &str) = ("accept-language", "zh-CN,zh;q=0.9,en;q=0.5");
const ENGLISH: (&str, &str) = ("accept-language", "en-GB");

/// Where somebody with these headers, sent by the application with these parameters, is sent by a method.
async fn sent_to(
    (place, application): (&Place, &Application),
    connector: &str,
    headers: &[(&str, &str)],
    more: &[(&str, &str)],
) -> String {
    let browser = place.server.browser();
    let opened = browser.get_with(&authorize_path(application, more), headers).await;
    let path = opened.own_location(&place.server.issuer).unwrap_or_else(|| panic!("{opened:?}"));
    let page = browser.get_with(&path, headers).await;
    let csrf = page.hidden("csrf").unwrap_or_else(|| panic!("no form: {page:?}"));
    let answer = browser.post_with(&format!("{path}/with/{connector}"), headers, &[("csrf", &csrf)]).await;
    answer.location().to_owned()
}

#[tokio::test]
async fn a_chinese_browser_is_sent_to_chinese_pages_without_ui_locales() {
    let place = Place::with(&["wecom", "wechat_website", "oidc"]).await;
    let application = place.application().await;
    let here = (&place, &application);
    let platforms = [
        ("wecom-practice", "lang", "zh", "en"),
        ("wechat-website-practice", "lang", "cn", "en"),
        ("oidc-practice", "ui_locales", "zh-CN", "en"),
    ];
    for (connector, name, chinese, english) in platforms {
        let lang = async |headers: &[(&str, &str)], more: &[(&str, &str)]| {
            parameter(&sent_to(here, connector, headers, more).await, name)
        };
        assert_eq!(lang(&[CHINESE], &[]).await, chinese, "{connector}: the browser's");
        assert_eq!(lang(&[ENGLISH], &[]).await, english, "{connector}");
        assert_eq!(lang(&[], &[]).await, english, "{connector}: as our pages, where nobody says anything");
        assert_eq!(lang(&[ENGLISH], &[("ui_locales", "zh-CN")]).await, chinese, "{connector}: the application's");
    }
}

#[tokio::test]
async fn codes_are_written_in_the_language_of_the_page() {
    for (store, place) in Place::both(&["sms"]).await {
        place.server.app.admin.add_practice_sender(&Actor::set_up(), "twilio").await.unwrap();
        let application = place.application().await;
        for (number, header, word) in [("13800000001", CHINESE, "验证码"), ("13800000002", ENGLISH, "code")] {
            let browser = place.server.browser();
            let opened = browser.get_with(&authorize_path(&application, &[]), &[header]).await;
            let path = opened.own_location(&place.server.issuer).unwrap();
            let csrf = browser.get_with(&path, &[header]).await.hidden("csrf").unwrap();
            browser.post_with(&format!("{path}/with/sms-practice"), &[header], &[("csrf", &csrf)]).await;
            let fields = [("csrf", csrf.as_str()), ("phone", number)];
            browser.post_with(&format!("{path}/answer/sms-practice"), &[header], &fields).await;
            let path = format!("/phone/messages?mobile=%2B86{number}");
            let messages = place.control("GET", &path, serde_json::Value::Null).await.json();
            let text = messages.as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned();
            assert!(text.contains(word), "{store}: {text}");
        }
    }
}
