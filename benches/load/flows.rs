//! The operations: each is what a relying party or a browser really does, checked by its answer.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use super::client::{Answer, Cookies, Http};
use super::server::Server;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://bench.example.com/callback";
const PASSWORD: &str = "correct horse 1";

pub struct Flows {
    http: Http,
    secrets: BTreeMap<&'static str, String>,
    session: Cookies,
    access_tokens: Mutex<VecDeque<String>>,
    refresh_tokens: Mutex<VecDeque<String>>,
}

impl Flows {
    pub async fn prepare(server: &Server) -> Self {
        let issuer = format!("http://localhost:{}", server.port);
        Self::prepare_on(server, &issuer, &[server.port]).await
    }

    /// Prepares by the command line of `server` what the nodes at `ports` are then asked for.
    pub async fn prepare_on(server: &Server, issuer: &str, ports: &[u16]) -> Self {
        let mut secrets = BTreeMap::new();
        for (id, algorithm) in [("bench-rs256", "RS256"), ("bench-es256", "ES256")] {
            let made = server.cli(
                &[
                    "app",
                    "add",
                    "--id",
                    id,
                    "--name",
                    id,
                    "--redirect-uri",
                    REDIRECT,
                    "--auth-method",
                    "client_secret_post",
                    "--id-token-alg",
                    algorithm,
                    "--first-party",
                ],
                "",
            );
            secrets.insert(id, made["client_secret"].as_str().unwrap().to_owned());
        }
        let machine = server.cli(
            &[
                "app",
                "add",
                "--id",
                "bench-machine",
                "--name",
                "machine",
                "--type",
                "machine",
                "--auth-method",
                "client_secret_post",
            ],
            "",
        );
        secrets.insert("bench-machine", machine["client_secret"].as_str().unwrap().to_owned());
        server.cli(&["user", "add", "--username", "bench", "--keep-password"], PASSWORD);
        // The running server reads what another process changed within half a second.
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
        let flows = Self {
            http: Http::new(issuer, ports),
            secrets,
            session: Cookies::default(),
            access_tokens: Mutex::default(),
            refresh_tokens: Mutex::default(),
        };
        let code = flows.sign_in(&flows.session).await;
        let tokens = flows.redeem("bench-rs256", &code).await;
        flows.use_access_tokens([tokens["access_token"].as_str().unwrap().to_owned()]);
        flows
    }

    /// The access tokens to be asked about, in turn.
    pub fn use_access_tokens(&self, tokens: impl IntoIterator<Item = String>) {
        *self.access_tokens.lock().unwrap() = tokens.into_iter().collect();
    }

    /// The refresh tokens to be rotated, in turn: at least one for each caller.
    pub fn use_refresh_tokens(&self, tokens: impl IntoIterator<Item = String>) {
        *self.refresh_tokens.lock().unwrap() = tokens.into_iter().collect();
    }

    /// The same people and applications, asked at other nodes.
    pub fn at(self, issuer: &str, ports: &[u16]) -> Self {
        Self { http: Http::new(issuer, ports), ..self }
    }

    fn authorize_path(client: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("client_id", client),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid profile offline_access"),
            ("state", "bench-state"),
            ("nonce", "bench-nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        format!("/authorize?{}", query.finish())
    }

    /// The whole of a password sign-in in a browser: the code it ends with.
    async fn sign_in(&self, cookies: &Cookies) -> String {
        let mut answer = self.http.get(&Self::authorize_path("bench-rs256"), None, Some(cookies)).await;
        let interaction = answer.location.clone().expect("an interaction opens");
        answer = self.http.get(&interaction, None, Some(cookies)).await;
        let csrf = answer.hidden("csrf");
        let form = [("csrf", csrf.as_str()), ("username", "bench"), ("password", PASSWORD)];
        answer = self.http.post(&format!("{}/form", path_of(&interaction)), Some(cookies), &form).await;
        while let Some(next) = &answer.location {
            if next.starts_with(REDIRECT) {
                return code_of(next);
            }
            answer = self.http.get(next, None, Some(cookies)).await;
        }
        panic!("the sign-in ends with {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }

    async fn redeem(&self, client: &'static str, code: &str) -> serde_json::Value {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        ok(self.token(client, &form).await).json()
    }

    async fn token(&self, client: &'static str, form: &[(&str, &str)]) -> Answer {
        let mut form = form.to_vec();
        form.push(("client_id", client));
        form.push(("client_secret", &self.secrets[client]));
        self.http.post("/token", None, &form).await
    }

    pub async fn discovery(&self) {
        ok(self.http.get("/.well-known/openid-configuration", None, None).await);
    }

    pub async fn jwks(&self) {
        ok(self.http.get("/jwks", None, None).await);
    }

    pub async fn client_credentials(&self) {
        ok(self.token("bench-machine", &[("grant_type", "client_credentials")]).await);
    }

    pub async fn code(&self, client: &'static str) {
        let answer = self.http.get(&Self::authorize_path(client), None, Some(&self.session)).await;
        let code = code_of(answer.location.as_deref().expect("a redirect with the code"));
        self.redeem(client, &code).await;
    }

    /// As many refresh tokens as there are callers, so that each rotates its own.
    pub async fn fill_refresh(&self, client: &'static str, many: usize) {
        self.use_refresh_tokens([]);
        for _ in 0..=many {
            let answer = self.http.get(&Self::authorize_path(client), None, Some(&self.session)).await;
            let tokens = self.redeem(client, &code_of(&answer.location.unwrap())).await;
            self.refresh_tokens.lock().unwrap().push_back(tokens["refresh_token"].as_str().unwrap().to_owned());
        }
    }

    pub async fn refresh(&self, client: &'static str) {
        let token = self.refresh_tokens.lock().unwrap().pop_front().expect("a refresh token for each caller");
        let answer = self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", &token)]).await;
        let next = ok(answer).json()["refresh_token"].as_str().unwrap().to_owned();
        self.refresh_tokens.lock().unwrap().push_back(next);
    }

    fn bearer(&self) -> String {
        let mut tokens = self.access_tokens.lock().unwrap();
        tokens.rotate_left(1);
        tokens[0].clone()
    }

    pub async fn userinfo(&self) {
        ok(self.http.get("/userinfo", Some(&self.bearer()), None).await);
    }

    pub async fn introspection(&self) {
        let token = self.bearer();
        let form =
            [("token", token.as_str()), ("client_id", "bench-rs256"), ("client_secret", &self.secrets["bench-rs256"])];
        let answer = ok(self.http.post("/introspect", None, &form).await).json();
        assert_eq!(answer["active"], true);
    }

    pub async fn password(&self) {
        let code = self.sign_in(&Cookies::default()).await;
        self.redeem("bench-rs256", &code).await;
    }
}

fn ok(answer: Answer) -> Answer {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer
}

fn code_of(location: &str) -> String {
    let query = location.split_once('?').unwrap().1;
    let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
    code.unwrap_or_else(|| panic!("no code in {location}")).1.into_owned()
}

fn path_of(address: &str) -> &str {
    address.find("/i/").map_or(address, |at| &address[at..])
}
