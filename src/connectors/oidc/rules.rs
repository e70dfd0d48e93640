//! The settings of an OpenID provider, checked and typed.

use openidconnect::core::{CoreClientAuthMethod, CoreJwsSigningAlgorithm};
use serde_json::Value;

use super::form::FIELDS;
use crate::base::clock::Seconds;
use crate::base::secret::Secret;
use crate::connectors::claims::{ClaimMap, EmailTrust};
use crate::connectors::code_flow::ClientAuth;
use crate::connectors::fields::{Settings, is_web_address};
use crate::connectors::openid::assertion::SigningKey;
use crate::connectors::openid::metadata::{Endpoints, Metadata, is_asymmetric};
use crate::connectors::openid::tenants::{GAP, Tenants};
use crate::connectors::{Text, Wrong};

/// Parameters that belong to the engine; a setting must not replace them.
pub const RESERVED: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "scope",
    "prompt",
    "max_age",
    "request",
    "request_uri",
];

/// When PKCE is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pkce {
    /// Unless the description names methods and S256 is none of them.
    Auto,
    /// Always S256.
    Always,
    /// Not at all.
    Never,
}

/// When the userinfo endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Userinfo {
    /// Never.
    Off,
    /// When a fact is missing.
    Merge,
    /// Each time.
    Required,
}

/// All of it.
pub struct Rules {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub client_auth: Option<ClientAuth>,
    /// What signs in the secret's place, and how the provider calls it.
    pub signing: Option<SigningKey>,
    pub key_id: String,
    pub tenants: Option<Tenants>,
    pub endpoints: Endpoints,
    pub scope: String,
    pub pkce: Pkce,
    pub form_post: bool,
    pub prompt: String,
    pub authorize_parameters: Vec<(String, String)>,
    pub map: ClaimMap,
    pub email_trust: EmailTrust,
    /// Empty: what the provider announces.
    pub algorithms: Vec<CoreJwsSigningAlgorithm>,
    pub userinfo: Userinfo,
    pub require_nonce: bool,
    pub max_auth_age: Option<Seconds>,
}

impl Rules {
    /// Reads them.
    ///
    /// # Errors
    /// Every field that can't be so.
    pub fn read(value: &Value) -> Result<Self, Vec<Wrong>> {
        let mut settings = Settings::read(FIELDS, value)?;
        let client_auth = client_auth(&settings.line("client_auth"));
        let rules = Self {
            issuer: settings.line("issuer"),
            client_id: settings.line("client_id"),
            client_secret: settings.secret("client_secret"),
            client_auth,
            signing: signing(&mut settings, client_auth),
            key_id: settings.line("client_key_id"),
            tenants: tenants(&mut settings),
            endpoints: endpoints(&settings),
            scope: scope(&settings.line("scopes")),
            pkce: match settings.line("pkce").as_str() {
                "always" => Pkce::Always,
                "never" => Pkce::Never,
                _ => Pkce::Auto,
            },
            form_post: settings.line("response_mode") == "form_post",
            prompt: settings.line("prompt"),
            authorize_parameters: authorize_parameters(&mut settings),
            map: claim_map(&mut settings)?,
            email_trust: email_trust(&settings),
            algorithms: algorithms(&mut settings),
            userinfo: match settings.line("userinfo").as_str() {
                "off" => Userinfo::Off,
                "required" => Userinfo::Required,
                _ => Userinfo::Merge,
            },
            require_nonce: settings.flag("require_nonce"),
            max_auth_age: max_auth_age(&mut settings),
        };
        rules.check_together(&mut settings);
        settings.finish()?;
        Ok(rules)
    }

    /// What fits one by one but not together.
    fn check_together(&self, settings: &mut Settings<'_>) {
        let public = self.client_auth == Some(ClientAuth::None);
        let secretless = public || self.client_auth == Some(ClientAuth::PrivateKeyJwt);
        if !secretless && self.client_secret.is_none() {
            settings.wrong("client_secret", NO_SECRET);
        }
        if public && self.pkce == Pkce::Never {
            settings.wrong("pkce", UNPROTECTED);
        }
        if !self.require_nonce && self.pkce == Pkce::Never {
            settings.wrong("require_nonce", UNBOUND);
        }
        if self.issuer.contains('?') {
            settings.wrong("issuer", QUERY);
        }
    }

    /// How the secret is sent to this provider.
    #[must_use]
    pub fn auth(&self, metadata: &Metadata) -> ClientAuth {
        let basic = metadata.offers(&CoreClientAuthMethod::ClientSecretBasic);
        self.client_auth.unwrap_or(if basic { ClientAuth::Basic } else { ClientAuth::Post })
    }

    /// Whether PKCE is used with this provider.
    #[must_use]
    pub fn uses_pkce(&self, metadata: &Metadata) -> bool {
        match self.pkce {
            Pkce::Auto => metadata.s256 != Some(false),
            Pkce::Always => true,
            Pkce::Never => false,
        }
    }

    /// The algorithms an ID token of this provider may have.
    #[must_use]
    pub fn allowed<'a>(&'a self, metadata: &'a Metadata) -> &'a [CoreJwsSigningAlgorithm] {
        if self.algorithms.is_empty() { &metadata.algorithms } else { &self.algorithms }
    }
}

/// `None` for automatic.
#[must_use]
pub fn client_auth(word: &str) -> Option<ClientAuth> {
    match word {
        "basic" => Some(ClientAuth::Basic),
        "post" => Some(ClientAuth::Post),
        "secret_jwt" => Some(ClientAuth::SecretJwt),
        "private_key_jwt" => Some(ClientAuth::PrivateKeyJwt),
        "none" => Some(ClientAuth::None),
        _ => None,
    }
}

/// What signs the statement in the secret's place, where one does.
fn signing(settings: &mut Settings<'_>, auth: Option<ClientAuth>) -> Option<SigningKey> {
    match auth {
        Some(ClientAuth::SecretJwt) => settings.secret("client_secret").map(SigningKey::Shared),
        Some(ClientAuth::PrivateKeyJwt) => {
            let key = settings.secret("client_key").and_then(|text| SigningKey::of_pem(&text));
            if key.is_none() {
                settings.wrong("client_key", NOT_A_KEY);
            }
            key
        }
        _ => None,
    }
}

fn tenants(settings: &mut Settings<'_>) -> Option<Tenants> {
    let (template, named) = (settings.line("issuer_template"), settings.list("tenants"));
    if template.is_empty() {
        if !named.is_empty() {
            settings.wrong("issuer_template", NO_TEMPLATE);
        }
        return None;
    }
    if !is_web_address(&template.replace(GAP, "x")) {
        settings.wrong("issuer_template", NO_TEMPLATE);
        return None;
    }
    let tenants = Tenants::new(&template, &named);
    if tenants.is_none() {
        settings.wrong(if template.contains(GAP) { "tenants" } else { "issuer_template" }, NO_TENANTS);
    }
    tenants
}

fn endpoints(settings: &Settings<'_>) -> Endpoints {
    let typed = |key| Some(settings.line(key)).filter(|address| !address.is_empty());
    Endpoints {
        authorization: typed("authorization_endpoint"),
        token: typed("token_endpoint"),
        userinfo: typed("userinfo_endpoint"),
        jwks: typed("jwks_uri"),
    }
}

/// The rule for e-mail addresses.
#[must_use]
pub fn email_trust(settings: &Settings<'_>) -> EmailTrust {
    match settings.line("email_trust").as_str() {
        "always" => EmailTrust::Always,
        "never" => EmailTrust::Never,
        _ => EmailTrust::Claim,
    }
}

/// The map of claims; a name that is none of ours is noted.
///
/// # Errors
/// Never in practice: the standard map alone has no wrong name.
pub fn claim_map(settings: &mut Settings<'_>) -> Result<ClaimMap, Vec<Wrong>> {
    let changes = settings.pairs("claim_map", '=');
    ClaimMap::new(&changes).or_else(|_| {
        settings.wrong("claim_map", NOT_A_FACT);
        ClaimMap::new(&[]).map_err(|_| Vec::new())
    })
}

/// Parameters for the authorization request; the engine's own are noted as wrong.
pub fn authorize_parameters(settings: &mut Settings<'_>) -> Vec<(String, String)> {
    let pairs = settings.pairs("authorize_parameters", '=');
    if pairs.iter().any(|(name, _)| RESERVED.contains(&name.as_str())) {
        settings.wrong("authorize_parameters", OURS);
    }
    pairs
}

fn scope(line: &str) -> String {
    let mut scopes = line.split_whitespace().collect::<Vec<_>>();
    if !scopes.contains(&"openid") {
        scopes.insert(0, "openid");
    }
    scopes.join(" ")
}

fn algorithms(settings: &mut Settings<'_>) -> Vec<CoreJwsSigningAlgorithm> {
    let names = settings.list("algorithms");
    let known = |name: &String| {
        let algorithm = serde_json::from_value::<CoreJwsSigningAlgorithm>(Value::String(name.clone())).ok();
        algorithm.filter(is_asymmetric)
    };
    let algorithms = names.iter().filter_map(known).collect::<Vec<_>>();
    if algorithms.len() != names.len() {
        settings.wrong("algorithms", NOT_AN_ALGORITHM);
    }
    algorithms
}

fn max_auth_age(settings: &mut Settings<'_>) -> Option<Seconds> {
    let line = settings.line("max_auth_age");
    if line.is_empty() {
        return None;
    }
    let seconds = line.parse::<Seconds>().ok().filter(|seconds| *seconds >= 0);
    if seconds.is_none() {
        settings.wrong("max_auth_age", NOT_SECONDS);
    }
    seconds
}

const NO_SECRET: Text = Text {
    en: "Fill in the secret, or choose a public client above.",
    zh: "请填写密钥，或将发送方式改为公开客户端。",
};
const NOT_A_KEY: Text = Text {
    en: "A PKCS#8 key in PEM is needed, which begins with -----BEGIN PRIVATE KEY-----, RSA from 2048 bits or P-256.",
    zh: "须为 PKCS#8 的 PEM 私钥（以 -----BEGIN PRIVATE KEY----- 开头），RSA 2048 位以上或 P-256。",
};
const NO_TEMPLATE: Text = Text {
    en: "Fill in the issuer as the provider's description writes it, with {tenantid} in it.",
    zh: "请按发现文档原样填写含 {tenantid} 的 issuer。",
};
const NO_TENANTS: Text = Text {
    en: "Name the tenants by their IDs, one a line, or write a single *; {tenantid} stands in the issuer once.",
    zh: "请逐行填写租户 ID，或只写一个 *；issuer 中 {tenantid} 须恰好出现一次。",
};
const UNPROTECTED: Text =
    Text { en: "A client without a secret needs PKCE.", zh: "没有密钥的客户端必须使用 PKCE。" };
const UNBOUND: Text = Text {
    en: "Without PKCE the nonce is what ties the answer to the browser; one of the two must stay on.",
    zh: "不用 PKCE 时须靠 nonce 把应答与浏览器绑定，两者至少保留一个。",
};
const QUERY: Text = Text { en: "An issuer has no query.", zh: "issuer 不能带查询参数。" };
const NOT_A_FACT: Text = Text {
    en: "Left of = stands one of ours: username, name, given_name, family_name, email, email_verified, phone, \
         phone_verified, picture, locale, groups.",
    zh: "等号左边须是：username、name、given_name、family_name、email、email_verified、phone、phone_verified、picture、\
         locale、groups 之一。",
};
const OURS: Text = Text {
    en: "client_id, redirect_uri, response_type, response_mode, state, nonce, code_challenge, scope, prompt, max_age and \
         request are set by Hufu itself.",
    zh: "client_id、redirect_uri、response_type、response_mode、state、nonce、code_challenge、scope、prompt、max_age、request 由系统自行设置。",
};
const NOT_AN_ALGORITHM: Text = Text {
    en: "One of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA, one a line.",
    zh: "每行一个：RS256、RS384、RS512、PS256、PS384、PS512、ES256、ES384、EdDSA。",
};
const NOT_SECONDS: Text = Text { en: "A whole number of seconds.", zh: "请填写整数秒数。" };
