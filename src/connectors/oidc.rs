//! Any OpenID provider whose issuer can be typed: discovery, an ID token, and claims mapped as the administrator says.

mod check;
pub mod form;
pub mod rules;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;

use super::answer::Object;
use super::claims;
use super::code_flow::{self, Exchange, Granted};
use super::openid::assertion::SigningKey;
use super::openid::id_token::Expected;
use super::openid::metadata::Metadata;
use super::openid::provider::Provider;
use super::openid::userinfo;
use super::{Check, Connector, Finding, Identity, Key, Kind, Reply, Step, Text, Trouble, Turn, Wrong};
use crate::base::id::ConnectorId;
use rules::{Rules, Userinfo};

/// This platform.
pub static KIND: Kind = Kind {
    id: "oidc",
    name: Text { en: "OpenID Connect", zh: "OpenID Connect" },
    about: Text {
        en: "Any provider with a discovery document: Keycloak, Entra ID, Okta, another Hufu.",
        zh: "任何支持 OpenID Connect 的平台，如 Keycloak、Entra ID、Okta 或另一个 Hufu。",
    },
    icon: "oidc",
    fits: super::Fit::everywhere,
    hook: false,
    fields: form::FIELDS,
    identified_by: &["issuer"],
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
};

struct Oidc {
    rules: Rules,
    provider: Provider,
    /// The host can be typed, so the key space is the instance's own (design.md §4).
    space: String,
}

fn open(settings: &Value, connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let rules = Rules::read(settings)?;
    let provider = Provider::typed(rules.issuer.clone(), rules.tenants.clone(), rules.endpoints.clone());
    Ok(Arc::new(Oidc { rules, provider, space: format!("conn:{connector}") }))
}

impl Connector for Oidc {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let metadata = self.provider.metadata(&turn.outbound, turn.now).await?;
            Ok(Step::go(self.authorization_url(turn, &metadata)?))
        })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let Reply::Callback(callback) = reply else {
                return Err(Trouble::BadReply("a callback was expected".to_owned()));
            };
            let metadata = self.provider.metadata(&turn.outbound, turn.now).await?;
            let granted = self.exchange(turn, &metadata, &callback).await?;
            let token = self.token(turn, &metadata, &granted).await?;
            let more = self.more(turn, &metadata, &granted, &token).await?;
            Ok(Step::Known(Box::new(self.identity(&token, more.as_ref())?)))
        })
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(check::run(&self.rules, &self.provider, check))
    }
}

impl Oidc {
    fn authorization_url(&self, turn: &Turn, metadata: &Metadata) -> Result<String, Trouble> {
        let rules = &self.rules;
        let challenge = if rules.uses_pkce(metadata) { code_flow::challenge(turn) } else { String::new() };
        let max_age = oldest(turn.max_age, rules.max_auth_age).map(|seconds| seconds.to_string()).unwrap_or_default();
        let mut parameters = vec![
            ("client_id", rules.client_id.as_str()),
            ("redirect_uri", &turn.callback_url),
            ("response_type", "code"),
            ("scope", &rules.scope),
            ("state", &turn.state),
            ("nonce", &turn.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", if challenge.is_empty() { "" } else { "S256" }),
            ("response_mode", if rules.form_post { "form_post" } else { "" }),
            ("login_hint", turn.hint.as_deref().unwrap_or_default()),
            ("prompt", if turn.prompt_login { "login" } else { &rules.prompt }),
            ("max_age", &max_age),
            ("ui_locales", turn.lang.tag()),
        ];
        // What an administrator typed wins over what we merely forward.
        parameters.retain(|(name, _)| !rules.authorize_parameters.iter().any(|(typed, _)| typed == name));
        parameters.extend(rules.authorize_parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        code_flow::authorization_url(&metadata.authorization, &parameters)
    }

    async fn exchange(
        &self,
        turn: &Turn,
        metadata: &Metadata,
        callback: &BTreeMap<String, String>,
    ) -> Result<Granted, Trouble> {
        // Before the code goes anywhere: it must be this provider's (RFC 9700 §4.4).
        let filled = callback.get("iss").filter(|iss| self.provider.tenants().is_some_and(|all| all.could_be(iss)));
        let known = filled.map_or(self.provider.issuer(), String::as_str);
        code_flow::issuer(callback, &[known], metadata.iss_parameter)?;
        let code = code_flow::code(callback)?;
        let (client_id, key_id) = (&self.rules.client_id, &self.rules.key_id);
        let sign = |key: &SigningKey| key.assertion(turn, client_id, key_id, &metadata.token);
        let exchange = Exchange {
            assertion: self.rules.signing.as_ref().map(sign).transpose()?,
            token_url: &metadata.token,
            client_id: &self.rules.client_id,
            client_id_name: "client_id",
            client_secret: self.rules.client_secret.as_ref(),
            auth: self.rules.auth(metadata),
            pkce: self.rules.uses_pkce(metadata),
            headers: &[],
        };
        exchange.send(turn, code).await
    }

    async fn token(&self, turn: &Turn, metadata: &Metadata, granted: &Granted) -> Result<Object, Trouble> {
        let expected = Expected {
            issuers: &[self.provider.issuer()],
            tenants: self.provider.tenants(),
            client_id: &self.rules.client_id,
            nonce: self.rules.require_nonce.then_some(turn.nonce.as_str()),
            algorithms: self.rules.allowed(metadata),
            now: turn.now,
            max_auth_age: self.rules.max_auth_age,
        };
        self.provider.claims(turn, granted, &expected).await
    }

    async fn more(
        &self,
        turn: &Turn,
        metadata: &Metadata,
        granted: &Granted,
        token: &Object,
    ) -> Result<Option<Object>, Trouble> {
        let asked = match self.rules.userinfo {
            Userinfo::Off => false,
            Userinfo::Merge => metadata.userinfo.is_some() && self.lacks_something(token),
            Userinfo::Required => true,
        };
        if !asked {
            return Ok(None);
        }
        let Some(address) = &metadata.userinfo else {
            return Err(Trouble::Misconfigured("the provider has no userinfo endpoint".to_owned()));
        };
        let sub = claims::subject(token, "sub").unwrap_or_default();
        userinfo::fetch(turn, granted, address, &sub).await.map(Some)
    }

    fn lacks_something(&self, claims: &Object) -> bool {
        ["name", "email"].iter().any(|fact| self.rules.map.find(fact, claims).is_none())
    }

    /// A `sub` is one person's within its issuer, and each tenant is an issuer of its own.
    fn of_tenant(&self, token: &Object, sub: String) -> String {
        match self.provider.tenants().and_then(|tenants| tenants.of(token)) {
            Some(tenant) => format!("{}:{sub}", tenant.to_ascii_lowercase()),
            None => sub,
        }
    }

    /// Subject and time of sign-in only from the signed token; an address with the flag of its own document.
    fn identity(&self, token: &Object, more: Option<&Object>) -> Result<Identity, Trouble> {
        let Some(sub) = claims::subject(token, "sub") else {
            return Err(Trouble::BadReply("id_token: no sub".to_owned()));
        };
        let map = &self.rules.map;
        let email = |claims: &Object| self.rules.email_trust.email(map, claims);
        Ok(Identity {
            keys: vec![Key { space: self.space.clone(), value: self.of_tenant(token, sub) }],
            email: claims::either(email(token), more.and_then(email)),
            phone: claims::either(claims::phone(map, token), more.and_then(|more| claims::phone(map, more))),
            auth_time: claims::auth_time(token),
            amr: claims::amr(token),
            ..map.identity(&userinfo::merged(token, more))
        })
    }
}

/// The stricter of what the application and the administrator want.
fn oldest(asked: Option<i64>, ruled: Option<i64>) -> Option<i64> {
    match (asked, ruled) {
        (Some(asked), Some(ruled)) => Some(asked.min(ruled)),
        (one, other) => one.or(other),
    }
}
