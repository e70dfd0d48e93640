//! What an administrator fills in for a plain OAuth 2 platform.

use crate::connectors::oidc::form::TRUST;
use crate::connectors::{Field, Input, Text};

const fn field(key: &'static str, input: Input, default: &'static str, label: Text, help: Text) -> Field {
    Field { key, label, help, input, required: false, default }
}

const fn required(mut field: Field) -> Field {
    field.required = true;
    field
}

/// The fields.
pub static FIELDS: &[Field] = &[
    required(field(
        "authorization_url",
        Input::Url,
        "",
        Text { en: "Authorization address", zh: "授权地址" },
        Text { en: "Where browsers are sent.", zh: "浏览器跳转到的地址。" },
    )),
    required(field(
        "token_url",
        Input::Url,
        "",
        Text { en: "Token address", zh: "令牌地址" },
        Text { en: "Where the code is exchanged.", zh: "以授权码换取令牌的地址。" },
    )),
    required(field(
        "userinfo_url",
        Input::Url,
        "",
        Text { en: "User information address", zh: "用户信息地址" },
        Text { en: "Where the person's data are read.", zh: "读取用户资料的地址。" },
    )),
    required(field(
        "client_id",
        Input::Line,
        "",
        Text { en: "Client ID", zh: "客户端 ID" },
        Text { en: "Also called App ID or App Key.", zh: "也称 App ID、App Key。" },
    )),
    required(field(
        "client_secret",
        Input::Secret,
        "",
        Text { en: "Client secret", zh: "客户端密钥" },
        Text { en: "Also called App Secret.", zh: "也称 App Secret。" },
    )),
    field(
        "client_auth",
        Input::Choice(CLIENT_AUTH),
        "post",
        Text { en: "How the secret is sent", zh: "密钥的发送方式" },
        Text { en: "Most platforms want it in the form.", zh: "多数平台要求放在表单内。" },
    ),
    field(
        "client_id_name",
        Input::Line,
        "client_id",
        Text { en: "Name of the client ID parameter", zh: "客户端 ID 的参数名" },
        Text { en: "Some platforms call it appid or client_key.", zh: "有的平台称为 appid 或 client_key。" },
    ),
    field(
        "scopes",
        Input::Line,
        "",
        Text { en: "Scopes", zh: "权限范围 scope" },
        Text { en: "By spaces.", zh: "以空格分隔填写。" },
    ),
    field(
        "scope_separator",
        Input::Choice(SEPARATOR),
        "space",
        Text { en: "Scopes are sent separated by", zh: "发送时的分隔符" },
        Text { en: "A space is the standard.", zh: "标准为空格。" },
    ),
    field(
        "pkce",
        Input::Flag,
        "true",
        Text { en: "PKCE", zh: "PKCE" },
        Text {
            en: "Off only for old platforms that refuse unknown parameters.",
            zh: "仅当旧平台拒绝未知参数时才关闭。",
        },
    ),
    field(
        "authorize_parameters",
        Input::Lines,
        "",
        Text { en: "More parameters", zh: "附加参数" },
        Text {
            en: "Sent with the authorization request, one name=value a line.",
            zh: "随授权请求发送，每行一个 名称=值。",
        },
    ),
    field(
        "userinfo_token",
        Input::Choice(TOKEN_PLACE),
        "header",
        Text { en: "The access token is sent", zh: "访问令牌的位置" },
        Text { en: "To the user information address.", zh: "指请求用户信息时。" },
    ),
    field(
        "headers",
        Input::Lines,
        "",
        Text { en: "More headers", zh: "附加请求头" },
        Text {
            en: "Sent to token and user information address, one Name: value a line.",
            zh: "发送到令牌与用户信息地址，每行一个 名称: 值。",
        },
    ),
    field(
        "envelope",
        Input::Line,
        "",
        Text { en: "The person stands under", zh: "用户资料所在位置" },
        Text { en: "A path such as data. Empty: at the top.", zh: "路径，例如 data；留空表示最外层。" },
    ),
    field(
        "success_path",
        Input::Line,
        "",
        Text { en: "Success is told at", zh: "成功标志的位置" },
        Text {
            en: "A path such as code or ret. Empty: nowhere.", zh: "路径，例如 code 或 ret；留空表示没有。"
        },
    ),
    field(
        "success_value",
        Input::Line,
        "",
        Text { en: "and reads", zh: "成功标志的值" },
        Text { en: "Such as 0.", zh: "例如 0。" },
    ),
    field(
        "subject_path",
        Input::Line,
        "id",
        Text { en: "Stable id of the person", zh: "用户的稳定标识" },
        Text {
            en: "A path to what never changes and is never given to somebody else. No name, no e-mail address.",
            zh: "指向永不改变、也不会转给他人的字段；不要用用户名或邮箱。",
        },
    ),
    field(
        "claim_map",
        Input::Lines,
        "",
        Text { en: "Claim map", zh: "资料映射" },
        Text {
            en: "Where ours stand over there, one a line, such as name=nickname or picture=avatar_url. Ours: username, \
                 name, given_name, family_name, email, email_verified, phone, phone_verified, picture, locale, groups.",
            zh: "本系统的资料对应对方的哪个字段，每行一个，例如 name=nickname、picture=avatar_url。可映射：username、name、\
                 given_name、family_name、email、email_verified、phone、phone_verified、picture、locale、groups。",
        },
    ),
    field(
        "email_trust",
        Input::Choice(TRUST),
        "claim",
        Text { en: "An e-mail counts as proven", zh: "邮箱何时视为已证实" },
        Text {
            en: "Always only if this platform verifies every address itself.",
            zh: "仅当该平台会验证每个邮箱时才选“总是”。",
        },
    ),
];

static CLIENT_AUTH: &[(&str, Text)] =
    &[("post", Text { en: "In the form", zh: "表单内" }), ("basic", Text { en: "HTTP Basic", zh: "HTTP Basic" })];
static SEPARATOR: &[(&str, Text)] =
    &[("space", Text { en: "A space", zh: "空格" }), ("comma", Text { en: "A comma", zh: "逗号" })];
static TOKEN_PLACE: &[(&str, Text)] = &[
    ("header", Text { en: "In the Authorization header", zh: "Authorization 请求头" }),
    ("query", Text { en: "In the address (access_token)", zh: "网址参数 access_token" }),
    ("form", Text { en: "In a form by POST (access_token)", zh: "POST 表单 access_token" }),
];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "For platforms that speak OAuth 2 but not OpenID Connect.\n\
         1. On the platform's developer page make an application of type Web.\n\
         2. Callback or redirect address: paste {callback_url} exactly. Some platforms want only its host name.\n\
         3. From the platform's documentation copy three addresses: authorization, token, user information.\n\
         4. Copy client ID (App ID, App Key) and client secret (App Secret) here.\n\
         5. Look at an example of the user information answer: fill in which field is the stable id, and map the others. \
         If the data stand inside another object, name it under “The person stands under”.",
    zh: "用于支持 OAuth 2 但不支持 OpenID Connect 的平台。\n\
         1. 在平台的开发者页面新建 Web 类型的应用。\n\
         2. 回调地址原样粘贴 {callback_url}；有的平台只要求填写域名。\n\
         3. 从平台文档中复制三个地址：授权、令牌、用户信息。\n\
         4. 把客户端 ID（App ID、App Key）与密钥（App Secret）复制到此处。\n\
         5. 对照用户信息应答的示例，填写哪个字段是稳定标识，并映射其余字段；若资料位于内层对象中，在“用户资料所在位置”填写其名称。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] = &[
    ("authorization_url", "https://oauth.example.net/oauth/authorize"),
    ("token_url", "https://oauth.example.net/oauth/token"),
    ("userinfo_url", "https://oauth.example.net/api/user"),
    ("client_id", "practice-oauth2"),
    ("client_secret", "practice-secret"),
];
