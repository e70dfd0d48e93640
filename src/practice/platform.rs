//! Which platform a host belongs to, and the names it goes by.

/// A simulated platform; its switches, tokens and clients are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Platform {
    /// github.com and api.github.com.
    Github,
    /// GitHub Enterprise Server at ghe.example.org.
    Ghes,
    /// Google's four hosts.
    Google,
    /// A plain OpenID provider, login.example.org.
    Oidc,
    /// A plain OAuth 2 provider, oauth.example.net.
    Oauth2,
    /// WeChat: website applications, official accounts and mini programs.
    Wechat,
    /// DingTalk, with its Stream.
    Dingtalk,
    /// WeCom; its in-app page lies on WeChat's host, see `wechat::authorize`.
    Wecom,
    /// The four houses that send short messages.
    Sms,
}

impl Platform {
    pub(super) const ALL: [Self; 9] = [
        Self::Github,
        Self::Ghes,
        Self::Google,
        Self::Oidc,
        Self::Oauth2,
        Self::Wechat,
        Self::Dingtalk,
        Self::Wecom,
        Self::Sms,
    ];

    /// The platform that serves `host`.
    pub(super) fn of_host(host: &str) -> Option<Self> {
        match host {
            "github.com" | "api.github.com" => Some(Self::Github),
            "ghe.example.org" => Some(Self::Ghes),
            "accounts.google.com" | "oauth2.googleapis.com" | "www.googleapis.com" | "openidconnect.googleapis.com" => {
                Some(Self::Google)
            }
            "login.example.org" => Some(Self::Oidc),
            "oauth.example.net" => Some(Self::Oauth2),
            "open.weixin.qq.com"
            | "lp.open.weixin.qq.com"
            | "api.weixin.qq.com"
            | "mp.weixin.qq.com"
            | "thirdwx.qlogo.cn" => Some(Self::Wechat),
            "login.dingtalk.com" | "api.dingtalk.com" | "oapi.dingtalk.com" | "wss-open-connection.dingtalk.com" => {
                Some(Self::Dingtalk)
            }
            "login.work.weixin.qq.com" | "open.work.weixin.qq.com" | "qyapi.weixin.qq.com" => Some(Self::Wecom),
            "dysmsapi.aliyuncs.com" | "api.twilio.com" | "sms.tencentcloudapi.com" => Some(Self::Sms),
            _ if is_sns(host) => Some(Self::Sms),
            _ => None,
        }
    }

    /// The platform named so in the control API.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.key() == name)
    }

    /// Its name in the control API.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Ghes => "ghes",
            Self::Google => "google",
            Self::Oidc => "oidc",
            Self::Oauth2 => "oauth2",
            Self::Wechat => "wechat",
            Self::Dingtalk => "dingtalk",
            Self::Wecom => "wecom",
            Self::Sms => "sms",
        }
    }

    /// What people call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
            Self::Ghes => "GitHub Enterprise",
            Self::Google => "Google",
            Self::Oidc => "login.example.org",
            Self::Oauth2 => "oauth.example.net",
            Self::Wechat => "WeChat",
            Self::Dingtalk => "DingTalk",
            Self::Wecom => "WeCom",
            Self::Sms => "SMS",
        }
    }

    /// The client that is registered there from the start; WeChat has three, this is its website application.
    pub(super) const fn client_id(self) -> &'static str {
        match self {
            Self::Github | Self::Ghes => "practice-github",
            Self::Google => "practice-google",
            Self::Oidc => "practice-oidc",
            Self::Oauth2 => "practice-oauth2",
            Self::Wechat => "wxpracticewebsite0",
            Self::Dingtalk => "practice-dingtalk",
            Self::Wecom => "wwpractice00000000",
            Self::Sms => "practice-sms",
        }
    }

    /// The host whose pages people see.
    pub(super) const fn page_host(self) -> &'static str {
        match self {
            Self::Github => "github.com",
            Self::Ghes => "ghe.example.org",
            Self::Google => "accounts.google.com",
            Self::Oidc => "login.example.org",
            Self::Oauth2 => "oauth.example.net",
            Self::Wechat => "open.weixin.qq.com",
            Self::Dingtalk => "login.dingtalk.com",
            Self::Wecom => "login.work.weixin.qq.com",
            Self::Sms => "dysmsapi.aliyuncs.com",
        }
    }
}

/// `sns.{region}.amazonaws.com`.
fn is_sns(host: &str) -> bool {
    let region = host.strip_prefix("sns.").and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    region.is_some_and(|region| !region.is_empty() && !region.contains('.'))
}
