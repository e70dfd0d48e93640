//! The sentences of the practice DingTalk's pages, in both languages.

use super::super::super::fields::Asked;
use super::super::super::texts::Texts;

/// The sentences of one language; a missing one does not compile.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) scan: &'static str,
    pub(super) scan_help: &'static str,
    pub(super) confirmed: &'static str,
    pub(super) or_pick: &'static str,
    pub(super) company: &'static str,
    pub(super) company_asked: &'static str,
    pub(super) choose: &'static str,
    pub(super) org_code: &'static str,
    pub(super) org_code_help: &'static str,
    pub(super) org_code_wrong: &'static str,
    pub(super) next: &'static str,
    pub(super) not_published: &'static str,
    pub(super) bad_parameters: &'static str,
    pub(super) frame_parameters: &'static str,
    pub(super) not_there: &'static str,
    openid: &'static str,
    corpid: &'static str,
}

impl Words {
    pub(super) fn of(asked: &Asked) -> &'static Self {
        if Texts::of(asked).lang == "en" { &EN } else { &ZH }
    }

    /// What a scope lets the application have.
    pub(super) fn scope(&self, scope: &str) -> &'static str {
        if scope == "corpid" { self.corpid } else { self.openid }
    }
}

static EN: Words = Words {
    title: "Sign in with DingTalk",
    scan: "Scan with a phone",
    scan_help: "Scan this with a practice phone and confirm there.",
    confirmed: "I have confirmed on the phone",
    or_pick: "Or pick somebody",
    company: "Which company?",
    company_asked: "would like to know which company you come from.",
    choose: "Choose and allow",
    org_code: "Company code",
    org_code_help: "Enterprise accounts sign in with the eight characters of their company. The practice company has \
        HUFU2026.",
    org_code_wrong: "No company has this code.",
    next: "Next",
    not_published: "The application has no published version.",
    bad_parameters: "A parameter is missing, comes twice or is not one DingTalk knows: response_type=code, \
        scope=openid or openid corpid, prompt=consent.",
    frame_parameters: "In a frame, scope openid corpid needs org_type and corpId, and exclusiveLogin needs \
        exclusiveCorpId.",
    not_there: "This person does not belong to the company that was asked for.",
    openid: "Know that it is you",
    corpid: "Know the company you choose",
};

static ZH: Words = Words {
    title: "用钉钉登录",
    scan: "用手机扫码",
    scan_help: "用练习手机扫一扫，然后在手机上确认。",
    confirmed: "我已在手机上确认",
    or_pick: "或者直接选一个人",
    company: "选择企业",
    company_asked: "想知道你来自哪家企业。",
    choose: "选择并同意",
    org_code: "企业代码",
    org_code_help: "企业账号需要先输入企业的八位代码。练习企业的代码是 HUFU2026。",
    org_code_wrong: "没有企业使用这个代码。",
    next: "下一步",
    not_published: "应用还没有发布版本。",
    bad_parameters: "请求缺少参数、参数重复，或者取值不被钉钉支持：response_type=code，scope=openid 或 openid corpid，\
        prompt=consent。",
    frame_parameters: "内嵌页面使用 openid corpid 时必须带上 org_type 和 corpId，使用 exclusiveLogin 时必须带上 \
        exclusiveCorpId。",
    not_there: "这个人不属于所要求的企业。",
    openid: "确认是你本人",
    corpid: "知道你选择的企业",
};
