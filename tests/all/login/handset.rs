//! A scripted platform with phones: it scans pictures, pushes what happened,
//! knows who holds a phone, and stands in frames.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hufu::base::lang::{Lang, Wish};
use hufu::base::place::Place;
use hufu::connectors::hook::{Answer, Heard, HookTurn, News, Push, Sink};
use hufu::connectors::{
    Check, Codes, Connector, Finding, Form, Frame, FrameEnd, Identity, Key, Picture, Reply, Scan, ScannedWith, Step,
    Trouble, Turn,
};
use hufu::login::{Login, Visitor};

/// The agent of the platform's own browser.
pub const WECHAT: &str = "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.59";

/// What it counts.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a trait of a platform")]
pub struct Handset {
    /// Pictures asked for.
    pub pictures: AtomicUsize,
    /// Calls after a callback.
    pub answers: AtomicUsize,
    /// Slow pushes begun.
    pub pushed: AtomicUsize,
    /// Open long-lived connections.
    pub open: AtomicUsize,
    /// Those ever opened.
    pub opened: AtomicUsize,
    /// It listens.
    pub listens: bool,
    /// It can tell who holds the phone without a tap.
    pub silent: bool,
    /// The picture is drawn by the platform.
    pub draws: bool,
    /// It is the tenant's own program on the phone.
    pub program: bool,
    /// So many answers fail.
    pub fails: AtomicUsize,
    /// How long an answer takes.
    pub slow: std::time::Duration,
}

pub fn who(name: &str, silent: bool) -> Identity {
    Identity {
        keys: vec![Key { space: "handset".to_owned(), value: name.to_owned() }],
        name: Some(format!("Person {name}")),
        silent,
        ..Identity::default()
    }
}

fn word(push: &Push) -> Vec<String> {
    String::from_utf8(push.body.clone()).unwrap().split(' ').map(str::to_owned).collect()
}

impl Connector for Handset {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move {
            if turn.silent || turn.frame || turn.place == Place::WechatPhone {
                let address = format!("https://platform.example/authorize?state={}", turn.state);
                let frame = Frame { url: format!("{address}&frame=1"), ends: FrameEnd::Goes, size: (300, 400) };
                return Ok(Step::Go { url: address, memo: None, frame: turn.frame.then_some(frame) });
            }
            if turn.place == Place::Dingtalk {
                let form = Form::InAppCode { corp_id: "corp".to_owned(), client_id: "client".to_owned() };
                return Ok(Step::Ask { form, memo: Some("a secret memo".to_owned()) });
            }
            self.pictures.fetch_add(1, Ordering::SeqCst);
            let picture = if self.draws {
                Picture::Image { media_type: "image/png", bytes: vec![1, 2, 3] }
            } else {
                Picture::Text(format!("https://scan.example/{}", turn.scene))
            };
            Ok(Step::Scan(Scan { picture, lifetime: 300, app: ScannedWith::Wechat }))
        }
        .boxed()
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move {
            self.answers.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(self.slow).await;
            if self.fails.load(Ordering::SeqCst) > 0 {
                self.fails.fetch_sub(1, Ordering::SeqCst);
                return Err(Trouble::Unreachable("away".to_owned()));
            }
            let code = match reply {
                Reply::Callback(params) => params.get("code").cloned(),
                Reply::Code(fields) => fields.get("code").map(|code| code.expose().to_owned()),
                Reply::Form(fields) => {
                    assert_eq!(turn.memo.as_deref(), Some("a secret memo"));
                    fields.get("code").map(|code| code.expose().to_owned())
                }
            };
            match code.as_deref() {
                Some("again") => Ok(Step::Ask {
                    form: Form::InAppCode { corp_id: "corp".to_owned(), client_id: "again".to_owned() },
                    memo: Some("a secret memo".to_owned()),
                }),
                None | Some("bad" | "") => Err(Trouble::BadReply("no code".to_owned())),
                Some(code) => Ok(Step::Known(Box::new(who(code, turn.silent)))),
            }
        }
        .boxed()
    }

    fn check<'a>(&'a self, _: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        async { Vec::new() }.boxed()
    }

    /// `seen {scene} {who} [approved]`, `revoked|closed {who} {message}`, `tie {nonce} {content}`.
    fn hook<'a>(&'a self, turn: &'a HookTurn, push: Push) -> BoxFuture<'a, Result<Heard, Trouble>> {
        async move {
            if !push.is_post {
                return Ok(Heard { answer: Answer::plain(push.query.get("echostr").unwrap()), news: Vec::new() });
            }
            let key = |value: &str| Key { space: "handset".to_owned(), value: value.to_owned() };
            let words = word(&push);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let (mut answer, mut news) = (Answer::plain("success"), Vec::new());
            match words.as_slice() {
                ["seen", scene, name, rest @ ..] => {
                    let identity = who(name, false);
                    let page = turn.confirm.of(scene, &identity).await?;
                    answer = Answer::plain(&page.map(|page| page.url).unwrap_or_default());
                    let (scene, approved) = ((*scene).to_owned(), !rest.is_empty());
                    news.push(News::Seen { scene, identity: Box::new(identity), approved });
                }
                ["revoked" | "closed", name, message] => {
                    let (closed, message) = (words[0] == "closed", (*message).to_owned());
                    news.push(News::Revoked { key: key(name), closed, message });
                }
                ["tie", nonce, content] => {
                    let tied = turn.nonces.tie(nonce, content, 60).await?;
                    answer = Answer::plain(if tied { "its own" } else { "another" });
                }
                ["fail", nonce, content] => {
                    turn.nonces.tie(nonce, content, 60).await?;
                    return Err(Trouble::Unreachable("meanwhile".to_owned()));
                }
                ["slow"] => {
                    self.pushed.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                }
                _ => return Ok(Heard { answer: Answer::refused(403, "wrong signature"), news }),
            }
            Ok(Heard { answer, news })
        }
        .boxed()
    }

    fn listen<'a>(&'a self, _: &'a HookTurn, sink: &'a dyn Sink) -> Option<BoxFuture<'a, Trouble>> {
        self.listens.then(|| {
            async move {
                self.open.fetch_add(1, Ordering::SeqCst);
                self.opened.fetch_add(1, Ordering::SeqCst);
                let _closed = Closing(&self.open);
                sink.take(Vec::new()).await.unwrap();
                futures::future::pending::<Trouble>().await
            }
            .boxed()
        })
    }

    fn draws_in(&self, place: Place) -> bool {
        !matches!(place, Place::WechatPhone | Place::Dingtalk)
    }

    fn codes(&self) -> Codes {
        if self.program { Codes::FromPrograms } else { Codes::Never }
    }

    fn is_program(&self) -> bool {
        self.program
    }

    fn silent_in(&self, place: Place) -> bool {
        self.silent && place == Place::WechatPhone
    }
}

/// Counts a connection down however it ends.
struct Closing<'a>(&'a AtomicUsize);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Pushes to `/hook/scan` of this node; the answer's status and text.
pub async fn push(login: &Login, body: &str) -> (u16, String) {
    let push = Push { is_post: true, query: BTreeMap::new(), body: body.as_bytes().to_vec() };
    let answer = login.hook("scan", push, &server()).await.unwrap();
    (answer.status, String::from_utf8(answer.body).unwrap())
}

/// A platform's server, as it looks to us.
pub fn server() -> Visitor {
    Visitor {
        browser: String::new(),
        last_way: None,
        session: None,
        agent: String::new(),
        wish: Wish::unsaid(Lang::En),
        address: "198.51.100.1".to_owned(),
        request_id: "push".to_owned(),
    }
}

/// A phone's browser.
pub fn phone(number: usize, agent: &str) -> Visitor {
    Visitor { browser: format!("phone-{number}"), agent: agent.to_owned(), ..server() }
}

pub fn scripted(handset: &Arc<Handset>) -> super::house::Named {
    ("scan", Arc::clone(handset) as Arc<dyn Connector>)
}
