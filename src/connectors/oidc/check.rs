//! The live checks: the provider's, and whether our settings fit it.

use openidconnect::core::CoreClientAuthMethod;

use super::rules::{Pkce, Rules, Userinfo};
use crate::connectors::code_flow::ClientAuth;
use crate::connectors::doctor::Report;
use crate::connectors::openid::metadata::Metadata;
use crate::connectors::openid::provider::Provider;
use crate::connectors::{Check, Finding, Text, openid};

/// Runs them.
pub async fn run(rules: &Rules, provider: &Provider, check: &Check) -> Vec<Finding> {
    let mut report = Report::new(check);
    if let Some(metadata) = openid::check::run(provider, check, &mut report).await {
        fits(rules, &metadata, &mut report);
    }
    report.finish()
}

fn fits(rules: &Rules, metadata: &Metadata, report: &mut Report) {
    let method = match rules.auth(metadata) {
        ClientAuth::Basic => Some(CoreClientAuthMethod::ClientSecretBasic),
        ClientAuth::Post => Some(CoreClientAuthMethod::ClientSecretPost),
        ClientAuth::SecretJwt => Some(CoreClientAuthMethod::ClientSecretJwt),
        ClientAuth::PrivateKeyJwt => Some(CoreClientAuthMethod::PrivateKeyJwt),
        ClientAuth::None => None,
    };
    if method.is_some_and(|method| !metadata.offers(&method)) {
        report.warning(AUTH, AUTH_NOT_OFFERED, "");
    }
    if rules.pkce == Pkce::Always && metadata.s256 == Some(false) {
        report.error(PKCE, PKCE_NOT_OFFERED, "");
    }
    if rules.userinfo == Userinfo::Required && metadata.userinfo.is_none() {
        report.error(USERINFO, NO_USERINFO, "");
    }
    if !rules.algorithms.is_empty() && !rules.algorithms.iter().any(|alg| metadata.algorithms.contains(alg)) {
        report.error(ALGORITHMS, NO_COMMON_ALGORITHM, "");
    }
}

const AUTH: Text = Text { en: "How the secret is sent", zh: "密钥的发送方式" };
const AUTH_NOT_OFFERED: Text = Text {
    en: "The provider does not announce this way of sending the secret. Choose Automatic or the other one.",
    zh: "提供方没有公布支持这种发送方式，请选“自动”或另一种。",
};
const PKCE: Text = Text { en: "PKCE", zh: "PKCE" };
const PKCE_NOT_OFFERED: Text = Text {
    en: "The provider does not offer S256. Choose Automatic.",
    zh: "提供方不支持 S256，请选“自动”。",
};
const USERINFO: Text = Text { en: "Userinfo", zh: "userinfo" };
const NO_USERINFO: Text = Text {
    en: "The provider has no userinfo endpoint. Set it to Never.",
    zh: "提供方没有 userinfo 端点，请选“从不”。",
};
const ALGORITHMS: Text = Text { en: "Signatures", zh: "签名算法" };
const NO_COMMON_ALGORITHM: Text = Text {
    en: "The provider announces none of the algorithms filled in. Leave the field empty.",
    zh: "所填算法都不在提供方公布之列，请将该项留空。",
};
