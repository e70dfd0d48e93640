//! Any platform that speaks OAuth 2 without OpenID: its addresses are typed,
//! and the person is read from its user information answer.

mod form;
mod userinfo;

use std::sync::Arc;

use futures::future::BoxFuture;
use http::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::answer::Object;
use super::claims::{self, ClaimMap, EmailTrust};
use super::code_flow::{self, ClientAuth, Exchange};
use super::doctor::{REACH, Report};
use super::fields::Settings;
use super::oidc::rules::{authorize_parameters, claim_map, client_auth, email_trust};
use super::{Check, Connector, Finding, Identity, Key, Kind, Reply, Step, Text, Trouble, Turn, Wrong};
use crate::base::id::ConnectorId;
use crate::base::secret::Secret;
use userinfo::{TokenPlace, Userinfo};

/// This platform.
pub static KIND: Kind = Kind {
    id: "oauth2",
    name: Text { en: "OAuth 2.0", zh: "OAuth 2.0" },
    about: Text {
        en: "Platforms with OAuth 2 but without OpenID Connect.",
        zh: "支持 OAuth 2 但不支持 OpenID Connect 的平台。",
    },
    icon: "oauth2",
    fits: super::Fit::everywhere,
    hook: false,
    fields: form::FIELDS,
    identified_by: &["token_url", "userinfo_url", "envelope", "subject_path"],
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
};

struct OAuth2 {
    authorization_url: String,
    token_url: String,
    client_id: String,
    client_id_name: String,
    client_secret: Secret,
    client_auth: ClientAuth,
    scope: String,
    pkce: bool,
    authorize_parameters: Vec<(String, String)>,
    userinfo: Userinfo,
    subject_path: String,
    map: ClaimMap,
    email_trust: EmailTrust,
    /// The host can be typed, so the key space is the instance's own (design.md §4).
    space: String,
}

fn open(settings: &Value, connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let comma = settings.line("scope_separator") == "comma";
    let scopes = settings.line("scopes");
    let scope = scopes.split_whitespace().collect::<Vec<_>>().join(if comma { "," } else { " " });
    let oauth2 = OAuth2 {
        authorization_url: settings.line("authorization_url"),
        token_url: settings.line("token_url"),
        client_id: settings.line("client_id"),
        client_id_name: parameter_name(&mut settings),
        client_secret: settings.secret("client_secret").unwrap_or_else(|| Secret::new("")),
        client_auth: client_auth(&settings.line("client_auth")).unwrap_or(ClientAuth::Post),
        scope,
        pkce: settings.flag("pkce"),
        authorize_parameters: authorize_parameters(&mut settings),
        userinfo: read_userinfo(&mut settings),
        subject_path: settings.line("subject_path"),
        map: claim_map(&mut settings)?,
        email_trust: email_trust(&settings),
        space: format!("conn:{connector}"),
    };
    settings.finish()?;
    Ok(Arc::new(oauth2))
}

fn parameter_name(settings: &mut Settings<'_>) -> String {
    let name = settings.line("client_id_name");
    let reserved = ["client_secret", "code", "redirect_uri", "grant_type", "state", "scope", "response_type"];
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') || reserved.contains(&name.as_str()) {
        settings.wrong("client_id_name", NOT_A_NAME);
    }
    name
}

fn read_userinfo(settings: &mut Settings<'_>) -> Userinfo {
    let headers = settings.pairs("headers", ':');
    let refused = |(name, value): &(String, String)| {
        let ours = ["authorization", "host", "content-length", "content-type", "cookie", "transfer-encoding"];
        HeaderName::from_bytes(name.as_bytes()).is_err()
            || HeaderValue::from_str(value).is_err()
            || ours.contains(&name.to_ascii_lowercase().as_str())
    };
    if headers.iter().any(refused) {
        settings.wrong("headers", NOT_A_HEADER);
    }
    let success = (settings.line("success_path"), settings.line("success_value"));
    if success.0.is_empty() != success.1.is_empty() {
        settings.wrong("success_value", NOT_BOTH);
    }
    Userinfo {
        address: settings.line("userinfo_url"),
        place: match settings.line("userinfo_token").as_str() {
            "query" => TokenPlace::Query,
            "form" => TokenPlace::Form,
            _ => TokenPlace::Header,
        },
        headers,
        envelope: settings.line("envelope"),
        success: Some(success).filter(|(path, _)| !path.is_empty()),
    }
}

impl Connector for OAuth2 {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let challenge = if self.pkce { code_flow::challenge(turn) } else { String::new() };
            let mut parameters = vec![
                (self.client_id_name.as_str(), self.client_id.as_str()),
                ("redirect_uri", &turn.callback_url),
                ("response_type", "code"),
                ("scope", &self.scope),
                ("state", &turn.state),
                ("code_challenge", &challenge),
                ("code_challenge_method", if self.pkce { "S256" } else { "" }),
            ];
            parameters.extend(self.authorize_parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            Ok(Step::go(code_flow::authorization_url(&self.authorization_url, &parameters)?))
        })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let Reply::Callback(callback) = reply else {
                return Err(Trouble::BadReply("a callback was expected".to_owned()));
            };
            let code = code_flow::code(&callback)?;
            let exchange = Exchange {
                token_url: &self.token_url,
                client_id: &self.client_id,
                client_id_name: &self.client_id_name,
                client_secret: Some(&self.client_secret),
                auth: self.client_auth,
                assertion: None,
                pkce: self.pkce,
                headers: &self.userinfo.headers,
            };
            let granted = exchange.send(turn, code).await?;
            let person = self.userinfo.fetch(turn, &granted).await?;
            Ok(Step::Known(Box::new(self.identity(&person)?)))
        })
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(async move {
            let mut report = Report::new(check);
            for url in [&self.authorization_url, &self.token_url, &self.userinfo.address] {
                report.transport(REACH, url);
                if let Some(answer) = report.reach(check, url).await
                    && (answer.status() == http::StatusCode::NOT_FOUND || answer.status().is_server_error())
                {
                    report.warning(REACH, ODD_STATUS, &format!("{url}: {}", answer.status().as_u16()));
                }
            }
            if report.is_sound() {
                report.ok(REACH, REACHED);
            }
            report.finish()
        })
    }
}

impl OAuth2 {
    fn identity(&self, person: &Object) -> Result<Identity, Trouble> {
        let Some(subject) = claims::subject(person, &self.subject_path) else {
            let path = &self.subject_path;
            return Err(Trouble::BadReply(format!("userinfo: {path} is no text and no whole number")));
        };
        Ok(Identity {
            keys: vec![Key { space: self.space.clone(), value: subject }],
            email: self.email_trust.email(&self.map, person),
            phone: claims::phone(&self.map, person),
            ..self.map.identity(person)
        })
    }
}

const NOT_A_NAME: Text = Text {
    en: "A parameter name of letters, digits and _, such as appid.",
    zh: "参数名只含字母、数字和下划线，例如 appid。",
};
const NOT_A_HEADER: Text = Text {
    en: "One Name: value a line; Authorization, Host, Cookie and Content-* are set by Hufu itself.",
    zh: "每行一个 名称: 值；Authorization、Host、Cookie 与 Content-* 由系统自行设置。",
};
const NOT_BOTH: Text = Text {
    en: "Fill in both, the path and the value, or neither.",
    zh: "路径与值须同时填写或同时留空。",
};
const ODD_STATUS: Text =
    Text { en: "The address answers, but with an odd status", zh: "该地址有响应，但状态码异常" };
const REACHED: Text = Text { en: "All three addresses answer.", zh: "三个地址均可访问。" };
