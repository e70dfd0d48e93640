//! What every endpoint reads first: parameters, the application and its secret, the token, the quota.

use http::Method;
use serde_json::Value;

use super::super::Practice;
use super::super::clients::Client;
use super::super::fields::{Asked, Fields};
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::answer::Refusal;
use super::apps::{App, AppKind};
use super::tickets::AppToken;
use crate::base::secret::same;

/// An application with what WeChat knows of it.
pub(in crate::practice) struct Known {
    pub(in crate::practice) client: Client,
    pub(in crate::practice) app: App,
}

impl Known {
    pub(in crate::practice) fn appid(&self) -> &str {
        &self.client.client_id
    }
}

/// The application of that appid.
pub(in crate::practice) fn known(practice: &Practice, appid: &str) -> Option<Known> {
    let client = practice.world().client(Platform::Wechat, appid).cloned()?;
    let app = client.wechat.clone()?;
    Some(Known { client, app })
}

/// The parameters: the query, or a posted form. Posted JSON is not read here (§2.11).
pub(super) fn parameters(asked: &Asked) -> &Fields {
    let is_form = asked.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form"));
    if asked.method == Method::POST && is_form && asked.query.get("appid").is_none() {
        &asked.form
    } else {
        &asked.query
    }
}

/// The parameter, or the error of a missing one.
pub(super) fn needed<'a>(fields: &'a Fields, name: &str, missing: (i64, &str)) -> Result<&'a str, Refusal> {
    fields.get(name).ok_or_else(|| Refusal::new(missing.0, missing.1))
}

/// The application that proves itself with its secret; both travel in the URL.
pub(super) fn authenticated(practice: &Practice, appid: &str, secret: &str) -> Result<Known, Refusal> {
    let known = known(practice, appid).ok_or_else(|| Refusal::new(40013, "invalid appid"))?;
    if practice.world().is_on(Platform::Wechat, Switch::SecretFrozen) {
        return Err(Refusal::new(40243, "AppSecret has been frozen"));
    }
    if !same(&known.client.client_secret, secret) {
        return Err(Refusal::new(40125, "invalid appsecret"));
    }
    Ok(known)
}

/// The application whose token stands in the URL (§12.17).
pub(super) fn by_token(practice: &Practice, asked: &Asked, kind: AppKind) -> Result<Known, Refusal> {
    let text = needed(&asked.query, "access_token", (41001, "access_token missing"))?;
    let stale = || Refusal::new(40001, "invalid credential, access_token is invalid or not latest");
    let token = {
        let world = practice.world();
        let wechat = &world.wechat;
        wechat.legacy.get(text).or_else(|| wechat.stable.get(text)).cloned().ok_or_else(stale)?
    };
    let AppToken { appid, expires_at, replaced_at } = token;
    if practice.now() >= expires_at {
        return Err(Refusal::new(42001, "access_token expired"));
    }
    if replaced_at.is_some_and(|at| practice.now() >= at) {
        return Err(stale());
    }
    let known = known(practice, &appid).ok_or_else(stale)?;
    if known.app.banned {
        return Err(Refusal::new(48004, "api forbidden for irregularities"));
    }
    let allowed = known.app.kind == kind && (kind != AppKind::Service || known.app.verified);
    if allowed { Ok(known) } else { Err(Refusal::new(48001, "api unauthorized")) }
}

/// A posted JSON object.
pub(super) fn posted(asked: &Asked) -> Result<Value, Refusal> {
    if asked.method != Method::POST {
        return Err(Refusal::new(43002, "require POST method"));
    }
    if asked.body.is_empty() {
        return Err(Refusal::new(44002, "empty post data"));
    }
    let value: Value = serde_json::from_slice(&asked.body).map_err(|_| Refusal::new(47001, "data format error"))?;
    if value.is_object() { Ok(value) } else { Err(Refusal::new(47001, "data format error")) }
}
