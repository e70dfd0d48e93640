//! GitHub and GitHub Enterprise: OAuth 2 without OpenID, so the person is read
//! from the REST interface and known by the number that never changes.

mod api;
mod check;
mod form;
mod organisations;

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;
use url::Url;

use super::answer::Object;
use super::claims::{ClaimMap, subject};
use super::code_flow::{self, ClientAuth, Exchange, Granted};
use super::fields::Settings;
use super::{Check, Connector, Finding, Identity, Key, Kind, Reply, Step, Text, Trouble, Turn, Wrong};
use crate::base::id::ConnectorId;
use crate::base::secret::Secret;
use api::{Api, Refusal};

/// This platform.
pub static KIND: Kind = Kind {
    id: "github",
    name: Text { en: "GitHub", zh: "GitHub" },
    about: Text {
        en: "GitHub.com or your own GitHub Enterprise Server.",
        zh: "GitHub.com，或自建的 GitHub Enterprise Server。",
    },
    icon: "github",
    fits: super::Fit::everywhere,
    hook: false,
    fields: form::FIELDS,
    identified_by: &["base_url"],
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
};

/// One OAuth app over there.
struct Github {
    client_id: String,
    client_secret: Secret,
    /// `https://github.com` or the address of an Enterprise Server.
    web: String,
    api: String,
    organisations: Vec<String>,
    trust_ghes_email: bool,
    /// `github.com`, or the instance's own where the host can be typed (design.md §4).
    space: String,
}

fn open(settings: &Value, connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let base = settings.line("base_url");
    let (web, api, space) = addresses(base.trim_end_matches('/'), connector);
    if Url::parse(&web).is_ok_and(|url| url.path() != "/" || url.query().is_some()) {
        settings.wrong("base_url", ONLY_HOST);
    }
    let organisations = settings.list("organisations");
    let plain = |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !organisations.iter().all(plain) {
        settings.wrong("organisations", NOT_AN_ORGANISATION);
    }
    let github = Github {
        client_id: settings.line("client_id"),
        client_secret: settings.secret("client_secret").unwrap_or_else(|| Secret::new("")),
        organisations,
        trust_ghes_email: settings.flag("trust_ghes_email"),
        web,
        api,
        space,
    };
    settings.finish()?;
    Ok(Arc::new(github))
}

/// Pages, interface and key space for what was typed as base address (upstreams §1.1).
fn addresses(base: &str, connector: &ConnectorId) -> (String, String, String) {
    if matches!(base, "" | "https://github.com" | "https://www.github.com") {
        return ("https://github.com".to_owned(), "https://api.github.com".to_owned(), "github.com".to_owned());
    }
    let space = format!("conn:{connector}");
    let api = match base.strip_prefix("https://") {
        Some(host) if host.ends_with(".ghe.com") => format!("https://api.{host}"),
        _ => format!("{base}/api/v3"),
    };
    (base.to_owned(), api, space)
}

impl Connector for Github {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let challenge = code_flow::challenge(turn);
            let parameters = [
                ("client_id", self.client_id.as_str()),
                ("redirect_uri", &turn.callback_url),
                ("response_type", "code"),
                ("scope", self.scope()),
                ("state", &turn.state),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
                ("login", turn.hint.as_deref().unwrap_or_default()),
                // The nearest GitHub has to a fresh sign-in.
                ("prompt", if turn.prompt_login { "select_account" } else { "" }),
            ];
            let url = code_flow::authorization_url(&format!("{}/login/oauth/authorize", self.web), &parameters)?;
            Ok(Step::go(url))
        })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let Reply::Callback(callback) = reply else {
                return Err(Trouble::BadReply("a callback was expected".to_owned()));
            };
            let code = code_flow::code(&callback)?;
            let granted = self.exchange(turn, code).await?;
            Ok(Step::Known(Box::new(self.identity(turn, &granted).await?)))
        })
    }

    /// Everybody has an account over there: only the organisations that are named make a company.
    fn is_member(&self, identity: &Identity) -> bool {
        !identity.orgs.is_empty()
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(check::run(self, check))
    }
}

impl Github {
    fn scope(&self) -> &'static str {
        if self.organisations.is_empty() { "read:user user:email" } else { "read:user user:email read:org" }
    }

    async fn exchange(&self, turn: &Turn, code: String) -> Result<Granted, Trouble> {
        let exchange = Exchange {
            token_url: &format!("{}/login/oauth/access_token", self.web),
            client_id: &self.client_id,
            client_id_name: "client_id",
            client_secret: Some(&self.client_secret),
            auth: ClientAuth::Post,
            assertion: None,
            pkce: true,
            headers: &[],
        };
        exchange.send(turn, code).await
    }

    async fn identity(&self, turn: &Turn, granted: &Granted) -> Result<Identity, Trouble> {
        let api = Api { turn, base: &self.api, token: &granted.access_token };
        let user = api.object("/user").await.map_err(Trouble::from)?;
        let mut identity = known(&user, &self.space)?;
        if !self.organisations.is_empty() {
            if !may(granted, &["read:org", "write:org", "admin:org"]) {
                let text = "the scope read:org was not granted, so membership can't be checked";
                return Err(Trouble::NotAllowed(text.to_owned()));
            }
            identity.orgs = organisations::memberships(&api, &self.organisations, &identity).await?;
        }
        if may(granted, &["user:email", "user"]) {
            identity.email = self.email(&api).await?;
        }
        Ok(identity)
    }

    /// The primary address, when it is verified; the public one in the profile proves nothing (upstreams §1.7).
    async fn email(&self, api: &Api<'_>) -> Result<Option<(String, bool)>, Trouble> {
        let list = match api.list("/user/emails").await {
            Ok((list, _)) => list,
            // A person may take back the permission over there; they sign in without an address.
            Err(Refusal::Hidden { .. }) => return Ok(None),
            Err(Refusal::Trouble(trouble)) => return Err(trouble),
        };
        let Some(primary) = list.iter().find(|entry| entry["primary"].as_bool() == Some(true)) else {
            return Ok(None);
        };
        let own_server = self.space != "github.com";
        let verified = primary["verified"].as_bool() == Some(true) || (own_server && self.trust_ghes_email);
        let address = primary["email"].as_str().map(|address| crate::base::people::clean_name(address, 254));
        Ok(address.filter(|address| verified && !address.is_empty()).map(|address| {
            let proven = !is_noreply(&address);
            (address, proven)
        }))
    }
}

/// Not deliverable, and the older form follows the login, which can change hands.
fn is_noreply(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, domain)| domain.to_ascii_lowercase().starts_with("users.noreply."))
}

/// Whether one of these scopes was granted. Tokens of GitHub Apps (`ghu_`) have
/// no scopes but permissions, which the interface itself enforces.
fn may(granted: &Granted, any: &[&str]) -> bool {
    let scopes = granted.scopes.as_deref().unwrap_or_default();
    scopes.iter().any(|scope| any.contains(&scope.as_str()))
        || (scopes.is_empty() && granted.access_token.expose().starts_with("ghu_"))
}

/// The person behind `GET /user`: the number is the key, all else is description (upstreams §1.6).
fn known(user: &Object, space: &str) -> Result<Identity, Trouble> {
    let positive = user.get("id").and_then(Value::as_i64).is_some_and(|id| id > 0);
    let Some(id) = subject(user, "id").filter(|_| positive) else {
        return Err(Trouble::BadReply("/user: no numeric id".to_owned()));
    };
    let changes = [("username", "login"), ("picture", "avatar_url")].map(|(o, t)| (o.to_owned(), t.to_owned()));
    let map = ClaimMap::new(&changes).map_err(Trouble::BadReply)?;
    let described = map.identity(user);
    Ok(Identity {
        keys: vec![Key { space: space.to_owned(), value: id }],
        username: described.username,
        name: described.name,
        avatar: described.avatar,
        ..Identity::default()
    })
}

const ONLY_HOST: Text = Text {
    en: "Only the server's address, such as https://github.example.com",
    zh: "只填服务器地址，例如 https://github.example.com",
};
const NOT_AN_ORGANISATION: Text = Text {
    en: "Names of organisations have letters, digits and hyphens; ids only digits.",
    zh: "组织名只含字母、数字和连字符；组织 ID 只含数字。",
};
