//! What `/authorize-challenge` refuses, and that nothing is learnt or changed by it.

use hufu::store::clients::{AuthMethod, ClientMetadata};

use super::place::{Place, WECHAT};
use super::program::{MINI, Program, metadata, need, reason};
use crate::support::http::{TestBrowser, VERIFIER};
use crate::support::server::PASSWORD;

#[tokio::test]
async fn a_platforms_code_is_good_once() {
    for (store, place) in Place::both(&["wechat_mini"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let code = place.mini_code("amara").await;
        let fields = [("connector", MINI), ("code", code.as_str())];
        let first = program.begin(&fields).await;
        let again = program.begin(&fields).await;
        assert_eq!(
            (need(&again), reason(&again)),
            ("sign_in register".to_owned(), "platform_refused".to_owned()),
            "{store}"
        );
        assert_eq!(need(&first), "register bind", "{store}");
    }
}

#[tokio::test]
async fn an_auth_session_is_good_once_for_five_minutes_and_for_its_own_application() {
    for (store, place) in Place::both(&[]).await {
        place.server.person("alice").await;
        let program = Program::of(&place).await;
        let right = [("username", "alice"), ("password", PASSWORD)];
        let opened = program.begin(&[]).await;
        let other = Program::of(&place).await;
        assert_eq!(other.go_on(&opened, &right).await.error(), "invalid_session", "{store}: another application");
        let changed = hufu::base::secret::digest("another verifier");
        let swapped = program.go_on(&opened, &[("code_challenge", &changed)]).await;
        assert_eq!(swapped.error(), "invalid_session", "{store}: another challenge");
        let next = program.go_on(&opened, &[("username", "alice"), ("password", "wrong")]).await;
        assert_eq!(need(&next), "sign_in register", "{store}: what others tried changed nothing");
        assert_eq!(program.go_on(&opened, &right).await.error(), "invalid_session", "{store}: used");
        place.server.clock.advance(300);
        assert_eq!(program.go_on(&next, &right).await.error(), "invalid_session", "{store}: too old");
        let made_up = program.post(&[("auth_session", "made-up")]).await;
        assert_eq!(made_up.error(), "invalid_session", "{store}");
    }
}

#[tokio::test]
async fn a_mistake_in_a_request_does_not_use_its_auth_session_up() {
    for (store, place) in Place::both(&["wechat_mini"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let opened = program.begin(&[]).await;
        let code = place.mini_code("amara").await;
        let mistakes = [
            [("connector", "wechat-mimi-practice"), ("code", code.as_str())],
            [("connector", MINI), ("openid", "oAMARA")],
            [("connector", MINI), ("kode", &code)],
        ];
        for mistake in mistakes {
            assert_eq!(program.go_on(&opened, &mistake).await.error(), "invalid_request", "{store}: {mistake:?}");
        }
        let next = program.go_on(&opened, &[("connector", MINI), ("code", &code)]).await;
        assert_eq!(need(&next), "register bind", "{store}: the sign-in goes on");
    }
}

#[tokio::test]
async fn of_two_requests_with_one_auth_session_one_goes_on() {
    for (store, place) in Place::both(&[]).await {
        place.server.person("alice").await;
        let program = Program::of(&place).await;
        let opened = program.begin(&[]).await;
        let right = [("username", "alice"), ("password", PASSWORD)];
        let (one, other) = tokio::join!(program.go_on(&opened, &right), program.go_on(&opened, &right));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400], "{store}");
    }
}

#[tokio::test]
async fn a_chain_ends_after_ten_steps() {
    let place = Place::with(&[]).await;
    let program = Program::of(&place).await;
    let mut answer = program.begin(&[]).await;
    for _ in 0..9 {
        answer = program.go_on(&answer, &[]).await;
        need(&answer);
    }
    answer = program.go_on(&answer, &[]).await;
    assert_eq!(answer.error(), "invalid_session");
}

#[tokio::test]
async fn s94_the_code_needs_the_verifier_and_no_redirect_uri() {
    let place = Place::with(&[]).await;
    place.server.person("alice").await;
    let program = Program::of(&place).await;
    let done = program.begin(&[("username", "alice"), ("password", PASSWORD)]).await;
    let code = done.json()["authorization_code"].as_str().unwrap().to_owned();
    assert_eq!(program.token(&code, "another verifier, another verifier, another").await.error(), "invalid_grant");
    let other = Program::of(&place).await;
    assert_eq!(other.token(&code, VERIFIER).await.error(), "invalid_grant", "another application");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
        ("redirect_uri", "https://rp.example/cb"),
    ];
    let way = TestBrowser::new(&place.server.issuer);
    assert_eq!(way.token(&program.application, &fields).await.error(), "invalid_grant", "it went nowhere");
    program.redeem(&done).await;
    assert_eq!(program.token(&code, VERIFIER).await.error(), "invalid_grant", "twice");
}

#[tokio::test]
async fn s199_who_somebody_is_cannot_be_told() {
    let place = Place::with(&["wechat_mini"]).await;
    place.open_the_mini_program().await;
    let program = Program::of(&place).await;
    for name in ["openid", "unionid", "openId", "union_id", "userid", "user_id", "sub", "identity"] {
        let code = place.mini_code("amara").await;
        let answer = program.begin(&[("connector", MINI), ("code", &code), (name, "o-somebody-else")]).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"), "{name}");
    }
    // Without a code nothing is asked of anybody.
    assert_eq!(program.begin(&[("connector", MINI)]).await.error(), "invalid_request");
    assert!(place.people().await.is_empty());
}

#[tokio::test]
async fn only_first_party_applications_with_the_switch_are_let_in() {
    let place = Place::with(&["wechat_mini"]).await;
    let off = ClientMetadata {
        authorization_challenge: false,
        redirect_uris: vec!["app.example:/cb".to_owned()],
        ..metadata()
    };
    let program = Program::with(&place, off).await;
    let code = place.mini_code("amara").await;
    assert_eq!(program.begin(&[("connector", MINI), ("code", &code)]).await.error(), "unauthorized_client");
    let admin = &place.server.app.admin;
    let third_party = ClientMetadata { first_party: false, ..metadata() };
    let made = admin.create_application(&hufu::admin::Actor::set_up(), None, third_party).await;
    assert!(made.is_err(), "the switch is for first-party applications");
    // One with a secret has to prove itself, also where its auth_session could name it.
    let secret = ClientMetadata { token_endpoint_auth_method: AuthMethod::ClientSecretBasic, ..metadata() };
    let keeper = Program::with(&place, secret).await;
    let opened = keeper.begin(&[]).await;
    let session = opened.json()["auth_session"].as_str().unwrap().to_owned();
    let way = TestBrowser::new(&place.server.issuer);
    let nameless = way.post_form("/authorize-challenge", &[("auth_session", &session)]).await;
    assert_eq!(nameless.error(), "invalid_client", "{nameless:?}");
    need(&keeper.go_on(&opened, &[]).await);
}

#[tokio::test]
async fn a_later_request_need_not_name_a_public_application() {
    let place = Place::with(&[]).await;
    place.server.person("alice").await;
    let program = Program::of(&place).await;
    let session = program.begin(&[]).await.json()["auth_session"].as_str().unwrap().to_owned();
    let way = TestBrowser::new(&place.server.issuer);
    let fields = [("auth_session", session.as_str()), ("username", "alice"), ("password", PASSWORD)];
    program.redeem(&way.post_form("/authorize-challenge", &fields).await).await;
}

#[tokio::test]
async fn what_an_authorization_request_must_be_this_one_must_be_too() {
    let place = Place::with(&[]).await;
    let program = Program::of(&place).await;
    for (name, value, error) in [
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("scope", "nonsense", "invalid_scope"),
        ("prompt", "none", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("request", "eyJ", "request_not_supported"),
    ] {
        let answer = program.begin(&[(name, value)]).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, error), "{name}");
    }
    let twice = program.post(&[("scope", "openid"), ("scope", "openid")]).await;
    assert_eq!(twice.error(), "invalid_request");
}

#[tokio::test]
async fn what_only_pages_can_do_is_left_to_them() {
    let place = Place::with(&["github", "wechat_official", "wecom"]).await;
    place.server.person("alice").await;
    let program = Program::of(&place).await;
    // A platform that only redirects, and one whose codes also travel through browsers and that nobody named.
    for name in ["github-practice", "wechat-official-practice", "wecom-practice"] {
        let answer = program.begin(&[("connector", name), ("code", "caught-on-its-way")]).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "redirect_to_web"), "{name}");
    }
    let consent = program.begin(&[("prompt", "consent"), ("username", "alice"), ("password", PASSWORD)]).await;
    assert_eq!(consent.error(), "redirect_to_web");
    assert_eq!(program.begin(&[("connector", "no-such-thing"), ("code", "x")]).await.error(), "invalid_request");
}

#[tokio::test]
async fn an_application_for_some_methods_takes_no_other() {
    let place = Place::with(&["wechat_mini", "dingtalk"]).await;
    let limited = ClientMetadata { connectors: vec!["dingtalk-practice".to_owned()], ..metadata() };
    let program = Program::with(&place, limited).await;
    let code = place.mini_code("amara").await;
    assert_eq!(program.begin(&[("connector", MINI), ("code", &code)]).await.error(), "invalid_request");
}

#[tokio::test]
async fn a_made_up_visitor_of_a_snapshot_is_nobody() {
    let place = Place::with(&["wechat_official"]).await;
    place.switch("wechat", &["snapshot"]).await;
    let named = ClientMetadata { connectors: vec!["wechat-official-practice".to_owned()], ..metadata() };
    let program = Program::with(&place, named).await;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("appid", "wxpracticeofficial0")
        .append_pair("redirect_uri", &format!("{}/callback/wechat-official-practice", place.server.issuer))
        .append_pair("response_type", "code")
        .append_pair("scope", "snsapi_userinfo")
        .append_pair("state", "s")
        .finish();
    let page = format!("/open.weixin.qq.com/connect/oauth2/authorize?{query}");
    let code = place.inside(WECHAT, "amara", &page).await;
    let answer = program.begin(&[("connector", "wechat-official-practice"), ("code", &code)]).await;
    assert_eq!((need(&answer), reason(&answer)), ("sign_in".to_owned(), "preview".to_owned()));
    assert!(place.people().await.is_empty());
}

#[tokio::test]
async fn an_address_that_tries_too_often_waits() {
    let place = Place::with(&[]).await;
    let program = Program::of(&place).await;
    for _ in 0..60 {
        assert_eq!(program.post(&[("auth_session", "made-up")]).await.status, 400);
    }
    let answer = program.post(&[("auth_session", "made-up")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "60"));
    place.server.clock.advance(121);
    assert_eq!(program.post(&[("auth_session", "made-up")]).await.status, 400);
}

#[tokio::test]
async fn no_page_of_another_origin_reads_the_answer() {
    let place = Place::with(&[]).await;
    let way = TestBrowser::new(&place.server.issuer);
    let answer = way.post_with("/authorize-challenge", &[("origin", "https://evil.example")], &[]).await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let page = way.get("/authorize-challenge").await;
    assert_eq!((page.status.as_u16(), page.error().as_str()), (405, "invalid_request"));
}
