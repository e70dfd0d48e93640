//! What a test turns on to make a platform misbehave: a lie in a token, a
//! quirk of an answer, trouble on the network.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The switches of one platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Switches {
    /// Everything that is turned on.
    pub(super) on: BTreeSet<Switch>,
    /// Trouble on the network, if any.
    pub(super) trouble: Option<Trouble>,
    /// The person who agrees at once, without a page being shown.
    pub(super) auto: Option<String>,
}

impl Switches {
    pub(super) fn is_on(&self, switch: Switch) -> bool {
        self.on.contains(&switch)
    }
}

/// One way to differ from the plain answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Switch {
    // ID token and keys
    /// `alg: none`, no signature.
    AlgNone,
    /// HS256 with the public key (PEM) as the secret.
    AlgHs256,
    /// A signature with one bit changed.
    BadSignature,
    /// A `kid` that no key set names.
    UnknownKid,
    /// ES256 instead of RS256 (login.example.org).
    Es256,
    /// `exp` an hour ago.
    Expired,
    /// `nbf` and `iat` an hour ahead.
    NotYet,
    /// No `exp` at all.
    NoExpiry,
    /// `aud` is another client.
    WrongAud,
    /// `aud` is a list with a stranger beside us.
    ExtraAud,
    /// `azp` is another client.
    WrongAzp,
    WrongNonce,
    MissingNonce,
    /// `iss` is a stranger.
    IssOther,
    /// `iss` without the scheme (Google's old form).
    IssShort,
    /// `iss` with a slash at the end.
    IssSlash,
    /// `at_hash` of another token.
    WrongAtHash,
    /// No ID token in the token answer.
    NoIdToken,
    /// The ID token says who, userinfo says the rest.
    ThinIdToken,
    /// userinfo is about somebody else.
    UserinfoOtherSub,
    /// `email_verified` as text.
    StringBooleans,
    /// `email_verified` is left out.
    NoEmailVerified,
    /// `sub` as a JSON number.
    NumericSub,
    /// The claims' JSON names `sub` twice.
    DuplicateSub,
    /// The key set is empty.
    EmptyJwks,
    /// Two different keys with one `kid`.
    DuplicateKid,
    // discovery and callback
    /// Discovery names an issuer with a slash at the end.
    DiscoverySlash,
    /// Discovery names a stranger's issuer.
    DiscoveryOther,
    /// Discovery does not mention PKCE.
    NoPkceAdvertised,
    /// No `iss` parameter in the callback (login.example.org).
    NoIssParameter,
    /// The `iss` parameter names a stranger.
    WrongIssParameter,
    /// The callback repeats another `state`.
    WrongState,
    /// The callback has a code and an error.
    CodeAndError,
    // consent and codes
    /// Every question is answered with no.
    AutoDeny,
    /// People give less than was asked: no e-mail.
    ReducedScope,
    /// A second use of a code revokes what the first one gave.
    ReuseRevokes,
    // GitHub
    /// Expiring user tokens with refresh tokens.
    ExpiringTokens,
    /// The primary rate limit is used up.
    RateLimited,
    /// The secondary rate limit: 429 with Retry-After.
    SecondaryLimit,
    /// Organisations block the application.
    OrgRestricted,
    /// Organisations ask for SAML first.
    SsoRequired,
    /// The default API version is retired: 410.
    RetiredVersion,
    /// The application is suspended.
    Suspended,
    // plain OAuth 2
    /// Answers in an envelope: `{"code":0,"msg":"success","data":{…}}`.
    Envelope,
    /// JSON under `text/html`.
    TextHtml,
    /// JSON under `text/plain`, with a byte order mark.
    PlainBom,
    /// `callback( {…} );`
    Jsonp,
    /// The token answer is a form.
    FormAnswer,
    /// No `token_type`.
    NoTokenType,
    /// `expires_in` as text.
    ExpiresAsText,
    /// Errors with status 200.
    ErrorsWith200,
    /// Scopes separated by commas.
    CommaScopes,
    /// Parameters the platform does not know are refused.
    RefuseUnknown,
    /// The id as text.
    TextId,
    /// The id is null.
    NullId,
    // WeChat: pages
    /// Refusing the QR page sends the browser back with `state` only.
    CancelRedirects,
    /// Fast login puts the code before the `#` of the address.
    FastLoginHashBug,
    /// Refusing inside WeChat leads nowhere, in place of `code=authdeny`.
    SilentDeny,
    /// The callback is fetched by WeChat itself, without cookies, before the browser does.
    DoubleCallbackBefore,
    /// The same, after the browser.
    DoubleCallbackAfter,
    /// `snsapi_userinfo` runs in snapshot mode.
    Snapshot,
    /// A snapshot user's profile is answered, with made-up data.
    SnapshotProfile,
    /// 10009 on the authorise page.
    TooFrequent,
    // WeChat: answers
    /// An expired code is 42003 in place of 40029.
    CodeExpired,
    /// `errcode` as text.
    ErrcodeText,
    /// A good answer with `errcode: 0`.
    ErrcodeZero,
    /// A field nobody knows.
    UnknownFields,
    /// `unionid` is there and empty.
    EmptyUnionid,
    /// No `privilege`.
    NoPrivilege,
    /// The profile is about another openid.
    ForeignOpenid,
    /// The profile can be asked for without an openid.
    UserinfoWithoutOpenid,
    /// 42007: the person changed their password.
    PasswordChanged,
    /// 40243: the secret is frozen.
    SecretFrozen,
    /// A replaced cgi-bin token dies at once.
    ShortOverlap,
    /// `countryCode` as a number.
    CountryCodeNumber,
    /// The phone number's watermark names another application.
    ForeignWatermark,
    // WeChat: pushes
    /// `signature` is wrong.
    PushBadSignature,
    /// `msg_signature` is wrong.
    PushBadMsgSignature,
    /// Another appid inside the encrypted text.
    PushForeignAppid,
    /// The padding's length is 0.
    PushPadZero,
    /// The padding's length is 33.
    PushPadHuge,
    /// The encrypted text lacks its last 16 bytes.
    PushTruncated,
    /// The length inside the encrypted text is beyond its end.
    PushGiantLength,
    /// The XML declares a document type with an external entity.
    PushDoctype,
    /// The timestamp is an hour old.
    PushOldTimestamp,
    /// A repeated delivery has a new nonce, timestamp and encryption.
    PushRenewed,
    /// JSON keys begin with a space.
    SpacedKeys,
    // DingTalk
    /// The callback has `authCode` only, without `code` beside it.
    AuthCodeOnly,
    /// The callback has `code` only.
    CodeOnly,
    /// `code` and `authCode` differ.
    CodesDiffer,
    /// The callback has neither.
    NoCode,
    /// People from outside of the application's company are turned away on the page.
    MembersOnly,
    /// No `corpId` beside a person's token, whatever was chosen.
    NoCorpId,
    /// The old interface writes numbers and truths as texts.
    Stringly,
    /// The old interface wraps every error in the gateway's 88.
    WrapErrors,
    /// The old interface wraps no error.
    BareErrors,
    /// Departments outside of the contact scope are left out silently.
    ScopeOmits,
    /// Events name their fields with a capital, as older ones do.
    CapitalEvents,
    /// Every event comes twice.
    DuplicateEvents,
    /// Events wait until they are released.
    HoldEvents,
    /// Events are lost while no Stream is connected.
    StreamForgets,
    /// Stream connections stay open, and nothing goes through.
    DeadStream,
}

/// Trouble on the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trouble {
    pub(super) kind: TroubleKind,
    /// Only requests whose path contains this; all when empty.
    #[serde(default)]
    pub(super) path: String,
    /// How many requests it meets; all when absent.
    #[serde(default)]
    pub(super) times: Option<u32>,
}

/// What happens to the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TroubleKind {
    /// The answer comes later, at most a minute.
    Latency { milliseconds: u64 },
    /// No answer for ten minutes.
    Hang,
    /// The headers come at once, the body never.
    HangBody,
    /// The connection breaks within the body.
    Reset,
    /// 500 with an HTML page.
    Html500,
    /// 503 with `Retry-After`.
    Busy,
    /// Half of the true answer.
    Truncated,
    /// 10 MiB of JSON white space.
    Huge,
    /// 302 to this address (an internal one, for instance).
    Redirect { to: String },
    /// 502 with an HTML page, as a gateway gives it.
    Html502,
    /// 200 without a body.
    Empty,
    /// The request is carried out, then the connection breaks before its answer.
    ResetAfter,
    /// 200 with this `errcode` (WeChat, DingTalk, WeCom); -1 is a busy system.
    Errcode { errcode: i64, errmsg: String },
}
