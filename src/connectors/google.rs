//! Google: a plain OpenID provider with its own ideas of issuer, hosted domain
//! and whose e-mail is proven (upstreams §2).

use std::sync::Arc;

use futures::future::BoxFuture;
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::Value;

use super::answer::{Object, truth_of};
use super::claims::{self, ClaimMap};
use super::code_flow::{self, ClientAuth, Exchange};
use super::doctor::Report;
use super::fields::Settings;
use super::openid::id_token::Expected;
use super::openid::provider::Provider;
use super::{Check, Connector, Field, Finding, Identity, Input, Key, Kind, Reply, Step, Text, Trouble, Turn, Wrong};
use crate::base::id::ConnectorId;
use crate::base::secret::Secret;

/// This platform.
pub static KIND: Kind = Kind {
    id: "google",
    name: Text { en: "Google", zh: "Google" },
    about: Text {
        en: "Google accounts, or your Workspace only.", zh: "Google 账号，也可仅限贵公司的 Workspace。"
    },
    icon: "google",
    fits: super::Fit::everywhere,
    hook: false,
    fields: FIELDS,
    identified_by: &[],
    guide: GUIDE,
    practice: &[("client_id", "practice-google"), ("client_secret", "practice-secret")],
    open,
};

const ISSUER: &str = "https://accounts.google.com";

/// Both forms are in use, says Google's own guide.
const ISSUERS: &[&str] = &[ISSUER, "accounts.google.com"];

struct Google {
    client_id: String,
    client_secret: Secret,
    hosted_domains: Vec<String>,
    choose_account: bool,
    provider: Provider,
    map: ClaimMap,
}

fn open(settings: &Value, _connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(FIELDS, settings)?;
    let hosted_domains =
        settings.list("hosted_domains").iter().map(|domain| domain.to_ascii_lowercase()).collect::<Vec<_>>();
    if hosted_domains.iter().any(|domain| !domain.contains('.') || domain.contains(['@', '/', ' ', ':'])) {
        settings.wrong("hosted_domains", NOT_A_DOMAIN);
    }
    let google = Google {
        client_id: settings.line("client_id"),
        client_secret: settings.secret("client_secret").unwrap_or_else(|| Secret::new("")),
        hosted_domains,
        choose_account: settings.flag("choose_account"),
        provider: Provider::new(ISSUER.to_owned()),
        map: ClaimMap::new(&[]).map_err(|_| Vec::new())?,
    };
    settings.finish()?;
    Ok(Arc::new(google))
}

impl Connector for Google {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let metadata = self.provider.metadata(&turn.outbound, turn.now).await?;
            let challenge = code_flow::challenge(turn);
            let max_age = turn.max_age.map(|seconds| seconds.to_string()).unwrap_or_default();
            let parameters = [
                ("client_id", self.client_id.as_str()),
                ("redirect_uri", &turn.callback_url),
                ("response_type", "code"),
                ("scope", "openid email profile"),
                ("state", &turn.state),
                ("nonce", &turn.nonce),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
                ("login_hint", turn.hint.as_deref().unwrap_or_default()),
                // Google knows no prompt=login; choosing the account anew is the nearest.
                ("prompt", if turn.prompt_login || self.choose_account { "select_account" } else { "" }),
                ("max_age", &max_age),
                ("hd", self.hosted_domain_hint()),
            ];
            Ok(Step::go(code_flow::authorization_url(&metadata.authorization, &parameters)?))
        })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let Reply::Callback(callback) = reply else {
                return Err(Trouble::BadReply("a callback was expected".to_owned()));
            };
            let metadata = self.provider.metadata(&turn.outbound, turn.now).await?;
            code_flow::issuer(&callback, ISSUERS, metadata.iss_parameter)?;
            let code = code_flow::code(&callback)?;
            let exchange = Exchange {
                token_url: &metadata.token,
                client_id: &self.client_id,
                client_id_name: "client_id",
                client_secret: Some(&self.client_secret),
                auth: ClientAuth::Post,
                assertion: None,
                pkce: true,
                headers: &[],
            };
            let granted = exchange.send(turn, code).await?;
            let expected = Expected {
                tenants: None,
                issuers: ISSUERS,
                client_id: &self.client_id,
                nonce: Some(&turn.nonce),
                algorithms: &[CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
                now: turn.now,
                max_auth_age: None,
            };
            let claims = self.provider.claims(turn, &granted, &expected).await?;
            Ok(Step::Known(Box::new(self.identity(&claims)?)))
        })
    }

    /// Everybody may have an account over there: only the domains that are named make a company.
    fn is_member(&self, identity: &Identity) -> bool {
        identity.orgs.iter().any(|domain| self.hosted_domains.contains(domain))
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(async move {
            let mut report = Report::new(check);
            if self.client_id.ends_with(".apps.googleusercontent.com") || self.client_id.starts_with("practice-") {
                report.ok(CLIENT, CLIENT_LOOKS_RIGHT);
            } else {
                report.warning(CLIENT, CLIENT_LOOKS_ODD, "");
            }
            super::openid::check::run(&self.provider, check, &mut report).await;
            report.finish()
        })
    }
}

impl Google {
    /// Only narrows Google's page: a person can take it out of the address.
    fn hosted_domain_hint(&self) -> &str {
        match self.hosted_domains.as_slice() {
            [] => "",
            [one] => one,
            _ => "*",
        }
    }

    fn identity(&self, claims: &Object) -> Result<Identity, Trouble> {
        let Some(sub) = claims::subject(claims, "sub") else {
            return Err(Trouble::BadReply("id_token: no sub".to_owned()));
        };
        let keys = vec![Key { space: "google".to_owned(), value: sub }];
        let hosted = claims.get("hd").and_then(Value::as_str).map(str::to_ascii_lowercase);
        // The claim of the signed token, never the e-mail's domain: anybody may
        // have a personal account with a company's address (upstreams §2.4).
        if !self.hosted_domains.is_empty() && !hosted.as_ref().is_some_and(|hd| self.hosted_domains.contains(hd)) {
            let text = match &hosted {
                Some(_) => "the account belongs to another Google Workspace",
                None => "the account belongs to no Google Workspace",
            };
            let is_told = claims.get("hd").is_none_or(|hd| hd.is_string() || hd.is_null());
            let person = Identity { keys, ..Identity::default() };
            return Err(if is_told { person.not_member(text) } else { Trouble::NotAllowed(text.to_owned()) });
        }
        let verified = truth_of(claims.get("email_verified"));
        let email = self.map.text("email", claims, 254).map(|address| {
            let proven = is_gmail(&address) || (verified && hosted.is_some());
            (address, proven)
        });
        Ok(Identity {
            keys,
            email,
            orgs: hosted.into_iter().collect(),
            groups: Vec::new(),
            auth_time: claims::auth_time(claims),
            amr: claims::amr(claims),
            ..self.map.identity(claims)
        })
    }
}

/// Google gives these addresses out itself and never a second time.
fn is_gmail(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, domain)| domain.eq_ignore_ascii_case("gmail.com"))
}

static FIELDS: &[Field] = &[
    Field {
        key: "client_id",
        label: Text { en: "Client ID", zh: "客户端 ID" },
        help: Text { en: "Ends with .apps.googleusercontent.com", zh: "以 .apps.googleusercontent.com 结尾" },
        input: Input::Line,
        required: true,
        default: "",
    },
    Field {
        key: "client_secret",
        label: Text { en: "Client secret", zh: "客户端密钥" },
        help: Text {
            en: "Begins with GOCSPX-; shown once when it is made.",
            zh: "以 GOCSPX- 开头，创建时只显示一次。",
        },
        input: Input::Secret,
        required: true,
        default: "",
    },
    Field {
        key: "hosted_domains",
        label: Text { en: "Only accounts of these Workspaces", zh: "仅限这些 Workspace 域" },
        help: Text {
            en: "One Google Workspace domain a line, such as example.com. Empty: any Google account.",
            zh: "每行一个 Google Workspace 主域，例如 example.com；留空则任何 Google 账号均可。",
        },
        input: Input::List,
        required: false,
        default: "",
    },
    Field {
        key: "choose_account",
        label: Text { en: "Always show the account chooser", zh: "每次都显示账号选择" },
        help: Text {
            en: "For people with several Google accounts. Off: Google may sign in silently.",
            zh: "适合一人有多个 Google 账号的情形；关闭时 Google 可能直接登录。",
        },
        input: Input::Flag,
        required: false,
        default: "false",
    },
];

const GUIDE: Text = Text {
    en: "1. Open console.cloud.google.com, choose or make a project, then Google Auth Platform → Branding: fill in name \
         and support address. Under Audience choose Internal for your Workspace only, else External.\n\
         2. Clients → Create client → type Web application.\n\
         3. Authorized redirect URIs → Add URI: paste {callback_url} exactly. Authorized JavaScript origins stay empty.\n\
         4. Press Create. Copy Client ID and Client secret here at once; Google shows the secret only this time.\n\
         5. An External app in Testing lets in only its test users: press Publish app when you are ready. The scopes we ask \
         (openid, email, profile) need no review.",
    zh: "1. 打开 console.cloud.google.com，选择或新建项目，进入 Google Auth Platform → Branding，填写应用名称与支持邮箱；\
         在 Audience 中，仅供本公司 Workspace 使用选 Internal，否则选 External。\n\
         2. Clients → Create client，类型选 Web application。\n\
         3. Authorized redirect URIs → Add URI，原样粘贴 {callback_url}；Authorized JavaScript origins 留空。\n\
         4. 点击 Create，立即把 Client ID 与 Client secret 复制到此处；密钥只显示这一次。\n\
         5. External 应用处于 Testing 状态时只有测试用户能登录，准备好后点击 Publish app。所用权限（openid、email、profile）无需审核。",
};

const CLIENT: Text = Text { en: "Client ID", zh: "客户端 ID" };
const CLIENT_LOOKS_RIGHT: Text = Text { en: "It looks like one of Google's.", zh: "格式符合 Google 的规则。" };
const CLIENT_LOOKS_ODD: Text = Text {
    en: "Google's client IDs end with .apps.googleusercontent.com. Copy it again.",
    zh: "Google 的客户端 ID 以 .apps.googleusercontent.com 结尾，请重新复制。",
};
const NOT_A_DOMAIN: Text =
    Text { en: "A domain such as example.com, one a line.", zh: "每行一个域名，例如 example.com。" };
