//! The companies that live here, and what they remember.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::super::Practice;
use super::super::people::Person;
use super::super::shelf::Shelf;
use super::departments::Department;
use super::directory::Directory;
use super::events::{Change, Queue, tell};
use super::member::{Member, Place};
use super::persona::Persona;
use super::settings::Settings;
use super::tickets::{Code, Ticket, Token};
use crate::base::clock::Seconds;

/// Where the cast works.
pub(super) const HOME: &str = "wwpractice00000000";
/// A second company, linked to the first.
pub(super) const OTHER: &str = "wwpractice00000001";
const TICKET_LIMIT: usize = 10_000;
const CORP_LIMIT: usize = 20;

/// WeCom's memory.
pub(in crate::practice) struct WeCom {
    pub(super) corps: BTreeMap<String, Corp>,
    pub(super) codes: Shelf<Code>,
    pub(super) tokens: Shelf<Token>,
    pub(super) tickets: Shelf<Ticket>,
}

/// A company.
pub(super) struct Corp {
    pub(super) settings: Settings,
    pub(super) directory: Directory,
    /// Who somebody is here, where that differs from the cast.
    pub(super) personas: BTreeMap<String, Persona>,
    /// Practice people who were put into the directory, and the userid they had then.
    placed: BTreeMap<String, String>,
    /// Requests by path.
    pub(super) counted: BTreeMap<String, u64>,
    /// Requests by path within the minute and the hour, and until when they are refused.
    pub(super) windows: BTreeMap<String, Window>,
    /// Requests seen since `fail` was set.
    pub(super) failing: u32,
    pub(super) queue: Queue,
    /// What became of pushed events, oldest first.
    pub(super) pushed: VecDeque<Value>,
}

/// Counting for a limit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    pub(super) minute: (Seconds, u32),
    pub(super) hour: (Seconds, u32),
    pub(super) blocked_until: Seconds,
}

impl Corp {
    fn new(settings: Settings) -> Self {
        Self {
            directory: Directory::new(&settings.name),
            settings,
            personas: BTreeMap::new(),
            placed: BTreeMap::new(),
            counted: BTreeMap::new(),
            windows: BTreeMap::new(),
            failing: 0,
            queue: Queue::default(),
            pushed: VecDeque::new(),
        }
    }

    /// Takes over who of the people works here, who was renamed and who left; tells of it as an administrator's change.
    fn follow(&mut self, people: &[Person], now: Seconds) {
        let employed_now = |key: &String| {
            let person = people.iter().find(|person| person.key == *key);
            person.and_then(|person| person.wecom.as_ref()).is_some_and(|employee| !employee.left)
        };
        let left: Vec<String> = self.placed.keys().filter(|key| !employed_now(key)).cloned().collect();
        for key in left {
            self.placed.remove(&key);
            if let Some(gone) = self.userid_of(&key).and_then(|userid| self.directory.remove(&userid)) {
                tell(self, HOME, now, &Change::DeleteUser(&gone.userid));
            }
        }
        for person in people {
            let Some(employee) = person.wecom.as_ref().filter(|employee| !employee.left) else { continue };
            let userid = employee.userid.clone();
            match self.placed.insert(person.key.clone(), userid.clone()) {
                None => {
                    let member = employed(person, &userid);
                    self.directory.put(member.clone());
                    tell(self, HOME, now, &Change::CreateUser(&member));
                }
                Some(before) if before != userid => {
                    let Some(before) = self.userid_of(&person.key).and_then(|known| self.directory.remove(&known))
                    else {
                        continue;
                    };
                    let after = Member { userid, ..before.clone() };
                    self.directory.put(after.clone());
                    tell(self, HOME, now, &Change::UpdateUser(&before, &after));
                }
                Some(_) => {}
            }
        }
    }

    fn userid_of(&self, person: &str) -> Option<String> {
        let mut members = self.directory.members();
        members.find(|member| member.person.as_deref() == Some(person)).map(|member| member.userid.clone())
    }
}

/// A member of the cast, in research or in sales.
fn employed(person: &Person, userid: &str) -> Member {
    let place = |id, order, leader| Place { id, order, leader };
    let departments = match person.key.as_str() {
        "xiaoman" => vec![place(2, 1, true), place(4, 10, false)],
        "amara" => vec![place(3, 1, false)],
        _ => vec![place(4, 1, false)],
    };
    Member {
        userid: userid.to_owned(),
        name: person.shown().to_owned(),
        departments,
        direct_leader: if person.key == "xiaoman" { Vec::new() } else { vec!["LinXiaoMan".to_owned()] },
        position: if person.key == "xiaoman" { "工程师".to_owned() } else { String::new() },
        mobile: person.mobile.clone().unwrap_or_default(),
        email: person.email.clone().unwrap_or_default(),
        biz_mail: format!("{}@corp.example.com", person.key),
        gender: "1".to_owned(),
        generated: person.key == "amara",
        person: Some(person.key.clone()),
        ..Member::default()
    }
}

impl WeCom {
    /// The companies as they are from the start, with `people` at work.
    pub(in crate::practice) fn new(issuer: &str, people: &[Person]) -> Self {
        let domain = authority(issuer).unwrap_or_default();
        let mut home = Corp::new(Settings::practice("练习公司", &domain, super::super::CLIENT_SECRET));
        for (id, name, english, parentid) in
            [(2, "研发中心", Some("RD"), 1), (3, "市场部", None, 1), (4, "平台组", None, 2)]
        {
            let (name, name_en) = (name.to_owned(), english.map(str::to_owned));
            home.directory.departments.insert(id, Department { id, name, name_en, parentid, order: 10 });
        }
        home.follow(people, 0);
        // They were here before anybody listened.
        home.queue = Queue::default();
        let other = Corp::new(Settings::practice("合作公司", &domain, "practice-other-secret"));
        Self {
            corps: BTreeMap::from([(HOME.to_owned(), home), (OTHER.to_owned(), other)]),
            codes: Shelf::new(TICKET_LIMIT),
            tokens: Shelf::new(TICKET_LIMIT),
            tickets: Shelf::new(TICKET_LIMIT),
        }
    }

    /// Founds a company; `false` when there are too many.
    pub(super) fn found(&mut self, corpid: &str, domain: &str) -> bool {
        let room = self.corps.len() < CORP_LIMIT;
        if room {
            let settings = Settings::practice(corpid, domain, super::super::CLIENT_SECRET);
            self.corps.insert(corpid.to_owned(), Corp::new(settings));
        }
        room
    }
}

/// Does something with a company, brought up to date with the cast; `None` for an unknown corpid.
pub(super) fn with<T>(practice: &Practice, corpid: &str, work: impl FnOnce(&mut Corp) -> T) -> Option<T> {
    let now = practice.now();
    let mut world = practice.world();
    let world = &mut *world;
    let corp = world.wecom.corps.get_mut(corpid)?;
    if corpid == HOME {
        corp.follow(&world.people, now);
    }
    Some(work(corp))
}

/// host[:port] of an address, as domains are compared.
pub(super) fn authority(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}
