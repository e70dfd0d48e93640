//! Signing in outside the client: `wwlogin/sso/login` and the older `qrConnect` (§3).

use axum::extract::State;
use axum::response::Response;
use http::Method;

use super::super::fields::Asked;
use super::super::pages::Card;
use super::super::phone::{Scan, ScanKind, ScanState};
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::{Practice, answer, guard};
use super::corp::{authority, with};
use super::pages::{self, Carrier, LoginPage, Said};
use super::sign_in::{self, Wish};
use super::texts::Words;

/// How long a QR can be scanned; the real number is not published.
const QR_LIFE: i64 = 300;
/// Names the code that a page shows, when it is loaded once more.
const SCAN: &str = "practice_scan";

/// How the answer leaves the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The window, or the frame itself, is redirected.
    Redirect,
    /// A frame moves the top window.
    Top,
    /// A frame tells the page around it.
    Callback,
    /// The old widget's frame hands out the final address.
    Text,
}

pub(super) async fn login(State(practice): State<Practice>, asked: Asked) -> Response {
    match read(&practice, &asked) {
        Ok(wish) => decide(&practice, &asked, &wish),
        Err(said) => pages::fault(&asked, said),
    }
}

/// The page that says a domain is not trusted.
pub(super) async fn wrong_domain(asked: Asked) -> Response {
    pages::fault(&asked, Said::Domain)
}

fn read(practice: &Practice, asked: &Asked) -> Result<Wish, Said> {
    let get = |name: &str| asked.query.get(name);
    let is_old = asked.path.contains("/wwopen/");
    let login_type = get("login_type");
    if !(login_type == Some("CorpApp") || (is_old && matches!(login_type, None | Some("jssdk")))) {
        return Err(Said::Parameters);
    }
    let (corpid, agentid) = get("appid").zip(get("agentid")).ok_or(Said::Parameters)?;
    let agent = with(practice, corpid, |corp| corp.settings.agents.get(agentid).cloned()).flatten();
    let agent = agent.ok_or(Said::Parameters)?;
    let redirect_uri = get("redirect_uri").ok_or(Said::Parameters)?;
    let host = authority(redirect_uri).ok_or(Said::Parameters)?;
    if host != agent.web_domain && host != agent.trusted_domain {
        return Err(Said::LoginDomain);
    }
    Ok(Wish {
        corpid: corpid.to_owned(),
        agentid: agentid.to_owned(),
        agent,
        redirect_uri: redirect_uri.to_owned(),
        state: get("state").map(str::to_owned),
    })
}

/// A page in a frame names the version of the script around it.
fn way(asked: &Asked) -> Way {
    match (asked.query.get("version"), asked.query.get("redirect_type")) {
        (None, _) | (_, Some("self")) => Way::Redirect,
        (Some(_), _) if asked.path.contains("/wwopen/") => Way::Text,
        (Some(_), Some("callback")) => Way::Callback,
        (Some(_), _) => Way::Top,
    }
}

fn decide(practice: &Practice, asked: &Asked, wish: &Wish) -> Response {
    let switches = practice.world().switches(Platform::Wecom);
    if switches.is_on(Switch::AutoDeny) {
        return cancel(practice, asked, wish);
    }
    if let Some(person) = switches.auto.as_deref() {
        return go(practice, asked, wish, person);
    }
    let scan = asked.query.get(SCAN).and_then(|id| practice.world().phone.scan(id).cloned());
    match scan.as_ref().map(|scan| &scan.state) {
        Some(ScanState::Confirmed { person }) => {
            // One sign-in for one scan, however often the page is loaded.
            let first = practice.world().phone.withdraw(&scan.as_ref().map(|scan| scan.id.clone()).unwrap_or_default());
            return if first.is_some() { go(practice, asked, wish, person) } else { show(practice, asked, wish, None) };
        }
        Some(ScanState::Refused { .. }) => return cancel(practice, asked, wish),
        _ => {}
    }
    if asked.method == Method::POST && !guard::is_foreign(&asked.headers, practice.origin()) {
        match (asked.form.get("choice"), asked.form.get("person")) {
            (Some("deny"), _) => return cancel(practice, asked, wish),
            (Some("allow"), Some(person)) if practice.world().person(person).is_some() => {
                return go(practice, asked, wish, person);
            }
            _ => {}
        }
    }
    show(practice, asked, wish, scan.filter(|scan| practice.now() < scan.expires_at))
}

fn go(practice: &Practice, asked: &Asked, wish: &Wish, person: &str) -> Response {
    let strict = with(practice, &wish.corpid, |corp| corp.settings.quirks.range_at_login) == Some(true);
    if strict && !sign_in::in_range(practice, wish, person) {
        return pages::fault(asked, Said::NoPermission);
    }
    // Nobody agrees to single fields here: no user_ticket comes of it (§3.4).
    let code = sign_in::code(practice, wish, person, None);
    let to = sign_in::back(wish, Some(&code));
    let way = way(asked);
    if way == Way::Redirect { answer::found(&to) } else { Carrier::new(asked, way, &to, &code).answer() }
}

/// The page stays, or the old flow's redirect without a code.
fn cancel(practice: &Practice, asked: &Asked, wish: &Wish) -> Response {
    let returns = with(practice, &wish.corpid, |corp| corp.settings.quirks.cancel_returns) == Some(true);
    if returns { answer::found(&sign_in::back(wish, None)) } else { pages::fault(asked, Said::Cancelled) }
}

fn show(practice: &Practice, asked: &Asked, wish: &Wish, scan: Option<Scan>) -> Response {
    let scan = scan.unwrap_or_else(|| offer(practice, wish));
    let texts = pages::texts(asked);
    let mut target = asked.query.clone();
    target.set(SCAN, &scan.id);
    let cards = practice.world().people.iter().map(|person| Card::of(person, texts, None)).collect();
    LoginPage {
        texts,
        words: Words::of(texts),
        client_name: &wish.agent.name,
        qr: pages::qr(&scan.content),
        content: &scan.content,
        action: format!("{}?{}", asked.path, target.encode()),
        scanned: matches!(scan.state, ScanState::Scanned { .. }),
        framed: asked.query.get("version").is_some(),
        cards,
    }
    .answer()
}

fn offer(practice: &Practice, wish: &Wish) -> Scan {
    let id = practice.random().alphanumeric(24);
    let scan = Scan {
        content: format!("https://login.work.weixin.qq.com/wwlogin/l/{id}"),
        id,
        platform: Platform::Wecom,
        kind: ScanKind::SignIn,
        client_id: wish.agentid.clone(),
        client_name: wish.agent.name.clone(),
        state: ScanState::Waiting,
        expires_at: practice.now() + QR_LIFE,
    };
    practice.world().phone.offer(scan.clone());
    scan
}
