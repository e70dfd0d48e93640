//! `/phone`: whose phone it is, and what is on it. Works without script; links
//! open "inside" the application whose chat they came in.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{StatusCode, header};

use super::super::clients::Client;
use super::super::fields::Asked;
use super::super::pages::Card;
use super::super::people::Employee;
use super::super::platform::Platform;
use super::super::texts::Texts;
use super::super::{Practice, answer, home};
use super::deeds::{self, Problem};
use super::holder;
use super::store::{Message, Scan, ScanKind, ScanState};
use super::texts::Words;

/// What browsers inside the applications call themselves, shortened (upstreams: wechat §8, dingtalk §5, wecom §5).
const AGENTS: [(Platform, &str); 3] = [
    (Platform::Wechat, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.59"),
    (
        Platform::Dingtalk,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 AliApp(DingTalk/7.6.10)",
    ),
    (
        Platform::Wecom,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 wxwork/4.1.28 MicroMessenger/7.0.1",
    ),
];
/// Messages and codes on one page.
const SHOWN: usize = 30;

/// Whose phone?
#[derive(Template)]
#[template(path = "practice/phones.html")]
struct ChoosePage {
    texts: &'static Texts,
    words: &'static Words,
    cards: Vec<Card>,
    /// Goes along to the phone.
    query: String,
}

/// One phone.
#[derive(Template)]
#[template(path = "practice/phone.html")]
struct PhonePage {
    texts: &'static Texts,
    words: &'static Words,
    key: String,
    name: String,
    nickname: String,
    mobile: String,
    withheld: bool,
    problem: Option<&'static str>,
    /// The page loads itself anew every few seconds.
    watching: bool,
    codes: Vec<CodeRow>,
    messages: Vec<MessageRow>,
    accounts: Vec<Account>,
    companies: Vec<Company>,
    /// Name and value of each application a link can be opened in.
    places: [(&'static str, &'static str); 3],
    /// Whose browser a `User-Agent` is.
    agents: [(&'static str, &'static str); 3],
}

struct CodeRow {
    id: String,
    platform: &'static str,
    client: String,
    says: &'static str,
    scans: bool,
    /// Word of the button that agrees; empty: nothing to agree to.
    agree: &'static str,
    refuse: &'static str,
}

struct MessageRow {
    from: String,
    platform: &'static str,
    text: String,
    links: Vec<String>,
    place: String,
}

struct Account {
    appid: String,
    name: String,
    following: bool,
}

struct Company {
    key: &'static str,
    name: &'static str,
    userid: String,
    left: bool,
}

/// `GET /phone`
pub(super) async fn choose(State(practice): State<Practice>, asked: Asked) -> Response {
    let texts = Texts::of(&asked);
    let owner = holder::cookie(&asked, holder::PHONE);
    let cards = practice.world().people.iter().map(|person| Card::of(person, texts, owner)).collect();
    let query = if asked.query.encode().is_empty() { String::new() } else { format!("?{}", asked.query.encode()) };
    rendered(StatusCode::OK, ChoosePage { texts, words: Words::of(texts), cards, query }.render())
}

/// `GET /phone/{key}`; from then on this browser is that person's.
pub(super) async fn phone(State(practice): State<Practice>, Path(key): Path<String>, asked: Asked) -> Response {
    show(&practice, &key, asked, None).await
}

/// `POST /phone/{key}/{deed}`
pub(super) async fn deed(
    State(practice): State<Practice>,
    Path((key, name)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    if name == "open" {
        return open(&key, &asked);
    }
    match deeds::perform(&practice, &key, &name, &asked.form).await {
        Ok(()) => answer::see_other(&format!("/phone/{key}")),
        Err(problem) => show(&practice, &key, asked, Some(problem)).await,
    }
}

/// Opens a link inside an application: the practice pages then take this browser for its own.
fn open(key: &str, asked: &Asked) -> Response {
    let url = asked.form.get("url").and_then(|text| url::Url::parse(text.trim()).ok());
    let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return answer::see_other(&format!("/phone/{key}"));
    };
    let known = |c: char| c.is_ascii_alphanumeric() || c == ':';
    let place = asked.form.get("place").filter(|place| place.chars().all(known)).unwrap_or_default();
    let mut response = answer::see_other(url.as_str());
    for (name, value) in [(holder::INSIDE, place), (holder::PHONE, key)] {
        append_cookie(&mut response, name, value);
    }
    response
}

fn append_cookie(response: &mut Response, name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
    if let Ok(value) = http::HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

async fn show(practice: &Practice, key: &str, asked: Asked, problem: Option<Problem>) -> Response {
    let texts = Texts::of(&asked);
    let words = Words::of(texts);
    let page = draw(practice, (key, asked.query.get("scan")), texts, problem.map(|problem| words.problem(problem)));
    let Some(mut page) = page else { return home::not_found(asked).await };
    page.watching = asked.query.get("watch").is_some();
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut response = rendered(status, page.render());
    append_cookie(&mut response, holder::PHONE, key);
    response
}

fn draw(
    practice: &Practice,
    (key, first): (&str, Option<&str>),
    texts: &'static Texts,
    problem: Option<&'static str>,
) -> Option<PhonePage> {
    let words = Words::of(texts);
    let now = practice.now();
    let world = practice.world();
    let person = world.person(key)?;
    let mut codes: Vec<&Scan> = world.phone.scans(now).collect();
    // Newest first; the one this page was opened for before all others.
    codes.reverse();
    codes.sort_by_key(|scan| Some(scan.id.as_str()) != first);
    let mine = |message: &&Message| message.person.as_deref() == Some(key);
    let service = |client: &&Client| {
        client.platform == Platform::Wechat && client.wechat.as_ref().is_some_and(super::super::wechat::is_account)
    };
    let accounts = world.clients.iter().filter(service).map(|client| Account {
        appid: client.client_id.clone(),
        name: client.name.clone(),
        following: world.wechat.follows(&client.client_id, key),
    });
    let place = |message: &Message| match message.platform {
        Platform::Wechat => {
            let sender = world.clients.iter().filter(service).find(|client| client.name == message.from);
            sender.map_or_else(|| "wechat".to_owned(), |client| format!("wechat:{}", client.client_id))
        }
        Platform::Dingtalk | Platform::Wecom => message.platform.key().to_owned(),
        _ => String::new(),
    };
    let company = |key, name, place: Option<&Employee>| {
        place.map(|place| Company { key, name, userid: place.userid.clone(), left: place.left })
    };
    Some(PhonePage {
        texts,
        words,
        key: key.to_owned(),
        name: crate::base::people::clean_name(person.shown(), 60),
        nickname: person.nickname().to_owned(),
        mobile: person.mobile.clone().unwrap_or_default(),
        withheld: person.wechat.unionid_withheld,
        problem,
        watching: false,
        codes: codes.into_iter().take(SHOWN).filter_map(|scan| row(scan, key, texts, words)).collect(),
        messages: world
            .phone
            .messages()
            .rev()
            .filter(mine)
            .take(SHOWN)
            .map(|message| told(message, place(message), texts))
            .collect(),
        accounts: accounts.collect(),
        companies: [
            company("dingtalk", texts.called(Platform::Dingtalk), person.dingtalk.as_ref()),
            company("wecom", texts.called(Platform::Wecom), person.wecom.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect(),
        places: AGENTS.map(|(platform, _)| (texts.called(platform), platform.key())),
        agents: AGENTS.map(|(platform, agent)| (texts.called(platform), agent)),
    })
}

fn told(message: &Message, place: String, texts: &Texts) -> MessageRow {
    MessageRow {
        from: message.from.clone(),
        platform: texts.called(message.platform),
        text: without_tags(&message.text),
        links: message.links.clone(),
        place,
    }
}

/// What this person can do with a code; `None` for one that is answered or in another hand.
fn row(scan: &Scan, key: &str, texts: &'static Texts, words: &'static Words) -> Option<CodeRow> {
    let scene = scan.kind == ScanKind::OfficialScene;
    let mine = match &scan.state {
        ScanState::Waiting => false,
        ScanState::Scanned { person } if person == key => true,
        // A scene is anybody's.
        _ if scene => false,
        _ => return None,
    };
    let agree = if scene { words.follow } else { words.confirm };
    Some(CodeRow {
        id: scan.id.clone(),
        platform: texts.called(scan.platform),
        client: scan.client_name.clone(),
        says: match scan.kind {
            ScanKind::SignIn => words.sign_in,
            ScanKind::OfficialScene => words.scene,
            ScanKind::MiniProgram => words.mini,
        },
        scans: !mine,
        agree: if mine { agree } else { "" },
        refuse: if scene { words.not_now } else { words.refuse },
    })
}

/// A chat shows the words of a link, not its tag.
fn without_tags(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        shown.push_str(before);
        if let Some((_, after)) = tag.split_once('>') {
            rest = after;
        } else {
            shown.push('<');
            rest = tag;
        }
    }
    shown + rest
}

fn rendered(status: StatusCode, page: askama::Result<String>) -> Response {
    match page {
        Ok(body) => answer::page(status, body),
        Err(error) => {
            tracing::error!(%error, "a practice page could not be written");
            answer::empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}
