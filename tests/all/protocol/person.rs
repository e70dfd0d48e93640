//! Whether somebody is asked: prompt, `max_age`, hints.

use super::{MODES, application, ask, claims, is_sign_in_page, person, tokens};
use crate::support::server::servers;

#[tokio::test]
async fn p_prompt_login_p_max_age_1_ask_again_and_raise_auth_time() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        let back = ask(&browser, &application, "query", &[("max_age", "15000")]).await;
        let first = claims(&tokens(&browser, &application, &back).await);
        server.clock.advance(2);
        for more in [("prompt", "login"), ("max_age", "1")] {
            let answer = browser.authorize(&application, &[more]).await;
            let came = browser.sign_in(answer, "ying").await;
            let redeemed = browser.redeem(&application, &came.query("code").expect("a code")).await.json();
            let again = claims(&redeemed);
            assert!(again["auth_time"].as_i64() > first["auth_time"].as_i64(), "{store} {more:?}: {again:?}");
            assert_eq!(again["sub"], first["sub"], "{store}");
            server.clock.advance(2);
        }
    }
}

#[tokio::test]
async fn p_prompt_none_not_logged_in_goes_back_with_login_required_and_the_exact_state() {
    let state = "abcdefgh-._~".repeat(10) + "12345678";
    for (store, server) in servers().await {
        let application = application(&server).await;
        for mode in MODES {
            let back = ask(&server.browser(), &application, mode, &[("prompt", "none"), ("state", &state)]).await;
            assert_eq!(back.error.as_deref(), Some("login_required"), "{store} {mode}");
            assert_eq!(back.state.as_deref(), Some(state.as_str()), "{store} {mode}");
            assert_eq!(back.iss.as_deref(), Some(server.issuer.as_str()), "{store} {mode}");
            assert!(back.code.is_none(), "{store} {mode}");
        }
    }
}

#[tokio::test]
async fn p_prompt_none_logged_in_p_id_token_hint_p_max_age_10000_answer_at_once_with_the_same_time() {
    for (store, server) in servers().await {
        let (person, application) = (person(&server).await, application(&server).await);
        let browser = server.signed_in(&person).await;
        for mode in MODES {
            let back = ask(&browser, &application, mode, &[("max_age", "15000")]).await;
            let first = tokens(&browser, &application, &back).await;
            let hint = first["id_token"].as_str().unwrap();
            server.clock.advance(3);
            for more in [
                vec![("prompt", "none")],
                vec![("prompt", "none"), ("id_token_hint", hint)],
                vec![("max_age", "10000")],
            ] {
                let back = ask(&browser, &application, mode, &more).await;
                let again = claims(&tokens(&browser, &application, &back).await);
                let before = claims(&first);
                assert_eq!(
                    (&again["sub"], &again["auth_time"]),
                    (&before["sub"], &before["auth_time"]),
                    "{store} {mode}"
                );
            }
        }
    }
}

#[tokio::test]
async fn s41_prompt_none_names_what_is_missing() {
    for (store, server) in servers().await {
        let (person, ours) = (person(&server).await, application(&server).await);
        let metadata = hufu::store::clients::ClientMetadata::default();
        let theirs = server.application_as(metadata).await;
        let browser = server.signed_in(&person).await;
        let consent = ask(&browser, &theirs, "query", &[("prompt", "none")]).await;
        assert_eq!(consent.error.as_deref(), Some("consent_required"), "{store}");
        server.clock.advance(100);
        let late = ask(&browser, &ours, "query", &[("prompt", "none"), ("max_age", "10")]).await;
        assert_eq!(late.error.as_deref(), Some("login_required"), "{store}");
    }
}

#[tokio::test]
async fn p_login_hint_p_ui_locales_p_claims_locales_p_display_page_p_display_popup_lead_to_the_sign_in_page() {
    let server = crate::support::server::TestServer::sqlite().await;
    let application = application(&server).await;
    for more in [
        ("login_hint", "buffy@example.org"),
        ("ui_locales", "se"),
        ("claims_locales", "se"),
        ("display", "page"),
        ("display", "popup"),
    ] {
        let browser = server.browser();
        let answer = browser.authorize(&application, &[more]).await;
        assert!(is_sign_in_page(&browser, answer).await, "{more:?}");
    }
}
