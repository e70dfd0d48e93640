//! A company's directory, written down by a test or made up by number.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hufu::base::id::{ConnectorId, OrgId};
use hufu::connectors::directory::{OddRecord, Roster, RosterDepartment, RosterPerson, RosterTurn, Wanted};
use hufu::connectors::{Check, Connector, Finding, Key, Reply, Step, Trouble, Turn};
use hufu::store::Store;
use hufu::store::orgs::Org;
use tokio::sync::Notify;

pub const ORG: &str = "o-corp";

/// What the platform has, and how it behaves.
#[derive(Default)]
pub struct State {
    /// Department and its parent.
    pub departments: BTreeMap<String, Option<String>>,
    /// Person and their departments.
    pub people: BTreeMap<String, Vec<String>>,
    /// Who may not sign in.
    pub inactive: BTreeSet<String>,
    /// Departments whose people can't be read.
    pub hidden: BTreeSet<String>,
    /// Who and what stands in no list, but is there for who asks by name.
    pub unlisted: BTreeSet<String>,
    /// Who and what is not ours to see when asked by name.
    pub unreadable: BTreeSet<String>,
    /// Whose record can't be used, and whether at least their key can be read.
    pub odd: BTreeMap<String, bool>,
    /// The top is told as branches, to be asked for one by one.
    pub scoped: bool,
    /// "Later" is so many seconds later.
    pub patience: Option<i64>,
    /// A question that waits here with its answer, until it is let go.
    pub gate: Option<(Wanted, Arc<Gate>)>,
    /// Answers "later" so many times before the next answer.
    pub later: usize,
    /// Questions asked, by second.
    pub asked: HashMap<i64, usize>,
    /// People a page.
    pub page: usize,
    /// It tells by itself what changes.
    pub tells: bool,
}

/// Holds one answer back on its way to us.
#[derive(Default)]
pub struct Gate {
    pub reached: Notify,
    pub open: Notify,
}

#[derive(Default)]
pub struct Crowd(pub Mutex<State>);

impl Crowd {
    pub fn new(departments: &[(&str, Option<&str>)], people: &[(&str, &[&str])]) -> Arc<Self> {
        let owned = |text: &&str| (*text).to_owned();
        let state = State {
            departments: departments.iter().map(|(id, parent)| (owned(id), parent.as_ref().map(owned))).collect(),
            people: people.iter().map(|(id, places)| (owned(id), places.iter().map(owned).collect())).collect(),
            page: 2,
            ..State::default()
        };
        Arc::new(Self(Mutex::new(state)))
    }

    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    pub fn asked(&self) -> usize {
        self.0.lock().unwrap().asked.values().sum()
    }

    pub fn busiest(&self) -> usize {
        self.0.lock().unwrap().asked.values().copied().max().unwrap_or(0)
    }
}

pub fn person(id: &str, departments: Vec<String>, active: bool) -> RosterPerson {
    RosterPerson {
        id: id.to_owned(),
        keys: vec![Key { space: "platform".to_owned(), value: id.to_owned() }],
        name: format!("Person {id}"),
        email: None,
        phone: None,
        title: None,
        departments,
        leads: Vec::new(),
        active,
    }
}

pub fn department(id: &str, parent: Option<String>) -> RosterDepartment {
    RosterDepartment { id: id.to_owned(), parent, name: format!("Department {id}"), position: 0 }
}

impl State {
    fn answer(&mut self, wanted: Wanted, now: i64) -> Result<Roster, Trouble> {
        if self.later > 0 {
            self.later -= 1;
            return Err(Trouble::TryLater { until: self.patience.map(|patience| now + patience) });
        }
        let under = |parent: Option<&str>| {
            let found = self.departments.iter().filter(|(_, above)| above.as_deref() == parent);
            let found = found.filter(|(id, _)| !self.unlisted.contains(*id));
            found.map(|(id, above)| department(id, above.clone())).collect::<Vec<_>>()
        };
        let odd = |id: &String, has_key: bool| {
            let key = has_key.then(|| Key { space: "platform".to_owned(), value: id.clone() });
            OddRecord::new("a list", key, (Some(format!("{id}\u{202e}/")), None))
        };
        let one = |id: &String| person(id, self.people[id].clone(), !self.inactive.contains(id));
        Ok(match wanted {
            Wanted::Roots if self.scoped => {
                Roster { branches: under(None).into_iter().map(|branch| branch.id).collect(), ..Roster::default() }
            }
            Wanted::Roots => Roster {
                departments: under(None),
                singles: self.people.iter().filter(|(_, places)| places.is_empty()).map(|(id, _)| id.clone()).collect(),
                ..Roster::default()
            },
            Wanted::Under(id) => Roster { departments: under(Some(&id)), ..Roster::default() },
            Wanted::PeopleIn { department, .. } if self.hidden.contains(&department) => {
                Roster { failed: vec![format!("{department}: no permission")], ..Roster::default() }
            }
            Wanted::PeopleIn { department, cursor } => {
                let from: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
                let there = |(id, places): &(&String, &Vec<String>)| {
                    places.contains(&department) && !self.unlisted.contains(*id)
                };
                let all: Vec<&String> = self.people.iter().filter(there).map(|(id, _)| id).collect();
                let page = || all.iter().skip(from).take(self.page);
                let people = page().filter(|id| !self.odd.contains_key(**id)).map(|id| one(id)).collect();
                let odd = page().filter_map(|id| self.odd.get(*id).map(|has_key| odd(id, *has_key))).collect();
                let next = (from + self.page < all.len()).then(|| (from + self.page).to_string());
                Roster { people, odd, next, ..Roster::default() }
            }
            Wanted::Person(id) | Wanted::Department(id) if self.unreadable.contains(&id) => {
                Roster { failed: vec![format!("{id}: not ours to see")], ..Roster::default() }
            }
            Wanted::Person(id) if self.odd.contains_key(&id) => {
                Roster { odd: vec![odd(&id, false)], ..Roster::default() }
            }
            Wanted::Person(id) if self.people.contains_key(&id) => {
                Roster { people: vec![one(&id)], ..Roster::default() }
            }
            Wanted::Department(id) if self.departments.contains_key(&id) => {
                Roster { departments: vec![department(&id, self.departments[&id].clone())], ..Roster::default() }
            }
            Wanted::Person(id) | Wanted::Department(id) => Roster { gone: vec![id], ..Roster::default() },
        })
    }
}

impl Connector for Crowd {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        let url = format!("https://platform.example/authorize?state={}", turn.state);
        async move { Ok(Step::go(url)) }.boxed()
    }

    fn answer<'a>(&'a self, _: &'a Turn, _: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move { Err(Trouble::Cancelled) }.boxed()
    }

    fn tells_changes(&self) -> bool {
        self.0.lock().unwrap().tells
    }

    fn check<'a>(&'a self, _: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        async { Vec::new() }.boxed()
    }

    fn roster<'a>(&'a self, turn: &'a RosterTurn, wanted: Wanted) -> Option<BoxFuture<'a, Result<Roster, Trouble>>> {
        Some(
            async move {
                let (answer, gate) = {
                    let mut state = self.0.lock().unwrap();
                    *state.asked.entry(turn.now).or_default() += 1;
                    let answer = state.answer(wanted.clone(), turn.now);
                    let gate = state.gate.take_if(|(held, _)| answer.is_ok() && *held == wanted);
                    (answer, gate)
                };
                if let Some((_, gate)) = gate {
                    gate.reached.notify_one();
                    gate.open.notified().await;
                }
                answer
            }
            .boxed(),
        )
    }
}

/// An organisation whose platform is the connector `corp`.
pub async fn organisation(store: &Store, now: i64) -> OrgId {
    organisation_of(store, now, "corp").await
}

/// `o-{name}`, whose platform is the connector `c-{name}`.
pub async fn organisation_of(store: &Store, now: i64, name: &str) -> OrgId {
    let org = Org {
        id: OrgId::new(format!("o-{name}")),
        version: 1,
        created_at: now,
        updated_at: now,
        name: "Corp".to_owned(),
        logo: None,
        enabled: true,
        practice: false,
        connector_id: Some(ConnectorId::new(format!("c-{name}"))),
        rule: None,
        registration: None,
        sync_every: None,
    };
    let id = org.id.clone();
    let written = store.write(move |tx| {
        let org = org.clone();
        async move { tx.insert_org(&org).await }.boxed()
    });
    written.await.unwrap();
    id
}
