//! `/connect/qrconnect`: the page with the QR code, its picture, and the poll behind it (§3.2 to §3.5).

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use http::{Method, StatusCode};

use super::super::fields::Asked;
use super::super::phone::acts::{Act, act};
use super::super::phone::{Scan, ScanKind, ScanState};
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::texts::Texts;
use super::super::{Practice, answer, guard};
use super::answer::picture;
use super::apps::AppKind;
use super::asked::known;
use super::page::{self, Look, QrPage};
use super::picture;
use super::texts::Words;
use super::tickets::{Code, Gives, Visit};

/// Codes of the website flow live ten minutes.
const CODE_LIFE: i64 = 600;
/// How long a QR can be scanned; the real number is not published.
const QR_LIFE: i64 = 300;

pub(super) async fn qrconnect(State(practice): State<Practice>, asked: Asked) -> Response {
    let texts = Texts::of(&asked);
    let visit = match read(&practice, &asked) {
        Ok(visit) => visit,
        Err(words) => return page::fault(texts, words),
    };
    let switches = practice.world().switches(Platform::Wechat);
    if let Some(person) = switches.auto.as_deref() {
        let code = (!switches.is_on(Switch::AutoDeny)).then(|| new_code(&practice, &visit.appid, person));
        return answer::found(&back(&practice, &visit, code.as_deref(), false));
    }
    let uuid = practice.random().alphanumeric(16);
    let name = known(&practice, &visit.appid).map(|known| known.client.name).unwrap_or_default();
    let scan = Scan {
        id: uuid.clone(),
        platform: Platform::Wechat,
        kind: ScanKind::SignIn,
        content: format!("https://open.weixin.qq.com/connect/confirm?uuid={uuid}"),
        client_id: visit.appid.clone(),
        client_name: name,
        state: ScanState::Waiting,
        expires_at: practice.now() + QR_LIFE,
    };
    {
        let mut world = practice.world();
        world.phone.offer(scan);
        world.wechat.visits.put(uuid.clone(), visit);
    }
    show(&practice, &asked, &uuid)
}

/// The checks of the page, in the words it gives (§3.2).
fn read(practice: &Practice, asked: &Asked) -> Result<Visit, &'static str> {
    let get = |name: &str| asked.query.get(name);
    let known = get("appid").and_then(|appid| known(practice, appid)).ok_or("AppID 参数错误")?;
    if known.app.kind != AppKind::Website || get("scope") != Some("snsapi_login") {
        return Err("Scope 参数错误或没有 Scope 权限");
    }
    let redirect_uri = get("redirect_uri").and_then(|asked| known.client.redirect(Some(asked)));
    let redirect_uri = redirect_uri.ok_or("redirect_uri 参数错误")?;
    // Pages built by wxLogin.js leave it out.
    let by_script = get("login_type") == Some("jssdk") && get("response_type").is_none();
    if get("response_type") != Some("code") && !by_script {
        return Err("该链接无法访问");
    }
    Ok(Visit {
        appid: known.appid().to_owned(),
        redirect_uri,
        state: get("state").map(str::to_owned),
        self_redirect: get("self_redirect") == Some("true"),
        code: None,
    })
}

fn show(practice: &Practice, asked: &Asked, uuid: &str) -> Response {
    let texts = Texts::of(asked);
    let found = {
        let world = practice.world();
        world.wechat.visits.get(uuid).cloned().zip(world.phone.scan(uuid).cloned())
    };
    let Some((visit, scan)) = found else { return page::fault(texts, "该链接无法访问") };
    let cancels_back = practice.world().is_on(Platform::Wechat, Switch::CancelRedirects);
    let switches_off_fast = asked.query.get("fast_login") == Some("0") && asked.query.get("stylelite") == Some("1");
    let names = practice.world().people.iter().map(|person| (person.key.clone(), person.shown().to_owned())).collect();
    QrPage {
        texts,
        words: Words::of(texts),
        client_name: &scan.client_name,
        uuid,
        state: word(&scan, practice.now()),
        to: back(practice, &visit, Some("WXCODE"), false),
        cancelled_to: if cancels_back { back(practice, &visit, None, false) } else { String::new() },
        itself: visit.self_redirect,
        people: if switches_off_fast { Vec::new() } else { names },
        look: Look::read(asked),
    }
    .answer()
}

/// What the page calls the state.
fn word(scan: &Scan, now: i64) -> &'static str {
    match &scan.state {
        ScanState::Confirmed { .. } => "confirmed",
        ScanState::Refused { .. } => "refused",
        _ if now >= scan.expires_at => "expired",
        ScanState::Scanned { .. } => "scanned",
        ScanState::Waiting => "waiting",
    }
}

/// `/connect/qrcode/{uuid}`.
pub(super) async fn image(State(practice): State<Practice>, Path(uuid): Path<String>) -> Response {
    let content = practice.world().phone.scan(&uuid).map(|scan| scan.content.clone());
    match content.and_then(|content| picture::qr(&content, 300)) {
        Some(jpeg) => picture(jpeg),
        None => answer::empty(StatusCode::NOT_FOUND),
    }
}

/// The long poll: held until something changes, then a line of script.
pub(super) async fn poll(State(practice): State<Practice>, asked: Asked) -> Response {
    let uuid = asked.query.get("uuid").unwrap_or_default();
    let knows_scanned = asked.query.get("last") == Some("404");
    let hold = practice.world().wechat.settings.poll_milliseconds.min(60_000);
    let until = tokio::time::Instant::now() + Duration::from_millis(hold);
    let (errcode, code) = loop {
        let state = practice.world().phone.scan(uuid).map(|scan| word(scan, practice.now()));
        match state {
            None => break (500, String::new()),
            Some("expired") => break (402, String::new()),
            Some("refused") => break (403, String::new()),
            Some("confirmed") => break (405, code_of(&practice, uuid).unwrap_or_default()),
            Some("scanned") if !knows_scanned => break (404, String::new()),
            _ if tokio::time::Instant::now() >= until => break (408, String::new()),
            _ => tokio::time::sleep(Duration::from_millis(150)).await,
        }
    };
    let body = format!("window.wx_errcode={errcode};window.wx_code='{code}';");
    answer::text(StatusCode::OK, "text/javascript", body)
}

/// The code of a confirmed page: made once, repeated afterwards.
fn code_of(practice: &Practice, uuid: &str) -> Option<String> {
    let (appid, person) = {
        let world = practice.world();
        let visit = world.wechat.visits.get(uuid)?;
        if visit.code.is_some() {
            return visit.code.clone();
        }
        let ScanState::Confirmed { person } = &world.phone.scan(uuid)?.state else { return None };
        (visit.appid.clone(), person.clone())
    };
    let code = new_code(practice, &appid, &person);
    let mut world = practice.world();
    let visit = world.wechat.visits.get_mut(uuid)?;
    // Two polls at once: the first one's code stands.
    Some(visit.code.get_or_insert(code).clone())
}

fn new_code(practice: &Practice, appid: &str, person: &str) -> String {
    let text = format!("0{}", practice.random().alphanumeric(31));
    let code = Code {
        appid: appid.to_owned(),
        person: person.to_owned(),
        gives: Gives::Tokens { scope: "snsapi_login".to_owned(), snapshot: None },
        expires_at: practice.now() + CODE_LIFE,
        used: false,
    };
    practice.world().wechat.codes.put(text.clone(), code);
    text
}

/// Where the browser goes. A code after a scan is appended at the very end, also
/// behind a `#`; fast login with its fault puts it before (§3.2).
fn back(practice: &Practice, visit: &Visit, code: Option<&str>, fast: bool) -> String {
    let mut pairs = Vec::new();
    pairs.extend(code.map(|code| ("code".to_owned(), code.to_owned())));
    pairs.extend(visit.state.clone().map(|state| ("state".to_owned(), state)));
    let faulty = fast && practice.world().is_on(Platform::Wechat, Switch::FastLoginHashBug);
    match visit.redirect_uri.split_once('#') {
        Some((front, fragment)) if faulty => format!("{}#{fragment}", answer::with_query(front, &pairs)),
        _ => answer::with_query(&visit.redirect_uri, &pairs),
    }
}

/// `/connect/wait`: the page once more for a browser without script; leads on when somebody confirmed.
pub(super) async fn wait(State(practice): State<Practice>, asked: Asked) -> Response {
    let uuid = asked.query.get("uuid").unwrap_or_default().to_owned();
    let visit = practice.world().wechat.visits.get(&uuid).cloned();
    match (visit, code_of(&practice, &uuid)) {
        (Some(visit), Some(code)) => answer::found(&back(&practice, &visit, Some(&code), false)),
        _ => show(&practice, &asked, &uuid),
    }
}

/// Fast login: the WeChat on this computer confirms, nothing is scanned (§3.2).
pub(super) async fn fast(State(practice): State<Practice>, asked: Asked) -> Response {
    let texts = Texts::of(&asked);
    let uuid = asked.query.get("uuid").unwrap_or_default().to_owned();
    let person = asked.form.get("person").unwrap_or_default();
    if asked.method != Method::POST || guard::is_foreign(&asked.headers, practice.origin()) {
        return show(&practice, &asked, &uuid);
    }
    let confirmed = match act(&practice, person, &uuid, Act::Scan).await {
        Ok(()) => act(&practice, person, &uuid, Act::Confirm).await,
        Err(why) => Err(why),
    };
    let visit = practice.world().wechat.visits.get(&uuid).cloned();
    match (confirmed, visit, code_of(&practice, &uuid)) {
        (Ok(()), Some(visit), Some(code)) => answer::found(&back(&practice, &visit, Some(&code), true)),
        _ => page::fault(texts, "二维码已失效"),
    }
}
