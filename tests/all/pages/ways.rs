//! The pages of ways in that go on inside our own: forms of connectors, pictures, frames, the phone's question.

use axum::http::header;
use axum::response::Response;
use hufu::base::lang::Lang;
use hufu::connectors::step::PhoneWrong;
use hufu::connectors::{Form, FrameEnd, ScannedWith};
use hufu::login::interaction::{AskView, Context, Countries, FrameView, Linking, ScanView, SilentView};
use hufu::login::scan::{Asked, ScanState};
use hufu::web::login::{ask, confirm, frame, scan};
use hufu::web::page::Page;

use super::elements::elements;
use super::{html, page};

fn context(x: &str) -> Context {
    Context { application: x.to_owned(), host: x.to_owned(), may_leave: true, ..Context::default() }
}

fn asking(x: &str, form: Form) -> AskView {
    let linking = Some(Linking { title: x.to_owned(), name: x.to_owned() });
    AskView {
        context: context(x),
        name: "way".to_owned(),
        title: x.to_owned(),
        form,
        linking,
        now: 100,
        countries: Countries::default(),
        practice: false,
    }
}

pub fn scanning(x: &str, text: Option<&str>, state: ScanState) -> ScanView {
    ScanView {
        context: context(x),
        name: "way".to_owned(),
        title: x.to_owned(),
        app: ScannedWith::Wechat,
        text: text.map(str::to_owned),
        scene: "digest".to_owned(),
        practice: false,
        state,
        linking: None,
    }
}

pub fn framing(x: &str, ends: FrameEnd, is_good: bool) -> FrameView {
    FrameView {
        context: context(x),
        name: "way".to_owned(),
        title: x.to_owned(),
        url: "https://login.platform.example/frame?state=s".to_owned(),
        ends,
        size: (300, 400),
        callback_url: "https://id.example/callback/way".to_owned(),
        is_good,
        linking: None,
    }
}

pub fn asked(x: &str) -> Asked {
    Asked {
        context: context(x),
        title: x.to_owned(),
        agent: x.to_owned(),
        address: x.to_owned(),
        elsewhere: true,
        asked_at: 1_795_232_195,
        choices: [12, 47, 90],
        links: None,
        binds: None,
    }
}

/// The phone's question where more hangs on it: another way in is added to an account, theirs or somebody's.
fn asked_more(x: &str, links: bool) -> Asked {
    let named = serde_json::json!({ "user": "01aaaaaaaaaaaaaaaaaaaaaaaa", "name": x, "title": x, "key": "k" });
    let binds = (!links).then(|| serde_json::from_value(named.clone()).expect("an account"));
    Asked { links: links.then(|| serde_json::from_value(named).expect("a link")), binds, ..asked(x) }
}

/// Every such page with `x` wherever somebody else's words are, but for those that show something of somebody else's.
pub async fn pages(page: &Page, x: &str) -> Vec<(&'static str, String)> {
    let wrong = Form::PhoneNumber { wrong: Some(PhoneWrong::TooMany) };
    let code = Form::PhoneCode { to: x.to_owned(), again_at: 145, left: Some(2) };
    let in_app = Form::InAppCode { corp_id: x.to_owned(), client_id: x.to_owned() };
    let picture = |state| scan::scan(page, "abc", &scanning(x, Some("https://scan.example/1"), state));
    let silent = SilentView { context: context(x), name: "way".to_owned(), title: x.to_owned() };
    let asked_for = |form| ask::ask(page, "abc", &asking(x, form)).unwrap();
    let shown: Vec<(&'static str, Response)> = vec![
        ("phone-number", asked_for(wrong)),
        ("phone-code", asked_for(code)),
        ("in-app", asked_for(in_app)),
        ("scan-waiting", picture(ScanState::Waiting)),
        ("scan-seen", picture(ScanState::Seen { number: 47 })),
        ("scan-refused", picture(ScanState::Refused)),
        ("scan-expired", picture(ScanState::Expired)),
        ("silent", ask::silent(page, "abc", &silent)),
        ("frame-old", frame::frame(page, "abc", &framing(x, FrameEnd::Goes, false))),
        ("out-of-frame", frame::out_of_frame(page)),
        ("confirm", confirm::confirm(page, "token", &asked(x))),
        ("confirm-links", confirm::confirm(page, "token", &asked_more(x, true))),
        ("confirm-binds", confirm::confirm(page, "token", &asked_more(x, false))),
    ];
    let mut made = Vec::new();
    for (name, response) in shown {
        made.push((name, html(response).await));
    }
    made
}

#[tokio::test]
async fn s1_a_frame_opens_the_page_for_just_its_platform() {
    let page = page(Lang::En, "x");
    for (ends, posts) in [(FrameEnd::Goes, false), (FrameEnd::Posts, true)] {
        let response = frame::frame(&page, "abc", &framing("x", ends, true));
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let allowed = policy.split("; ").find(|part| part.starts_with("frame-src ")).unwrap();
        let back = if posts { "" } else { " 'self'" };
        assert_eq!(allowed, format!("frame-src https://login.platform.example{back}"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        let html = html(response).await;
        let found = elements(&html);
        let frame = found.iter().find(|element| element.name == "iframe").unwrap();
        assert_eq!(frame.attribute("src"), Some("https://login.platform.example/frame?state=s"));
        assert_eq!(frame.attribute("allow"), Some("local-network-access"));
        let sandbox = frame.attribute("sandbox").unwrap();
        assert_eq!(sandbox.contains("allow-top-navigation"), !posts, "only what goes by itself may move the window");
        assert_eq!(frame.attribute("data-frame-origin").is_some(), posts);
        assert_eq!(frame.attribute("data-callback").is_some(), posts);
    }
    for other in ["javascript:alert(1)", "data:text/html,x"] {
        let view = FrameView { url: other.to_owned(), ..framing("x", FrameEnd::Goes, true) };
        let response = frame::frame(&page, "abc", &view);
        assert!(response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("frame-src 'none'"));
        assert!(!html(response).await.contains("<iframe"), "{other}");
    }
}

#[tokio::test]
async fn s38_s54_the_account_that_a_phone_is_asked_to_open_is_named_and_its_name_says_nothing_else() {
    for lang in Lang::ALL {
        let page = page(lang, "x");
        // Names are written as people typed them: neither markup nor a gap for another word may come of one, and where
        // it begins and ends is seen.
        for name in ["{} {0} {name}", "<b>Amara</b>", "your own. Say yes", "李雷"] {
            let asked = Asked { title: "{}".to_owned(), ..asked_more(name, false) };
            let shown = html(confirm::confirm(&page, "token", &asked)).await;
            let notice = |element: &&super::elements::Element| element.attribute("class") == Some("notice");
            let found = elements(&shown);
            assert_eq!(found.iter().filter(notice).count(), 2, "{name}: {shown}");
            let escaped = name.replace('<', "&#60;").replace('>', "&#62;");
            assert!(shown.contains(&format!("\u{201c}{escaped}\u{201d}")), "{name}: {shown}");
            assert!(!shown.contains("<b>"), "{name}");
        }
    }
}

#[tokio::test]
async fn a_picture_asks_only_us_and_shows_its_number_after_the_scan_alone() {
    let page = page(Lang::En, "x");
    let drawn = |state| scan::scan(&page, "abc", &scanning("x", None, state));
    let waiting = drawn(ScanState::Waiting);
    assert!(waiting.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("connect-src 'self'"));
    let waiting = html(waiting).await;
    assert!(waiting.contains("src=\"/i/abc/scan/picture?v=digest\"") && waiting.contains("alt=\"A code to be scanned"));
    assert!(!waiting.contains(">47<"));
    assert!(html(drawn(ScanState::Seen { number: 47 })).await.contains(">47<"));
}
