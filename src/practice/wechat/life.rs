//! What people do with official accounts and mini programs: scan, follow,
//! unfollow, write, withdraw; and the events that follow from it (§5.6, §5.10).

use super::super::Practice;
use super::super::clients::practice_name;
use super::super::phone::acts::{Act, Cannot};
use super::super::phone::{Scan, ScanKind, ScanState, To};
use super::super::platform::Platform;
use super::apps::AppKind;
use super::asked::{Known, known};
use super::event::Event;
use super::tickets::{Following, Outcome, Scene, pair};
use super::{ids, mini, push};

/// Somebody points a phone at an official account's scene or a mini program's code.
pub(in crate::practice) async fn pointed_at(
    practice: &Practice,
    person: &str,
    scan: &Scan,
    act: Act,
) -> Result<(), Cannot> {
    let scene = practice.world().wechat.scenes.get(&scan.id).cloned().ok_or(Cannot::NoCode)?;
    let known = known(practice, &scene.appid).ok_or(Cannot::NoCode)?;
    if scan.kind == ScanKind::MiniProgram {
        return mini_program(practice, &known, person, (scan, &scene), act).await;
    }
    match act {
        Act::Scan if practice.world().wechat.follows(known.appid(), person) => {
            note(practice, &scan.id, ScanState::Confirmed { person: person.to_owned() });
            scanned(practice, &known, person, &scene).await;
        }
        // Whoever does not follow is asked whether to; WeChat tells the account nothing before.
        Act::Scan => {
            practice.world().wechat.undecided.put(pair(known.appid(), person), scan.id.clone());
            note(practice, &scan.id, ScanState::Scanned { person: person.to_owned() });
        }
        Act::Confirm => {
            follow(practice, &known, person).await;
        }
        Act::Refuse => {
            practice.world().wechat.undecided.remove(&pair(known.appid(), person));
            note(practice, &scan.id, ScanState::Waiting);
        }
    }
    Ok(())
}

fn note(practice: &Practice, id: &str, state: ScanState) {
    if let Some(scan) = practice.world().phone.scan_mut(id) {
        scan.state = state;
    }
}

/// A follower scanned: `SCAN`, with the scene as it is.
async fn scanned(practice: &Practice, known: &Known, person: &str, scene: &Scene) {
    let event = event(practice, known, person, "SCAN").with("EventKey", &scene.text).with("Ticket", &scene.ticket);
    tell(practice, known, person, &event).await;
}

/// Follows the account: by the scene that was scanned last, or plainly.
pub(in crate::practice) async fn follow(practice: &Practice, known: &Known, person: &str) -> Outcome {
    let name = pair(known.appid(), person);
    let scene = {
        let now = practice.now();
        let mut world = practice.world();
        if world.wechat.follows(known.appid(), person) {
            return Outcome::Silent;
        }
        let id = world.wechat.undecided.remove(&name);
        let scene = id.and_then(|id| {
            if let Some(scan) = world.phone.scan_mut(&id) {
                scan.state = ScanState::Confirmed { person: person.to_owned() };
            }
            world.wechat.scenes.get(&id).filter(|scene| now < scene.expires_at).cloned()
        });
        let following = Following {
            since: now,
            scene: scene.as_ref().map(|scene| scene.text.clone()),
            numeric: scene.as_ref().is_some_and(|scene| scene.numeric),
        };
        world.wechat.following.put(name, following);
        scene
    };
    let event = event(practice, known, person, "subscribe");
    let event = match &scene {
        Some(scene) => event.with("EventKey", &format!("qrscene_{}", scene.text)).with("Ticket", &scene.ticket),
        None => event.with("EventKey", ""),
    };
    tell(practice, known, person, &event).await
}

/// Leaves the account.
pub(in crate::practice) async fn unfollow(practice: &Practice, known: &Known, person: &str) -> Outcome {
    if practice.world().wechat.following.remove(&pair(known.appid(), person)).is_none() {
        return Outcome::Silent;
    }
    let event = event(practice, known, person, "unsubscribe").with("EventKey", "");
    tell(practice, known, person, &event).await
}

/// Scans a code of somebody else's making that carries a scene: marketing at the same account.
pub(super) async fn marketing(practice: &Practice, known: &Known, person: &str, scene: &str) -> Outcome {
    let following = practice.world().wechat.follows(known.appid(), person);
    let ticket = "gQ8marketing==";
    let event = if following {
        event(practice, known, person, "SCAN").with("EventKey", scene).with("Ticket", ticket)
    } else {
        let since = practice.now();
        let followed = Following { since, scene: Some(scene.to_owned()), numeric: false };
        practice.world().wechat.following.put(pair(known.appid(), person), followed);
        event(practice, known, person, "subscribe").with("EventKey", &format!("qrscene_{scene}")).with("Ticket", ticket)
    };
    tell(practice, known, person, &event).await
}

/// Writes into the account's chat.
pub(in crate::practice) async fn say(practice: &Practice, known: &Known, person: &str, text: &str) -> Outcome {
    let openid = ids::openid(known.appid(), person);
    // Message ids have nineteen digits and fit 64 bits.
    let id = i64::from(u32::from_be_bytes(practice.random().bytes())) + 23_000_000_000_000_000;
    let event =
        Event::new(&known.app.gh_id, &openid, practice.now(), "text").with("Content", text).with_number("MsgId", id);
    tell(practice, known, person, &event).await
}

/// A privacy event: `user_info_modified`, `user_authorization_revoke` or `user_authorization_cancellation`.
pub(super) async fn privacy(practice: &Practice, known: &Known, person: &str, (name, info): (&str, &str)) -> Outcome {
    let openid = ids::openid(known.appid(), person);
    let unionid = practice.world().person(person).and_then(|person| ids::unionid(&known.client, person));
    if name == "user_authorization_revoke" || name == "user_authorization_cancellation" {
        practice.world().wechat.withdrawn.put(pair(known.appid(), person), ());
    }
    // The sender is the platform; the person stands in OpenID.
    let mut event = Event::new(&known.app.gh_id, "gh_870882ca4b1c", practice.now(), "event")
        .with("Event", name)
        .with("OpenID", &openid);
    if known.app.kind != AppKind::MiniProgram
        && let Some(unionid) = unionid
    {
        event = event.with("UnionID", &unionid);
    }
    let event = event.with("AppID", known.appid()).with("RevokeInfo", info);
    push::deliver(practice, known, &openid, &event).await
}

fn event(practice: &Practice, known: &Known, person: &str, name: &str) -> Event {
    let openid = ids::openid(known.appid(), person);
    Event::new(&known.app.gh_id, &openid, practice.now(), "event").with("Event", name)
}

/// Pushes, and puts what comes back into the person's chat.
async fn tell(practice: &Practice, known: &Known, person: &str, event: &Event) -> Outcome {
    let openid = ids::openid(known.appid(), person);
    let outcome = push::deliver(practice, known, &openid, event).await;
    let text = match &outcome {
        Outcome::Replied { text } => Some(text.clone()),
        Outcome::Unavailable { .. } => Some("该公众号提供的服务出现故障，请稍后再试".to_owned()),
        Outcome::Silent => None,
    };
    // Whoever unfollowed has no chat any more.
    if let Some(text) = text.filter(|_| event.name() != "unsubscribe") {
        let now = practice.now();
        practice.world().deliver(To::Person(person), Platform::Wechat, (&known.client.name, &text), now);
    }
    outcome
}

/// The practice mini program: it opens with a scene and hands it to its server
/// together with a fresh login code; what the server says is shown.
async fn mini_program(
    practice: &Practice,
    known: &Known,
    person: &str,
    (scan, scene): (&Scan, &Scene),
    act: Act,
) -> Result<(), Cannot> {
    if act != Act::Scan {
        // The question is answered on the page whose link the program shows.
        return Err(Cannot::Taken);
    }
    let code = mini::new_code(practice, known.appid(), person, false);
    let connector = practice_name(known.app.kind.connector());
    let body = serde_json::json!({ "connector": connector, "scene": scene.text, "code": code });
    let hook = known.client.hook.clone().unwrap_or_default();
    let attempt = push::send_json(practice, &known.app, &hook, &body).await;
    note(practice, &scan.id, ScanState::Confirmed { person: person.to_owned() });
    let now = practice.now();
    if !attempt.answer.is_empty() {
        let shown = shown(practice, &attempt.answer);
        practice.world().deliver(To::Person(person), Platform::Wechat, (&known.client.name, &shown), now);
    }
    Ok(())
}

/// What the program shows: the question's page where its server answered with an approval, else the answer as it is.
fn shown(practice: &Practice, answer: &str) -> String {
    let said: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
    match (said["approval"].as_str(), said["application"].as_str()) {
        (Some(approval), Some(application)) => format!("{application}: {}/confirm/{approval}", practice.issuer()),
        _ => answer.chars().take(2_000).collect(),
    }
}
