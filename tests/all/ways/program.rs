//! An application without pages: what it posts to `/authorize-challenge`, and what the platforms give it.

use hufu::store::clients::{ApplicationType, AuthMethod, ClientMetadata};
use hufu::store::connectors::ConnectorRow;
use serde_json::{Value, json};

use super::place::{DINGTALK, Place, WECOM};
use crate::support::http::{Answer, TestBrowser, VERIFIER};
use crate::support::server::Application;

/// The practice connector's name.
pub const MINI: &str = "wechat-mini-practice";

/// A mini program or native application, and the way out of the phone it runs on.
pub struct Program {
    pub application: Application,
    way: TestBrowser,
}

/// What it may do, unless a test says otherwise.
pub fn metadata() -> ClientMetadata {
    ClientMetadata {
        client_name: "Mini program".to_owned(),
        application_type: ApplicationType::Native,
        token_endpoint_auth_method: AuthMethod::None,
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        first_party: true,
        authorization_challenge: true,
        ..ClientMetadata::default()
    }
}

impl Program {
    pub async fn of(place: &Place) -> Self {
        Self::with(place, metadata()).await
    }

    pub async fn with(place: &Place, metadata: ClientMetadata) -> Self {
        let application = place.server.application_as(metadata).await;
        Self { application, way: TestBrowser::new(&place.server.issuer) }
    }

    /// Exactly these fields, and who it is.
    pub async fn post(&self, fields: &[(&str, &str)]) -> Answer {
        let answer = self.way.as_client("/authorize-challenge", &self.application, fields).await;
        assert_eq!(answer.header("content-type"), "application/json", "{answer:?}");
        answer
    }

    /// The first request: scope, PKCE, and these.
    pub async fn begin(&self, fields: &[(&str, &str)]) -> Answer {
        let challenge = hufu::base::secret::digest(VERIFIER);
        let mut all = vec![
            ("scope", "openid profile phone offline_access"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        all.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        all.extend(fields.iter().filter(|(_, value)| !value.is_empty()));
        self.post(&all).await
    }

    /// The next request of a sign-in under way.
    pub async fn go_on(&self, before: &Answer, fields: &[(&str, &str)]) -> Answer {
        let session = before.json()["auth_session"].as_str().unwrap_or_else(|| panic!("{before:?}")).to_owned();
        let mut all = vec![("auth_session", session.as_str())];
        all.extend_from_slice(fields);
        self.post(&all).await
    }

    /// The code of a sign-in that is done, redeemed: the tokens, and what they say of the person.
    pub async fn redeem(&self, done: &Answer) -> (Value, Value) {
        assert_eq!(done.status, 200, "{done:?}");
        let code = done.json()["authorization_code"].as_str().unwrap().to_owned();
        let tokens = self.token(&code, VERIFIER).await;
        assert_eq!(tokens.status, 200, "{tokens:?}");
        let tokens = tokens.json();
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        (tokens, self.way.get_with("/userinfo", &[("authorization", &bearer)]).await.json())
    }

    /// An access token for the person of a sign-in that is done.
    pub async fn access(&self, done: &Answer) -> String {
        self.redeem(done).await.0["access_token"].as_str().unwrap().to_owned()
    }

    /// `/api/v1{path}` with this token.
    pub async fn api(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { None } else { Some(body.to_string()) };
        self.way.send(method.parse().unwrap(), &format!("/api/v1{path}"), &headers, body).await
    }

    pub async fn token(&self, code: &str, verifier: &str) -> Answer {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier)];
        self.way.token(&self.application, &fields).await
    }
}

impl Place {
    /// What `wx.login` gives on this person's phone.
    pub async fn mini_code(&self, person: &str) -> String {
        self.mini(person, "login-code").await
    }

    /// What the button for one's phone number gives.
    pub async fn mini_phone_code(&self, person: &str) -> String {
        self.mini(person, "phone-code").await
    }

    async fn mini(&self, person: &str, what: &str) -> String {
        let path = format!("/wechat/wxpracticemini0000/people/{person}/{what}");
        let given = self.control("POST", &path, json!({})).await.json();
        given["code"].as_str().unwrap().to_owned()
    }

    /// What DingTalk gives a program inside it.
    pub async fn dingtalk_code(&self, person: &str) -> String {
        let wanted = json!({ "kind": "in_app", "person": person });
        let minted = self.control("POST", "/dingtalk/codes", wanted).await.json();
        minted["code"].as_str().unwrap().to_owned()
    }

    /// What WeChat Work gives inside it, at the end of its own redirects.
    pub async fn wecom_code(&self, person: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("appid", "wwpractice00000000")
            .append_pair("redirect_uri", &format!("{}/callback/wecom-practice", self.server.issuer))
            .append_pair("response_type", "code")
            .append_pair("scope", "snsapi_base")
            .append_pair("state", "s")
            .append_pair("agentid", "1000002")
            .finish();
        self.inside(WECOM, person, &format!("/open.weixin.qq.com/connect/oauth2/authorize?{query}")).await
    }

    /// The code at the end of a platform's redirect in its own browser.
    pub async fn inside(&self, agent: &str, person: &str, path: &str) -> String {
        let phone = TestBrowser::new(&self.origin);
        phone.keep(&format!("practice_phone={person}"));
        let sent = phone.get_with(path, &[("user-agent", agent)]).await;
        sent.query("code").unwrap_or_else(|| panic!("no code in {DINGTALK}: {sent:?}"))
    }

    /// The newest code on the phone with this number.
    pub async fn sms_code(&self, mobile: &str) -> String {
        let path = format!("/phone/messages?mobile={}", mobile.replace('+', "%2B"));
        let messages = self.control("GET", &path, Value::Null).await.json();
        let text = messages.as_array().unwrap().last().unwrap_or_else(|| panic!("no message"))["text"].clone();
        let text = text.as_str().unwrap().to_owned();
        let digits = text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6);
        digits.unwrap_or_else(|| panic!("no code: {text}")).to_owned()
    }

    /// Changes a connector as its administrator would.
    pub async fn change_connector(&self, name: &str, change: impl FnOnce(&mut ConnectorRow)) {
        let store = &self.server.app.store;
        let mut row = store.connectors().await.unwrap().iter().find(|row| row.name == name).unwrap().clone();
        change(&mut row);
        let done = store.write(move |tx| {
            let row = row.clone();
            Box::pin(async move { tx.update_connector(&row).await })
        });
        assert!(done.await.unwrap());
    }

    /// New people may come in by the mini program.
    pub async fn open_the_mini_program(&self) {
        self.change_connector(MINI, |row| row.registration = true).await;
    }
}

/// What the answer says is missing, joined by spaces.
pub fn need(answer: &Answer) -> String {
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, "insufficient_authorization"), "{answer:?}");
    let need = answer.json()["need"].clone();
    need.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// Why, in one word.
pub fn reason(answer: &Answer) -> String {
    answer.json()["reason"].as_str().unwrap_or_default().to_owned()
}
