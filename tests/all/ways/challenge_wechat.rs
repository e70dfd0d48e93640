//! Codes of WeChat's pages, brought by an application that an administrator named for the method.

use hufu::store::clients::ClientMetadata;
use serde_json::json;

use super::place::{DESK, Place, WECHAT};
use super::program::{Program, metadata, need, reason};
use crate::support::http::TestBrowser;

const WEBSITE: &str = "wechat-website-practice";
const OFFICIAL: &str = "wechat-official-practice";

/// The query of a request that the application makes by itself.
fn asked(place: &Place, (appid, connector, scope): (&str, &str, &str)) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("appid", appid)
        .append_pair("redirect_uri", &format!("{}/callback/{connector}", place.server.issuer))
        .append_pair("response_type", "code")
        .append_pair("scope", scope)
        .append_pair("state", "s")
        .finish()
}

/// What the page with the picture ends in, once a phone scanned it and its owner said yes.
async fn website_code(place: &Place, person: &str) -> String {
    let desk = TestBrowser::new(&place.origin);
    let query = asked(place, ("wxpracticewebsite0", WEBSITE, "snsapi_login"));
    let page = desk.get_with(&format!("/open.weixin.qq.com/connect/qrconnect?{query}"), &[("user-agent", DESK)]).await;
    assert_eq!(page.status, 200, "{page:?}");
    let picture = place.code("wechat").await;
    place.scan_and_confirm(person, &picture).await;
    let waits = format!("/open.weixin.qq.com/connect/wait?uuid={picture}");
    let sent = desk.get_with(&waits, &[("user-agent", DESK)]).await;
    sent.query("code").unwrap_or_else(|| panic!("no code: {sent:?}"))
}

/// What WeChat's own browser ends in without a tap.
async fn official_code(place: &Place, person: &str) -> String {
    let query = asked(place, ("wxpracticeofficial0", OFFICIAL, "snsapi_base"));
    place.inside(WECHAT, person, &format!("/open.weixin.qq.com/connect/oauth2/authorize?{query}")).await
}

#[tokio::test]
async fn codes_of_a_wechat_website_and_an_official_account_sign_in_who_is_behind_them() {
    for (store, place) in Place::both(&["wechat_website", "wechat_official"]).await {
        let named = ClientMetadata { connectors: vec![WEBSITE.to_owned(), OFFICIAL.to_owned()], ..metadata() };
        let program = Program::with(&place, named).await;
        let mut subs = Vec::new();
        for (connector, is_website) in [(WEBSITE, true), (OFFICIAL, false), (WEBSITE, true)] {
            let code =
                if is_website { website_code(&place, "xiaoman").await } else { official_code(&place, "xiaoman").await };
            let mut answer = program.begin(&[("connector", connector), ("code", &code)]).await;
            if answer.status == 403 {
                assert_eq!(need(&answer), "register bind", "{store} {connector}: {answer:?}");
                answer = program.go_on(&answer, &[("register", "true"), ("name", "Xiaoman")]).await;
            }
            assert_eq!(answer.json()["organizations"], json!([]), "{store} {connector}");
            let (tokens, who) = program.redeem(&answer).await;
            assert!(tokens["refresh_token"].is_string(), "{store} {connector}");
            subs.push(who["sub"].clone());
            // Good once, and for nobody else's method.
            let again = program.begin(&[("connector", connector), ("code", &code)]).await;
            assert_eq!(reason(&again), "platform_refused", "{store} {connector}: {again:?}");
        }
        assert_eq!(subs[0], subs[2], "{store}");
        let crossed = official_code(&place, "amara").await;
        let answer = program.begin(&[("connector", WEBSITE), ("code", &crossed)]).await;
        assert_eq!(reason(&answer), "platform_refused", "{store}: a code of another application of the platform");
    }
}
