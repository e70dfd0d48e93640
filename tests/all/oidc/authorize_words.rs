//! The single parameters of an authorization request (security.md §2.3, rows 30–46, 50–54).

use hufu::oidc::error::Code;
use hufu::store::clients::AuthMethod;

use super::requests::{CHALLENGE, request, request_and};
use super::world::worlds;

#[tokio::test]
async fn s30_s31_a_repeated_parameter_is_returned_and_a_misspelt_one_ignored() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        for name in ["response_type", "scope", "nonce", "code_challenge", "extra"] {
            let params = if name == "extra" { request_and("nonce", "") } else { request_and(name, "x") };
            assert_eq!(world.returned(&params).await.1.code, Code::InvalidRequest, "{name}");
        }
        // Of two states neither can be told to be the application's.
        let (to, error) = world.returned(&request_and("state", "x")).await;
        assert_eq!((to.state, error.code), (None, Code::InvalidRequest));

        for name in ["Response_Type", "scope ", "nonce[]", "extra"] {
            assert!(world.oidc.read(&request_and(name, "x")).await.is_ok(), "{name}");
        }
        world.shown(&request(&[("redirect_uri", None), ("redirect_uri[]", Some(super::world::CALLBACK))])).await;
    }
}

#[tokio::test]
async fn s32_s33_s34_p_response_type_missing_only_code_is_served() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        world.client("machine", |metadata| metadata.grant_types = vec!["client_credentials".into()]).await;
        assert_eq!(world.returns(&[("response_type", None)]).await, Code::InvalidRequest);
        for wrong in ["token", "id_token", "code token", "code id_token", "none", "CODE", "code code", " code"] {
            let code = world.returns(&[("response_type", Some(wrong))]).await;
            assert_eq!(code, Code::UnsupportedResponseType, "{wrong}");
        }
        assert_eq!(world.returns(&[("client_id", Some("machine"))]).await, Code::UnauthorizedClient);
    }
}

#[tokio::test]
async fn s36_s37_s38_pkce_is_s256_or_nothing_works() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let wrong: [(Option<&str>, Option<&str>); 12] = [
            (None, None),
            (None, Some("S256")),
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some("plain")),
            (Some(CHALLENGE), Some("s256")),
            (Some(CHALLENGE), Some("S512")),
            (Some(""), Some("S256")),
            (Some(&CHALLENGE[1..]), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMx"), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c="), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-\u{e9}"), Some("S256")),
        ];
        for (challenge, method) in wrong {
            let changes = [("code_challenge", challenge), ("code_challenge_method", method)];
            assert_eq!(world.returns(&changes).await, Code::InvalidRequest, "{changes:?}");
        }
        assert_eq!(world.read(&[]).await.code_challenge.as_deref(), Some(CHALLENGE));
    }
}

#[tokio::test]
async fn s36_only_an_excused_confidential_client_may_leave_pkce_out() {
    for world in worlds().await {
        let excuse = |method| {
            move |metadata: &mut hufu::store::clients::ClientMetadata| {
                metadata.pkce_excused = true;
                metadata.token_endpoint_auth_method = method;
            }
        };
        world.client("excused", excuse(AuthMethod::ClientSecretBasic)).await;
        world.client("public", excuse(AuthMethod::None)).await;
        let without = |id| [("client_id", Some(id)), ("code_challenge", None), ("code_challenge_method", None)];
        assert_eq!(world.read(&without("excused")).await.code_challenge, None);
        assert_eq!(world.returns(&without("public")).await, Code::InvalidRequest);
        // An excuse is no licence to do it wrong.
        let plain = [("client_id", Some("excused")), ("code_challenge_method", Some("plain"))];
        assert_eq!(world.returns(&plain).await, Code::InvalidRequest);
        let lonely = [("client_id", Some("excused")), ("code_challenge", None)];
        assert_eq!(world.returns(&lonely).await, Code::InvalidRequest);
    }
}

#[tokio::test]
async fn s42_p_prompt_login_prompt_is_a_set_of_known_words() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        for wrong in ["none login", "none create", "consent none", "Login", "login,consent", "silent"] {
            assert_eq!(world.returns(&[("prompt", Some(wrong))]).await, Code::InvalidRequest, "{wrong}");
        }
        let prompt = world.read(&[("prompt", Some("login  consent select_account create login"))]).await.prompt;
        assert!(prompt.login && prompt.consent && prompt.select_account && prompt.create && !prompt.none);
        let prompt = world.read(&[("prompt", Some("none"))]).await.prompt;
        assert!(prompt.none && !prompt.login);
        assert_eq!(world.read(&[("prompt", Some(""))]).await.prompt, hufu::oidc::authorize::Prompt::default());
    }
}

#[tokio::test]
async fn s43_p_max_age_1_max_age_is_a_whole_number_up_to_two_to_the_31() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        world.client("daily", |metadata| metadata.default_max_age = Some(86_400)).await;
        for wrong in ["-1", "+1", "1.5", "1e3", "abc", " 1", "0x1", "2147483649", "99999999999999999999", "\u{0661}"] {
            assert_eq!(world.returns(&[("max_age", Some(wrong))]).await, Code::InvalidRequest, "{wrong}");
        }
        for (text, seconds) in [("0", 0), ("1", 1), ("15000", 15_000), ("2147483648", 1 << 31)] {
            assert_eq!(world.read(&[("max_age", Some(text))]).await.max_age, Some(seconds));
        }
        assert_eq!(world.read(&[]).await.max_age, None);
        assert_eq!(world.read(&[("client_id", Some("daily"))]).await.max_age, Some(86_400));
        let own = [("client_id", Some("daily")), ("max_age", Some("5"))];
        assert_eq!(world.read(&own).await.max_age, Some(5));
    }
}

#[tokio::test]
async fn s44_s45_s46_s50_s51_what_is_not_served_is_refused_by_its_own_error() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        for (name, value, code) in [
            ("request", "eyJhbGciOiJub25lIn0.e30.", Code::RequestNotSupported),
            ("request", "garbage", Code::RequestNotSupported),
            ("request_uri", "https://app.example.org/object#sha256", Code::RequestUriNotSupported),
            ("request_uri", "urn:ietf:params:oauth:request_uri:x", Code::RequestUriNotSupported),
            ("registration", "{}", Code::RegistrationNotSupported),
            ("authorization_details", "[{\"type\":\"x\"}]", Code::InvalidAuthorizationDetails),
            ("authorization_details", "garbage", Code::InvalidAuthorizationDetails),
            ("dpop_jkt", "short", Code::InvalidRequest),
            ("dpop_jkt", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=", Code::InvalidRequest),
        ] {
            assert_eq!(world.returns(&[(name, Some(value))]).await, code, "{name}={value}");
        }
        world.read(&[("dpop_jkt", Some(CHALLENGE))]).await;
    }
}

#[tokio::test]
async fn s53_p_ensure_request_without_nonce_succeeds_for_code_flow_a_nonce_is_kept_whole() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        for length in [1, 10, 43, 64, 384, 512] {
            let nonce = "n".repeat(length);
            assert_eq!(world.read(&[("nonce", Some(&nonce))]).await.nonce, Some(nonce));
        }
        assert_eq!(world.read(&[("nonce", None)]).await.nonce, None);
        assert_eq!(world.returns(&[("nonce", Some(&"n".repeat(513)))]).await, Code::InvalidRequest);
    }
}

#[tokio::test]
async fn p_ui_locales_p_login_hint_p_display_page_hints_are_kept_or_ignored_and_never_an_error() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let read = world
            .read(&[
                ("ui_locales", Some("zh-CN  se <b> en")),
                ("claims_locales", Some("se")),
                ("display", Some("popup")),
                ("login_hint", Some("buffy@host")),
                ("acr_values", Some("2  1")),
                ("organization", Some("acme")),
                ("extra", Some("foobar")),
            ])
            .await;
        assert_eq!(read.ui_locales, ["zh-CN", "se", "en"]);
        assert_eq!(read.login_hint.as_deref(), Some("buffy@host"));
        assert_eq!(read.acr_values, ["2", "1"]);
        assert_eq!(read.organization.as_deref(), Some("acme"));
        assert_eq!(world.read(&[("login_hint", Some(&"x".repeat(5000)))]).await.login_hint, None);
    }
}
