//! The live checks that every OpenID provider can be put to.

use std::sync::Arc;

use super::metadata::{self, Metadata};
use super::provider::Provider;
use crate::connectors::doctor::Report;
use crate::connectors::{Check, Text, Trouble};

/// Description, endpoints, algorithms, keys and clock.
pub async fn run(provider: &Provider, check: &Check, report: &mut Report) -> Option<Arc<Metadata>> {
    report.transport(DISCOVERY, provider.issuer());
    let metadata = description(provider, check, report).await?;
    for address in metadata.addresses() {
        report.transport(ENDPOINTS, address);
    }
    if metadata.algorithms.is_empty() {
        report.error(ALGORITHMS, NO_ALGORITHM, "");
    } else {
        report.ok(ALGORITHMS, ALGORITHM);
    }
    keys(provider, check, report, &metadata).await;
    Some(Arc::new(metadata))
}

async fn description(provider: &Provider, check: &Check, report: &mut Report) -> Option<Metadata> {
    if provider.is_undescribed() {
        report.ok(DISCOVERY, TYPED);
        return provider.fetch_metadata(&check.outbound, check.now).await.ok().map(|(metadata, _)| metadata);
    }
    let answer = report.reach(check, &metadata::address(provider.issuer())).await?;
    match provider.described(&answer, check.now) {
        Ok(metadata) => {
            report.ok(DISCOVERY, FOUND);
            Some(metadata)
        }
        Err(trouble) => {
            report.error(DISCOVERY, sentence(&trouble), &trouble.to_string());
            None
        }
    }
}

async fn keys(provider: &Provider, check: &Check, report: &mut Report, metadata: &Metadata) {
    match provider.fetch_keys(&check.outbound, &metadata.jwks, check.now).await {
        Ok((set, _)) if set.is_empty() => report.error(KEYS, NO_KEYS, &metadata.jwks),
        Ok((set, _)) if set.unnamed() > 1 => {
            report.warning(KEYS, UNNAMED_KEYS, &metadata.jwks);
        }
        Ok(_) => report.ok(KEYS, KEYS_READ),
        Err(trouble) => report.error(KEYS, KEYS_UNREAD, &trouble.to_string()),
    }
}

fn sentence(trouble: &Trouble) -> Text {
    match trouble {
        Trouble::Misconfigured(_) => OTHER_ISSUER,
        _ => NOT_FOUND,
    }
}

const DISCOVERY: Text = Text { en: "Discovery", zh: "发现文档" };
const ENDPOINTS: Text = Text { en: "Endpoints", zh: "端点地址" };
const ALGORITHMS: Text = Text { en: "Signatures", zh: "签名算法" };
const KEYS: Text = Text { en: "Keys", zh: "公钥" };
const FOUND: Text = Text {
    en: "The description is there, and its issuer is the one filled in.",
    zh: "发现文档可读，其中的 issuer 与所填一致。",
};
const TYPED: Text = Text {
    en: "Every address is filled in, so no description is read.",
    zh: "各端点均已填写，不再读取发现文档。",
};
const OTHER_ISSUER: Text = Text {
    en: "The issuer must be written exactly as the provider writes it, trailing slash included, and the description needs every endpoint",
    zh: "issuer 须与提供方所写逐字一致（包括末尾斜杠），且发现文档须给出全部端点",
};
const NOT_FOUND: Text =
    Text { en: "The description can't be read. Check the issuer", zh: "发现文档无法读取，请检查 issuer" };
const ALGORITHM: Text = Text { en: "ID tokens are signed with a private key.", zh: "ID 令牌使用私钥签名。" };
const NO_ALGORITHM: Text = Text {
    en: "The provider names no asymmetric algorithm that we know. Set it to RS256 or ES256 over there.",
    zh: "提供方没有列出可用的非对称签名算法，请在对方设为 RS256 或 ES256。",
};
const KEYS_READ: Text = Text { en: "The keys can be read.", zh: "公钥可读。" };
const NO_KEYS: Text =
    Text { en: "The key set is empty; no token can be checked", zh: "公钥集为空，无法校验令牌" };
const KEYS_UNREAD: Text = Text { en: "The keys can't be read", zh: "公钥无法读取" };
const UNNAMED_KEYS: Text = Text {
    en: "Several keys have no kid; give each its own",
    zh: "多个公钥没有 kid，请为每个公钥设置不同的 kid",
};
