//! The live checks for GitHub: is the client known over there, is its secret right?

use http::Request;

use super::Github;
use crate::connectors::answer::{self, text_of};
use crate::connectors::doctor::{REACH, Report};
use crate::connectors::{Check, Finding, Text, Trouble};

/// Runs them.
pub async fn run(github: &Github, check: &Check) -> Vec<Finding> {
    let mut report = Report::new(check);
    report.transport(REACH, &github.web);
    form_of_client_id(github, &mut report);
    let page = report.reach(check, &format!("{}/login/oauth/authorize", github.web)).await;
    let api = report.reach(check, &format!("{}/meta", github.api)).await;
    if page.is_some() && api.is_some() {
        report.ok(REACH, REACHED);
        credentials(github, check, &mut report).await;
    }
    report.finish()
}

fn form_of_client_id(github: &Github, report: &mut Report) {
    let id = github.client_id.as_str();
    let old = id.len() == 20 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let known = old || ["Ov23", "Iv1.", "Iv23", "practice-"].iter().any(|start| id.starts_with(start));
    if known {
        report.ok(CLIENT, CLIENT_LOOKS_RIGHT);
    } else {
        report.warning(CLIENT, CLIENT_LOOKS_ODD, "");
    }
}

/// Sends a code that can't exist: with the right secret the code is refused, with a wrong one the client.
async fn credentials(github: &Github, check: &Check, report: &mut Report) {
    let url = format!("{}/login/oauth/access_token", github.web);
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &github.client_id)
        .append_pair("client_secret", github.client_secret.expose())
        .append_pair("code", "hufu-doctor-no-such-code")
        .append_pair("redirect_uri", &check.callback_url)
        .finish();
    let request = Request::post(&url)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into_bytes());
    let Ok(request) = request else { return report.error(CREDENTIALS, UNCLEAR, &url) };
    let answer = match check.outbound.send(request).await {
        Ok(answer) => answer,
        Err(error) => return report.unreached(&url, &Trouble::from(error)),
    };
    let error = answer::token(answer.body()).ok().and_then(|body| body.get("error").and_then(text_of));
    match error.as_deref() {
        Some("bad_verification_code") => report.ok(CREDENTIALS, ACCEPTED),
        Some("incorrect_client_credentials") => report.error(CREDENTIALS, WRONG_SECRET, ""),
        Some("redirect_uri_mismatch") => report.error(CREDENTIALS, WRONG_CALLBACK, &check.callback_url),
        Some("Not Found") => report.error(CREDENTIALS, UNKNOWN_CLIENT, ""),
        Some("application_suspended") => report.error(CREDENTIALS, SUSPENDED, ""),
        other => {
            let detail = format!("{} {}", answer.status().as_u16(), other.unwrap_or_default());
            report.warning(CREDENTIALS, UNCLEAR, detail.trim());
        }
    }
}

const CLIENT: Text = Text { en: "Client ID", zh: "Client ID" };
const CREDENTIALS: Text = Text { en: "Client and secret", zh: "Client ID 与密钥" };
const REACHED: Text =
    Text { en: "The sign-in page and the interface answer.", zh: "授权页与接口均可访问。" };
const CLIENT_LOOKS_RIGHT: Text = Text { en: "It looks like one of GitHub's.", zh: "格式符合 GitHub 的规则。" };
const CLIENT_LOOKS_ODD: Text = Text {
    en: "It does not look like one of GitHub's (Ov23…, Iv…, or 20 hexadecimal digits). Copy it again from the app's page.",
    zh: "格式不像 GitHub 的 Client ID（Ov23…、Iv… 或 20 位十六进制数），请从应用页面重新复制。",
};
const ACCEPTED: Text = Text { en: "GitHub accepts them.", zh: "GitHub 已接受。" };
const WRONG_SECRET: Text = Text {
    en: "GitHub refuses the pair. Generate a new client secret on the app's page and paste it here.",
    zh: "GitHub 拒绝了这一对凭据，请在应用页面重新生成 client secret 并粘贴到此处。",
};
const WRONG_CALLBACK: Text = Text {
    en: "The app has another callback URL. Set Authorization callback URL to the one shown here",
    zh: "应用登记的回调地址不同，请把 Authorization callback URL 改为此处显示的地址",
};
const UNKNOWN_CLIENT: Text = Text {
    en: "GitHub does not know this client ID. Copy it again from the app's page.",
    zh: "GitHub 不认识这个 Client ID，请从应用页面重新复制。",
};
const SUSPENDED: Text = Text {
    en: "GitHub has suspended this app. Ask GitHub's support.",
    zh: "该应用已被 GitHub 停用，请联系 GitHub 支持。",
};
const UNCLEAR: Text = Text {
    en: "GitHub's answer does not say whether they are right. Try again later",
    zh: "GitHub 的应答无法判断凭据是否正确，请稍后再试",
};
