//! What an administrator fills in for an OpenID provider.

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
        "issuer",
        Input::Url,
        "",
        Text { en: "Issuer", zh: "Issuer（签发者）" },
        Text {
            en: "Exactly as the provider writes it, trailing slash included. We add /.well-known/openid-configuration.",
            zh: "与提供方所写逐字一致，包括末尾斜杠；系统会自行加上 /.well-known/openid-configuration。",
        },
    )),
    required(field(
        "client_id",
        Input::Line,
        "",
        Text { en: "Client ID", zh: "客户端 ID" },
        Text { en: "Who we are over there.", zh: "本系统在对方处的标识。" },
    )),
    field(
        "client_secret",
        Input::Secret,
        "",
        Text { en: "Client secret", zh: "客户端密钥" },
        Text { en: "Empty only for a public client.", zh: "仅公开客户端可留空。" },
    ),
    field(
        "client_auth",
        Input::Choice(CLIENT_AUTH),
        "auto",
        Text { en: "How the secret is sent", zh: "密钥的发送方式" },
        Text {
            en: "Automatic follows the provider's description.", zh: "自动：按提供方的发现文档决定。"
        },
    ),
    field(
        "client_key",
        Input::Secret,
        "",
        Text { en: "Private key", zh: "私钥" },
        Text {
            en: "For private_key_jwt: PKCS#8 in PEM, RSA from 2048 bits or P-256. The provider gets its public half.",
            zh: "用于 private_key_jwt：PKCS#8 的 PEM，RSA 2048 位以上或 P-256；公钥须登记在提供方。",
        },
    ),
    field(
        "client_key_id",
        Input::Line,
        "",
        Text { en: "Key ID", zh: "密钥编号 kid" },
        Text {
            en: "How the provider calls that key, if it does.", zh: "提供方给该密钥的编号，没有则留空。"
        },
    ),
    field(
        "scopes",
        Input::Line,
        "openid profile email",
        Text { en: "Scopes", zh: "权限范围 scope" },
        Text { en: "By spaces; openid is always sent.", zh: "以空格分隔；openid 总会发送。" },
    ),
    field(
        "pkce",
        Input::Choice(PKCE),
        "auto",
        Text { en: "PKCE", zh: "PKCE" },
        Text {
            en: "Automatic sends S256 unless the provider says it can't.",
            zh: "自动：除非提供方声明不支持，否则使用 S256。",
        },
    ),
    field(
        "response_mode",
        Input::Choice(RESPONSE_MODE),
        "query",
        Text { en: "Response mode", zh: "回传方式" },
        Text { en: "form_post for providers that insist on it.", zh: "仅当提供方要求时选 form_post。" },
    ),
    field(
        "prompt",
        Input::Choice(PROMPT),
        "",
        Text { en: "Prompt", zh: "提示方式 prompt" },
        Text { en: "What to ask of the provider each time.", zh: "每次登录时向提供方提出的要求。" },
    ),
    field(
        "authorize_parameters",
        Input::Lines,
        "",
        Text { en: "More parameters", zh: "附加参数" },
        Text {
            en: "Sent with the authorization request, one name=value a line, such as acr_values=2",
            zh: "随授权请求发送，每行一个 名称=值，例如 acr_values=2",
        },
    ),
    field(
        "claim_map",
        Input::Lines,
        "",
        Text { en: "Claim map", zh: "声明映射" },
        Text {
            en: "Where ours stand over there, one a line, such as groups=realm_access.roles. Ours: username, name, \
                 given_name, family_name, email, email_verified, phone, phone_verified, picture, locale, groups.",
            zh: "本系统的资料对应对方的哪个声明，每行一个，例如 groups=realm_access.roles。可映射：username、name、given_name、\
                 family_name、email、email_verified、phone、phone_verified、picture、locale、groups。",
        },
    ),
    field(
        "email_trust",
        Input::Choice(TRUST),
        "claim",
        Text { en: "An e-mail counts as proven", zh: "邮箱何时视为已证实" },
        Text {
            en: "Always only if this provider verifies every address itself.",
            zh: "仅当提供方会验证每个邮箱时才选“总是”。",
        },
    ),
    field(
        "algorithms",
        Input::List,
        "",
        Text { en: "Signature algorithms", zh: "签名算法" },
        Text {
            en: "Of ID tokens, one a line, such as RS256 or ES256. Empty: what the provider announces.",
            zh: "ID 令牌的签名算法，每行一个，例如 RS256、ES256；留空则以提供方公布的为准。",
        },
    ),
    field(
        "userinfo",
        Input::Choice(USERINFO),
        "merge",
        Text { en: "Ask the userinfo endpoint", zh: "读取 userinfo" },
        Text { en: "For claims that are not in the ID token.", zh: "用于取得 ID 令牌中没有的资料。" },
    ),
    field(
        "require_nonce",
        Input::Flag,
        "true",
        Text { en: "Require the nonce", zh: "要求 nonce" },
        Text {
            en: "Leave on. Off only for a provider that never sends it back.",
            zh: "请保持开启；仅当提供方从不回传 nonce 时才关闭。",
        },
    ),
    field(
        "max_auth_age",
        Input::Line,
        "",
        Text { en: "Oldest sign-in over there", zh: "对方登录的最长时效" },
        Text {
            en: "In seconds; older ones must be renewed at the provider. Empty: any.",
            zh: "单位为秒；超过则须在对方重新登录。留空不限。",
        },
    ),
    field(
        "issuer_template",
        Input::Line,
        "",
        Text { en: "Issuer of many tenants", zh: "多租户 issuer" },
        Text {
            en: "Only where the description's issuer has {tenantid} in it, as at Entra ID under /common or /organizations: \
                 https://login.microsoftonline.com/{tenantid}/v2.0",
            zh: "仅当发现文档的 issuer 含 {tenantid} 时填写，如 Entra ID 的 /common、/organizations：\
                 https://login.microsoftonline.com/{tenantid}/v2.0",
        },
    ),
    field(
        "tenants",
        Input::List,
        "",
        Text { en: "Tenants that may sign in", zh: "允许的租户" },
        Text {
            en: "Their IDs, one a line. A single * lets every tenant of the provider in.",
            zh: "租户 ID，每行一个；只写一个 * 表示对方的任何租户均可。",
        },
    ),
    field("authorization_endpoint", Input::Url, "", AUTHORIZATION, OVERRIDE),
    field("token_endpoint", Input::Url, "", TOKEN, OVERRIDE),
    field("userinfo_endpoint", Input::Url, "", USERINFO_ADDRESS, OVERRIDE),
    field("jwks_uri", Input::Url, "", KEYS, OVERRIDE),
];

const AUTHORIZATION: Text = Text { en: "Authorization endpoint", zh: "授权端点" };
const TOKEN: Text = Text { en: "Token endpoint", zh: "令牌端点" };
const USERINFO_ADDRESS: Text = Text { en: "Userinfo endpoint", zh: "userinfo 端点" };
const KEYS: Text = Text { en: "Address of the keys (jwks_uri)", zh: "公钥地址（jwks_uri）" };
const OVERRIDE: Text = Text {
    en: "Empty: as the provider describes it. With authorization, token and keys filled in, no description is needed.",
    zh: "留空则以发现文档为准；授权、令牌、公钥三项均填写时无须发现文档。",
};

static CLIENT_AUTH: &[(&str, Text)] = &[
    ("auto", Text { en: "Automatic", zh: "自动" }),
    ("basic", Text { en: "HTTP Basic (client_secret_basic)", zh: "HTTP Basic（client_secret_basic）" }),
    ("post", Text { en: "In the form (client_secret_post)", zh: "表单内（client_secret_post）" }),
    ("secret_jwt", Text { en: "Signed with the secret (client_secret_jwt)", zh: "以密钥签名（client_secret_jwt）" }),
    (
        "private_key_jwt",
        Text { en: "Signed with a private key (private_key_jwt)", zh: "以私钥签名（private_key_jwt）" },
    ),
    ("none", Text { en: "No secret (public client)", zh: "无密钥（公开客户端）" }),
];
static PKCE: &[(&str, Text)] = &[
    ("auto", Text { en: "Automatic", zh: "自动" }),
    ("always", Text { en: "Always", zh: "总是" }),
    ("never", Text { en: "Never", zh: "从不" }),
];
static RESPONSE_MODE: &[(&str, Text)] = &[
    ("query", Text { en: "In the address (query)", zh: "网址参数（query）" }),
    ("form_post", Text { en: "As a form (form_post)", zh: "表单提交（form_post）" }),
];
static PROMPT: &[(&str, Text)] = &[
    ("", Text { en: "As the provider likes", zh: "由提供方决定" }),
    ("login", Text { en: "Sign in again (login)", zh: "重新登录（login）" }),
    ("select_account", Text { en: "Choose an account (select_account)", zh: "选择账号（select_account）" }),
    ("consent", Text { en: "Ask for consent (consent)", zh: "再次征求同意（consent）" }),
];
/// Shared with plain OAuth 2.
pub static TRUST: &[(&str, Text)] = &[
    ("claim", Text { en: "When the provider says so", zh: "由提供方声明决定" }),
    ("always", Text { en: "Always", zh: "总是" }),
    ("never", Text { en: "Never", zh: "从不" }),
];
static USERINFO: &[(&str, Text)] = &[
    ("merge", Text { en: "When something is missing", zh: "资料不全时" }),
    ("required", Text { en: "Always", zh: "总是" }),
    ("off", Text { en: "Never", zh: "从不" }),
];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "1. In the provider's administration make a new application (also called client or relying party) of type Web, \
         with the authorization code flow and a client secret.\n\
         2. Redirect URI (also called callback or reply URL): paste {callback_url} exactly, without a trailing slash.\n\
         3. Copy the issuer from the provider's page. To see it, open its address with \
         /.well-known/openid-configuration behind it; the value of issuer there is what belongs here, letter by letter.\n\
         4. Copy client ID and client secret here. The other fields have values that fit most providers.\n\
         5. Run the check below: it compares the issuer, the endpoints, the keys and both clocks.",
    zh: "1. 在提供方的管理后台新建应用（也称客户端、依赖方），类型选 Web，使用授权码流程并带客户端密钥。\n\
         2. 重定向地址（也称回调地址、Reply URL）原样粘贴 {callback_url}，末尾不加斜杠。\n\
         3. 复制提供方的 issuer：打开其地址加 /.well-known/openid-configuration，把其中 issuer 的值逐字填入此处。\n\
         4. 把客户端 ID 与密钥复制到此处；其余各项的默认值适合多数提供方。\n\
         5. 运行下方检查，会比对 issuer、各端点、公钥以及双方时钟。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] =
    &[("issuer", "https://login.example.org"), ("client_id", "practice-oidc"), ("client_secret", "practice-secret")];
