//! The practice world: its people, applications, tokens and switches, all in memory and bounded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::clients::Client;
use super::dingtalk;
use super::jws::KeyRing;
use super::people::{Person, cast};
use super::phone::{Message, Phone, To};
use super::platform::Platform;
use super::shelf::Shelf;
use super::sms::Sms;
use super::switches::{Switch, Switches};
use super::tickets::{Access, Code, Refresh, SignedIn};
use super::watch::Seen;
use super::wechat::tickets::Wechat;
use super::wecom::WeCom;
use crate::base::clock::Seconds;

/// People at most; the page says so when it is full.
pub(super) const PEOPLE_LIMIT: usize = 200;
const TICKET_LIMIT: usize = 10_000;
const SEEN_LIMIT: usize = 500;
const CLIENT_LIMIT: usize = 100;

/// Everything the practice platforms remember.
pub(super) struct World {
    pub(super) people: Vec<Person>,
    pub(super) clients: Vec<Client>,
    pub(super) codes: Shelf<Code>,
    pub(super) access: Shelf<Access>,
    pub(super) refresh: Shelf<Refresh>,
    /// Scopes a person once granted, by platform, client and person.
    pub(super) granted: Shelf<BTreeSet<String>>,
    /// Who is signed in, by the digest of the cookie and the platform.
    pub(super) sessions: Shelf<SignedIn>,
    pub(super) seen: VecDeque<Seen>,
    /// What the people's phones show: messages, and codes waiting to be scanned.
    pub(super) phone: Phone,
    /// The houses that send short messages.
    pub(super) sms: Sms,
    pub(super) wechat: Wechat,
    pub(super) dingtalk: dingtalk::State,
    /// WeCom's companies.
    pub(super) wecom: WeCom,
    pub(super) keys: BTreeMap<Platform, KeyRing>,
    switches: BTreeMap<Platform, Switches>,
}

impl World {
    /// A new world with its cast and one client per platform.
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            people: cast(),
            clients: Platform::ALL.into_iter().flat_map(|platform| Client::practice(platform, issuer)).collect(),
            phone: Phone::new(),
            sms: Sms::new(),
            wechat: Wechat::new(),
            dingtalk: dingtalk::State::new(),
            wecom: WeCom::new(issuer, &cast()),
            codes: Shelf::new(TICKET_LIMIT),
            access: Shelf::new(TICKET_LIMIT),
            refresh: Shelf::new(TICKET_LIMIT),
            granted: Shelf::new(TICKET_LIMIT),
            sessions: Shelf::new(TICKET_LIMIT),
            seen: VecDeque::new(),
            keys: BTreeMap::new(),
            switches: BTreeMap::new(),
        }
    }

    pub(super) fn switches(&self, platform: Platform) -> Switches {
        self.switches.get(&platform).cloned().unwrap_or_default()
    }

    pub(super) fn is_on(&self, platform: Platform, switch: Switch) -> bool {
        self.switches.get(&platform).is_some_and(|switches| switches.is_on(switch))
    }

    pub(super) fn set_switches(&mut self, platform: Platform, switches: Switches) {
        self.switches.insert(platform, switches);
    }

    pub(super) fn switches_mut(&mut self, platform: Platform) -> Option<&mut Switches> {
        self.switches.get_mut(&platform)
    }

    pub(super) fn clear_switches(&mut self) {
        self.switches.clear();
    }

    pub(super) fn person(&self, key: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.key == key)
    }

    /// Puts a person in, in place of one with the same key; `false` when the world is full.
    pub(super) fn put_person(&mut self, person: Person) -> bool {
        if let Some(known) = self.people.iter_mut().find(|known| known.key == person.key) {
            *known = person;
            return true;
        }
        let room = self.people.len() < PEOPLE_LIMIT;
        if room {
            self.people.push(person);
        }
        room
    }

    pub(super) fn client(&self, platform: Platform, client_id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.platform == platform && client.client_id == client_id)
    }

    /// Registers an application; `false` when there are too many.
    pub(super) fn put_client(&mut self, client: Client) -> bool {
        self.clients.retain(|known| known.platform != client.platform || known.client_id != client.client_id);
        let room = self.clients.len() < CLIENT_LIMIT;
        if room {
            self.clients.push(client);
        }
        room
    }

    pub(super) fn note(&mut self, seen: Seen) {
        if self.seen.len() >= SEEN_LIMIT {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
    }

    /// Puts a message on somebody's phone. `from` is the account, company or signature it comes from.
    pub(super) fn deliver(&mut self, to: To<'_>, platform: Platform, (from, text): (&str, &str), at: Seconds) {
        let (person, mobile) = match to {
            To::Person(key) => (Some(key.to_owned()), None),
            To::Number(number) => {
                let owner = self.people.iter().find(|person| person.mobile.as_deref() == Some(number));
                (owner.map(|person| person.key.clone()), Some(number.to_owned()))
            }
        };
        let (from, text) = (from.to_owned(), text.to_owned());
        self.phone.put(Message { number: 0, person, mobile, platform, from, text, links: Vec::new(), at });
    }

    /// The live access token of that text on that platform.
    pub(super) fn alive(&self, platform: Platform, token: &str, now: Seconds) -> Option<&Access> {
        let access = self.access.get(token)?;
        (access.platform == platform && access.expires_at.is_none_or(|until| now < until)).then_some(access)
    }

    /// Ends every token of one sign-in.
    pub(super) fn end_grant(&mut self, grant: &str) {
        self.access.retain(|access| access.grant != grant);
        self.refresh.retain(|refresh| refresh.grant != grant);
    }

    /// What the person granted to the client before.
    pub(super) fn granted(&self, platform: Platform, client_id: &str, person: &str) -> Option<&BTreeSet<String>> {
        self.granted.get(&grant_name(platform, client_id, person))
    }

    /// Remembers a grant; scopes add up. Says whether it is the first one.
    pub(super) fn grant(&mut self, platform: Platform, client_id: &str, person: &str, scopes: &[String]) -> bool {
        let name = grant_name(platform, client_id, person);
        let mut all = self.granted.get(&name).cloned().unwrap_or_default();
        let first = self.granted.get(&name).is_none();
        all.extend(scopes.iter().cloned());
        self.granted.put(name, all);
        first
    }

    /// Takes a person's grant back.
    pub(super) fn forget_grant(&mut self, platform: Platform, client_id: &str, person: &str) {
        self.granted.remove(&grant_name(platform, client_id, person));
    }
}

fn grant_name(platform: Platform, client_id: &str, person: &str) -> String {
    format!("{} {client_id} {person}", platform.key())
}
