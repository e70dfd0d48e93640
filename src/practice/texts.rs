//! Every sentence of the practice pages, in both languages.

use super::fields::Asked;
use super::people::Trait;
use super::platform::Platform;
use crate::base::lang::Lang;

/// The sentences of one language; a missing one does not compile.
pub(super) struct Texts {
    pub(super) lang: &'static str,
    pub(super) banner: &'static str,
    pub(super) world: &'static str,
    pub(super) world_lead: &'static str,
    pub(super) world_people: &'static str,
    pub(super) world_platforms: &'static str,
    pub(super) world_back: &'static str,
    pub(super) take_phone: &'static str,
    pub(super) sign_in_at: &'static str,
    pub(super) wants: &'static str,
    pub(super) goes_back_to: &'static str,
    pub(super) pick: &'static str,
    pub(super) allow: &'static str,
    pub(super) deny: &'static str,
    pub(super) last: &'static str,
    pub(super) give_less: &'static str,
    pub(super) change_people: &'static str,
    pub(super) add_person: &'static str,
    pub(super) change: &'static str,
    pub(super) change_person: &'static str,
    pub(super) name: &'static str,
    pub(super) login: &'static str,
    pub(super) login_help: &'static str,
    pub(super) email: &'static str,
    pub(super) email_verified: &'static str,
    pub(super) hd: &'static str,
    pub(super) optional: &'static str,
    pub(super) save: &'static str,
    pub(super) cancel: &'static str,
    pub(super) full: &'static str,
    pub(super) login_shape: &'static str,
    pub(super) email_shape: &'static str,
    pub(super) go_on: &'static str,
    pub(super) going: &'static str,
    pub(super) no_page: &'static str,
    pub(super) no_page_words: &'static str,
    pub(super) bad_request: &'static str,
    pub(super) unknown_client: &'static str,
    pub(super) wrong_redirect: &'static str,
    pub(super) bad_parameters: &'static str,
    pub(super) signed_out: &'static str,
    pub(super) signed_out_words: &'static str,
    notes: Notes,
    scopes: Scopes,
}

struct Notes {
    no_name: &'static str,
    long_name: &'static str,
    unusual_script: &'static str,
    no_mail: &'static str,
    unverified_mail: &'static str,
    capital_mail: &'static str,
    big_number: &'static str,
    workspace: &'static str,
    invited: &'static str,
    many_groups: &'static str,
}

struct Scopes {
    who: &'static str,
    profile: &'static str,
    email: &'static str,
    orgs: &'static str,
    groups: &'static str,
    offline: &'static str,
    other: &'static str,
}

impl Texts {
    /// The language the request asks for: `ui_locales` or `hl`, then `Accept-Language`.
    pub(super) fn of(asked: &Asked) -> &'static Self {
        let fields = asked.authorization();
        let named = fields.get("ui_locales").or_else(|| fields.get("hl"));
        let by_name = named.and_then(|tags| tags.split(' ').find_map(Lang::from_tag));
        let lang = by_name.or_else(|| Lang::from_accept_language(asked.header("accept-language")?));
        Self::in_lang(lang.unwrap_or(Lang::En))
    }

    pub(super) fn in_lang(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    /// What people call a platform.
    pub(super) fn called(&self, platform: Platform) -> &'static str {
        match platform {
            Platform::Wechat if self.lang != "en" => "微信",
            Platform::Dingtalk if self.lang != "en" => "钉钉",
            Platform::Wecom if self.lang != "en" => "企业微信",
            Platform::Sms if self.lang != "en" => "短信",
            _ => platform.name(),
        }
    }

    /// What is odd about a person, in two or three words.
    pub(super) fn note(&self, kind: Trait) -> &'static str {
        let notes = &self.notes;
        match kind {
            Trait::NoName => notes.no_name,
            Trait::LongName => notes.long_name,
            Trait::UnusualScript => notes.unusual_script,
            Trait::NoMail => notes.no_mail,
            Trait::UnverifiedMail => notes.unverified_mail,
            Trait::CapitalMail => notes.capital_mail,
            Trait::BigNumber => notes.big_number,
            Trait::Workspace => notes.workspace,
            Trait::Invited => notes.invited,
            Trait::ManyGroups => notes.many_groups,
        }
    }

    /// What a scope lets the application have.
    pub(super) fn scope(&self, scope: &str) -> &'static str {
        let scopes = &self.scopes;
        match scope {
            "openid" | "snsapi_base" => scopes.who,
            "snsapi_userinfo" | "profile" | "read:user" | "user" => scopes.profile,
            "email" | "user:email" => scopes.email,
            "read:org" => scopes.orgs,
            "groups" => scopes.groups,
            "offline_access" => scopes.offline,
            _ => scopes.other,
        }
    }
}

static EN: Texts = Texts {
    lang: "en",
    banner: "Practice platform: nothing here is real",
    world: "Practice world",
    world_lead: "These people live only here. The practice GitHub, Google and other platforms let you sign in as any \
        of them, so that you can try Hufu without an account anywhere.",
    world_people: "People",
    world_platforms: "Platforms",
    world_back: "Back to Hufu",
    take_phone: "Take somebody's phone: messages, codes to scan, WeChat",
    sign_in_at: "Sign in at {}",
    wants: "would like to have:",
    goes_back_to: "Afterwards you return to",
    pick: "Who are you here?",
    allow: "Sign in and allow",
    deny: "Do not allow",
    last: "last time",
    give_less: "Give less than was asked",
    change_people: "Add or change people",
    add_person: "Add a person",
    change: "Change",
    change_person: "Change this person",
    name: "Name",
    login: "Login",
    login_help: "Letters, digits and hyphens. You may give somebody a login that another person gave up.",
    email: "E-mail",
    email_verified: "The e-mail address is verified",
    hd: "Google Workspace domain",
    optional: "optional",
    save: "Save",
    cancel: "Cancel",
    full: "The practice world is full. Restart it to begin anew.",
    login_shape: "Use 1 to 39 letters, digits or hyphens.",
    email_shape: "Write one address, such as name@example.com, or leave it empty.",
    go_on: "Go on",
    going: "Taking you back to the application",
    no_page: "There is no such page",
    no_page_words: "The address may be mistyped, or the application is not registered at this platform.",
    bad_request: "This request cannot be answered",
    unknown_client: "No application with this client_id is registered at this platform.",
    wrong_redirect: "The redirect_uri is not one that the application registered.",
    bad_parameters: "A parameter of the request is missing or comes twice.",
    signed_out: "You are signed out",
    signed_out_words: "You are signed out of the practice platform. You can close this page.",
    notes: Notes {
        no_name: "no name",
        long_name: "very long name",
        unusual_script: "unusual characters in the name",
        no_mail: "no e-mail",
        unverified_mail: "e-mail not verified",
        capital_mail: "e-mail in capitals",
        big_number: "very large id",
        workspace: "company account",
        invited: "invited, not yet a member",
        many_groups: "300 groups",
    },
    scopes: Scopes {
        who: "Know that it is you",
        profile: "See your name and profile",
        email: "See your e-mail addresses",
        orgs: "See your organisations and teams",
        groups: "See the groups you are in",
        offline: "Stay signed in when you are away",
        other: "Use this part of your account",
    },
};

static ZH: Texts = Texts {
    lang: "zh-CN",
    banner: "练习平台：这里的一切都不是真的",
    world: "练习世界",
    world_lead: "这些人只住在这里。你可以用其中任何一位的身份登录练习版的 GitHub、Google 等平台，\
        不用注册任何账号，就能把 Hufu 从头到尾试一遍。",
    world_people: "这里的人",
    world_platforms: "平台",
    world_back: "回到 Hufu",
    take_phone: "拿起某个人的手机：收消息、扫码、用微信",
    sign_in_at: "登录{}",
    wants: "想要获得：",
    goes_back_to: "完成后会回到",
    pick: "你在这里是谁？",
    allow: "登录并同意",
    deny: "不同意",
    last: "上次用过",
    give_less: "只给一部分",
    change_people: "添加或修改人物",
    add_person: "添加一个人",
    change: "修改",
    change_person: "修改这个人",
    name: "姓名",
    login: "登录名",
    login_help: "字母、数字和连字符。别人改名后空出来的登录名，也可以拿来用。",
    email: "邮箱",
    email_verified: "邮箱已经验证",
    hd: "Google Workspace 域名",
    optional: "可不填",
    save: "保存",
    cancel: "取消",
    full: "练习世界已经住满了，重新启动后会恢复原样。",
    login_shape: "请用 1 到 39 个字母、数字或连字符。",
    email_shape: "请填写一个邮箱，例如 name@example.com，或者留空。",
    go_on: "继续",
    going: "正在回到应用",
    no_page: "没有这个页面",
    no_page_words: "地址可能有误，或者应用没有在这个平台登记。",
    bad_request: "无法处理这个请求",
    unknown_client: "这个平台没有登记过此 client_id 的应用。",
    wrong_redirect: "redirect_uri 不是应用登记过的地址。",
    bad_parameters: "请求缺少参数，或者同一个参数出现了两次。",
    signed_out: "你已退出登录",
    signed_out_words: "你已退出练习平台，可以关闭这个页面了。",
    notes: Notes {
        no_name: "没有姓名",
        long_name: "姓名特别长",
        unusual_script: "姓名里有特殊字符",
        no_mail: "没有邮箱",
        unverified_mail: "邮箱未验证",
        capital_mail: "邮箱含大写字母",
        big_number: "编号特别大",
        workspace: "企业账号",
        invited: "受邀但尚未加入",
        many_groups: "300 个组",
    },
    scopes: Scopes {
        who: "确认是你本人",
        profile: "查看你的姓名和资料",
        email: "查看你的邮箱",
        orgs: "查看你的组织和团队",
        groups: "查看你所在的组",
        offline: "在你离开后保持登录",
        other: "使用你账号的这一部分",
    },
};
