//! A small browser: it keeps cookies, sends what it is told, and follows nothing by itself.

use std::collections::BTreeMap;
use std::sync::Mutex;

use http::{HeaderMap, Method, StatusCode};

use super::server::{Application, PASSWORD};

/// The PKCE verifier of every test, and its S256 challenge.
pub const VERIFIER: &str = "test-verifier-0123456789-0123456789-0123456789";

/// One browser, or one program: its cookies are its own.
pub struct TestBrowser {
    client: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
}

impl TestBrowser {
    /// A new one that talks to `base`.
    pub fn new(base: &str) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        Self { client: client.expect("a client"), base: base.to_owned(), cookies: Mutex::default() }
    }

    /// `GET` of a path or an address.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// `GET` with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, None).await
    }

    /// `POST` of a form, as a page of ours would send it.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, &[], fields).await
    }

    /// `POST` of a form with more headers.
    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send(Method::POST, path, &all, Some(body)).await
    }

    /// Any request.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.client.request(method, url);
        let cookies = self.cookie_header();
        if !cookies.is_empty() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("cookie")) {
            request = request.header("cookie", cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(body.unwrap_or_default()).send().await.expect("the server answers");
        for cookie in response.headers().get_all("set-cookie") {
            self.keep(cookie.to_str().expect("a cookie is text"));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.expect("a whole body") }
    }

    /// Takes a `Set-Cookie` into keeping, or throws away what it ends.
    pub fn keep(&self, set_cookie: &str) {
        let pair = set_cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').expect("a cookie is name=value");
        let mut cookies = self.cookies.lock().expect("no test panics here");
        if set_cookie.contains("Max-Age=0") {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("no test panics here").get(name).cloned()
    }

    /// What it would send.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().expect("no test panics here");
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Follows redirects within the server, at most ten; stops at the first answer that leaves it or is none.
    pub async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            match answer.own_location(&self.base) {
                Some(next) => answer = self.get(&next).await,
                None => return answer,
            }
        }
        panic!("more than ten redirects");
    }

    /// Starts an authorization request: `openid`, PKCE, state and nonce, and `more` (which wins).
    pub async fn authorize(&self, application: &Application, more: &[(&str, &str)]) -> Answer {
        self.get(&authorize_path(application, more)).await
    }

    /// Signs in with name and password on the page that `answer` leads to.
    pub async fn sign_in(&self, answer: Answer, username: &str) -> Answer {
        let path = answer.own_location(&self.base).expect("a redirect to the sign-in page");
        let page = self.get(&path).await;
        let csrf = page.hidden("csrf").expect("the page has a form");
        let fields = [("csrf", csrf.as_str()), ("username", username), ("password", PASSWORD)];
        let next = self.post_form(&format!("{path}/form"), &fields).await;
        self.follow(next).await
    }

    /// The code of a person who is signed in already.
    pub async fn code(&self, application: &Application, more: &[(&str, &str)]) -> String {
        let answer = self.authorize(application, more).await;
        let answer = self.follow(answer).await;
        answer.query("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// Redeems a code with the application's secret (or as a public client).
    pub async fn redeem(&self, application: &Application, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &application.redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        self.token(application, &fields).await
    }

    /// `POST /token` as this application.
    pub async fn token(&self, application: &Application, fields: &[(&str, &str)]) -> Answer {
        self.as_client("/token", application, fields).await
    }

    /// `POST` of a form as this application: HTTP Basic, or `client_id` alone.
    pub async fn as_client(&self, path: &str, application: &Application, fields: &[(&str, &str)]) -> Answer {
        if application.secret.is_empty() {
            let mut all = vec![("client_id", application.id.as_str())];
            all.extend_from_slice(fields);
            return self.post_form(path, &all).await;
        }
        self.post_with(path, &[("authorization", &basic(application))], fields).await
    }
}

/// `Basic` credentials (RFC 6749 §2.3.1).
pub fn basic(application: &Application) -> String {
    use base64::Engine as _;
    let pair = format!("{}:{}", application.id, application.secret);
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// `/authorize?…` with what every test sends; a name in `more` replaces its value, an empty value leaves it out.
pub fn authorize_path(application: &Application, more: &[(&str, &str)]) -> String {
    let challenge = hufu::base::secret::digest(VERIFIER);
    let mut fields = BTreeMap::from([
        ("client_id", application.id.as_str()),
        ("redirect_uri", application.redirect_uri.as_str()),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ]);
    fields.extend(more.iter().copied());
    fields.retain(|_, value| !value.is_empty());
    format!("/authorize?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
}

impl Answer {
    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header is text"))
    }

    /// The `Location`.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The path of a redirect that stays with the server.
    pub fn own_location(&self, base: &str) -> Option<String> {
        let location = self.location();
        let path = location.strip_prefix(base).unwrap_or(location);
        path.starts_with('/').then(|| path.to_owned())
    }

    /// A parameter of the `Location`'s query.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.location().split_once('?')?.1;
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The `error` member of a JSON body.
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// The value of the first hidden field of this name on the page.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let after = self.body.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
        Some(after.split('"').next()?.to_owned())
    }
}
