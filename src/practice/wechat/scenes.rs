//! Codes with a scene: `/cgi-bin/qrcode/create`, `showqrcode`, and the mini
//! program's `/wxa/getwxacodeunlimit` (§5.3, §5.4, §6.3).

use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::fields::Asked;
use super::super::phone::{Scan, ScanKind, ScanState};
use super::super::platform::Platform;
use super::super::{Practice, answer as pages};
use super::answer::{Answer, Family, Refusal, members, picture, written};
use super::apps::AppKind;
use super::asked::{Known, by_token, needed, posted};
use super::picture;
use super::quota::{Quota, charge};
use super::tickets::Scene;

/// Thirty days at most, a minute when nothing is said.
const LONGEST: i64 = 2_592_000;
const USUAL: i64 = 60;

pub(super) async fn create(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Cgi, created(&practice, &asked))
}

fn created(practice: &Practice, asked: &Asked) -> Answer {
    let known = by_token(practice, asked, AppKind::Service)?;
    let body = posted(asked)?;
    let (scene, numeric, permanent) = read_scene(&body)?;
    charge(practice, Quota::Scene, known.appid())?;
    let asked_for = body.get("expire_seconds").and_then(Value::as_i64).unwrap_or(USUAL);
    let life = if asked_for < 1 { USUAL } else { asked_for.min(LONGEST) };
    let expires_at = if permanent {
        charge(practice, Quota::Permanent, known.appid())?;
        i64::MAX
    } else {
        practice.now() + life
    };
    // Base64 with `+`, `/` and `==` in it now and then: whoever forgets to encode it finds out.
    let mut bytes = practice.random().bytes::<58>();
    bytes[0] = 0x81;
    bytes[1] &= 0x0F;
    let ticket = STANDARD.encode(bytes);
    let key = format!("02{}", practice.random().alphanumeric(22));
    let url = format!("http://weixin.qq.com/q/{key}");
    let scene = Scene { appid: known.appid().to_owned(), text: scene, ticket: ticket.clone(), numeric, expires_at };
    offer(practice, &known, ScanKind::OfficialScene, (&key, &url), scene);
    let mut all = members([("ticket", json!(ticket))]);
    if !permanent {
        all.insert("expire_seconds".to_owned(), json!(life));
    }
    all.insert("url".to_owned(), json!(url));
    Ok(all)
}

/// The scene as text, whether it is a number, whether it lives for ever.
fn read_scene(body: &Value) -> Result<(String, bool, bool), Refusal> {
    let invalid = || Refusal::new(40053, "invalid action info");
    let action = body.get("action_name").and_then(Value::as_str).unwrap_or_default();
    let scene = body.pointer("/action_info/scene");
    let text = || scene.and_then(|scene| scene.get("scene_str")).and_then(Value::as_str);
    let number = || scene.and_then(|scene| scene.get("scene_id")).and_then(Value::as_u64);
    let text_fits = |text: &&str| (1..=64).contains(&text.chars().count());
    let number_fits = |limit: u64| move |number: &u64| (1..=limit).contains(number);
    match action {
        "QR_STR_SCENE" => text().filter(text_fits).map(|text| (text.to_owned(), false, false)),
        "QR_LIMIT_STR_SCENE" => text().filter(text_fits).map(|text| (text.to_owned(), false, true)),
        "QR_SCENE" => number().filter(number_fits(u64::from(u32::MAX))).map(|id| (id.to_string(), true, false)),
        "QR_LIMIT_SCENE" => number().filter(number_fits(100_000)).map(|id| (id.to_string(), true, true)),
        _ => None,
    }
    .ok_or_else(invalid)
}

fn offer(practice: &Practice, known: &Known, kind: ScanKind, (id, content): (&str, &str), scene: Scene) {
    let scan = Scan {
        id: id.to_owned(),
        platform: Platform::Wechat,
        kind,
        content: content.to_owned(),
        client_id: known.appid().to_owned(),
        client_name: known.client.name.clone(),
        state: ScanState::Waiting,
        expires_at: scene.expires_at,
    };
    let mut world = practice.world();
    world.wechat.scenes.put(id.to_owned(), scene);
    world.phone.offer(scan);
}

/// `mp.weixin.qq.com/cgi-bin/showqrcode`: the picture, without any credentials.
pub(super) async fn show(State(practice): State<Practice>, asked: Asked) -> Response {
    let ticket = asked.query.get("ticket").unwrap_or_default();
    let url = {
        let world = practice.world();
        let now = practice.now();
        let mut alive = world.wechat.scenes.iter().filter(|(_, scene)| now < scene.expires_at);
        let found = alive.find(|(_, scene)| !scene.ticket.is_empty() && scene.ticket == ticket);
        found.map(|(key, _)| format!("http://weixin.qq.com/q/{key}"))
    };
    match url.and_then(|url| picture::qr(&url, 430)) {
        Some(jpeg) => picture(jpeg),
        None => pages::empty(StatusCode::NOT_FOUND),
    }
}

pub(super) async fn mini_code(State(practice): State<Practice>, asked: Asked) -> Response {
    match mini_scene(&practice, &asked) {
        Ok(jpeg) => picture(jpeg),
        Err(refusal) => written(&practice, Family::Cgi, Err(refusal)),
    }
}

fn mini_scene(practice: &Practice, asked: &Asked) -> Result<Vec<u8>, Refusal> {
    let known = by_token(practice, asked, AppKind::MiniProgram)?;
    let body = posted(asked)?;
    let scene = body.get("scene").and_then(Value::as_str).unwrap_or_default();
    if !(1..=32).contains(&scene.len()) {
        return Err(Refusal::new(40169, "invalid length for scene, or the data is not json string"));
    }
    // `&` is documented as allowed and was refused in the field.
    if !scene.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$'()*+,/:;=?@-._~".contains(&b)) {
        return Err(Refusal::new(40129, "invalid scene"));
    }
    let page = body.get("page").and_then(Value::as_str).unwrap_or_default();
    let checked = body.get("check_path").and_then(Value::as_bool).unwrap_or(true);
    let released = page.is_empty() || known.app.pages.iter().any(|known| known == page);
    if page.starts_with('/') || page.contains('?') || (checked && !released) {
        return Err(Refusal::new(41030, "invalid page"));
    }
    charge(practice, Quota::MiniCode, known.appid())?;
    let width = body.get("width").and_then(Value::as_u64).unwrap_or(430).clamp(280, 1280);
    let id = practice.random().alphanumeric(24);
    let content = format!("https://mp.weixin.qq.com/a/~{id}");
    let scene = Scene {
        appid: known.appid().to_owned(),
        text: scene.to_owned(),
        ticket: String::new(),
        numeric: false,
        expires_at: i64::MAX,
    };
    offer(practice, &known, ScanKind::MiniProgram, (&id, &content), scene);
    picture::qr(&content, usize::try_from(width).unwrap_or(430)).ok_or_else(|| Refusal::new(-1, "system error"))
}

/// `thirdwx.qlogo.cn`: a picture drawn from the address.
pub(super) async fn avatar(asked: Asked) -> Response {
    picture(picture::pattern(&asked.path))
}

/// Parameter check shared by the two look-ups of followers.
pub(super) fn openid_asked(asked: &Asked) -> Result<&str, Refusal> {
    needed(&asked.query, "openid", (41009, "openid missing"))
}
