//! The live checks for WeChat Work: secret, application, domain, directory.

use super::api::Way;
use super::{Wecom, form};
use crate::connectors::answer::text_of;
use crate::connectors::doctor::Report;
use crate::connectors::{Check, Finding, Trouble};

/// Runs them.
pub(super) async fn run(wecom: &Wecom, check: &Check) -> Vec<Finding> {
    let mut report = Report::new(check);
    let way = Way { outbound: &check.outbound, tokens: &*check.tokens };
    match wecom.corp.token(way).await {
        Ok(_) => report.ok(form::TOKEN, form::ACCEPTED),
        Err(trouble) => {
            refused(&mut report, &trouble);
            return report.finish();
        }
    }
    agent(wecom, check, way, &mut report).await;
    match wecom.corp.ask(way, "/cgi-bin/department/list", &[], None).await.and_then(super::api::Answered::success) {
        Ok(_) => report.ok(form::DIRECTORY, form::DIRECTORY_READ),
        Err(trouble) if listed(&trouble) => report.error(form::DIRECTORY, form::NOT_ON_LIST, &trouble.to_string()),
        Err(trouble) => report.warning(form::DIRECTORY, form::DIRECTORY_UNREAD, &trouble.to_string()),
    }
    report.finish()
}

fn refused(report: &mut Report, trouble: &Trouble) {
    match trouble {
        Trouble::Misconfigured(_) if listed(trouble) => {
            report.error(form::TOKEN, form::NOT_ON_LIST, &trouble.to_string());
        }
        Trouble::Misconfigured(_) => report.error(form::TOKEN, form::REFUSED, &trouble.to_string()),
        _ => report.unreached("https://qyapi.weixin.qq.com", trouble),
    }
}

/// 60020 names the address that has to be entered over there.
fn listed(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Misconfigured(detail) if detail.contains(" 60020 "))
}

async fn agent(wecom: &Wecom, check: &Check, way: Way<'_>, report: &mut Report) {
    let asked = wecom.corp.ask(way, "/cgi-bin/agent/get", &[("agentid", &wecom.corp.agentid)], None).await;
    let agent = match asked.and_then(super::api::Answered::success) {
        Ok(agent) => agent,
        Err(trouble) if listed(&trouble) => {
            return report.error(form::AGENT, form::NOT_ON_LIST, &trouble.to_string());
        }
        Err(trouble) => return report.error(form::AGENT, form::AGENT_UNREAD, &trouble.to_string()),
    };
    report.ok(form::AGENT, form::AGENT_FOUND);
    let host = url::Url::parse(&check.callback_url).ok();
    let host = host.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    let theirs = agent.get("redirect_domain").and_then(text_of).unwrap_or_default();
    if theirs.split(':').next() != Some(host) {
        report.warning(form::AGENT, form::OTHER_DOMAIN, &theirs);
    }
}
