//! Everything that the practice DingTalk remembers, in memory and bounded.

use std::collections::BTreeMap;

use super::super::clients::Client;
use super::super::people::{Person, cast};
use super::super::shelf::Shelf;
use super::apps::App;
use super::codes::{AppToken, Code, UserToken};
use super::company::{Company, Member};
use super::faults::Planned;
use super::limits::Meter;
use super::push::FailedPush;
use super::stream::Streams;
use super::who::{Who, crowd_number};
use crate::base::clock::Seconds;

const TICKET_LIMIT: usize = 10_000;
const ACCOUNT_LIMIT: usize = 10_000;
const COMPANY_LIMIT: usize = 50;
const APP_LIMIT: usize = 100;

/// The practice DingTalk.
pub(in crate::practice) struct State {
    apps: BTreeMap<String, App>,
    pub(super) companies: BTreeMap<String, Company>,
    accounts: BTreeMap<Who, Account>,
    pub(super) codes: Shelf<Code>,
    pub(super) user_tokens: Shelf<UserToken>,
    pub(super) refresh_tokens: Shelf<UserToken>,
    pub(super) app_tokens: Shelf<AppToken>,
    pub(super) meter: Meter,
    pub(super) faults: Vec<Planned>,
    pub(super) streams: Streams,
    pub(super) failed: Vec<FailedPush>,
    /// Counts events, for their ids.
    pub(super) event_number: u64,
}

/// What a DingTalk account has of its own, apart from any company.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Account {
    /// The personal nickname, which is not the name in a company; the person's name when absent.
    pub(super) nick: Option<String>,
    pub(super) avatar: Option<String>,
    /// How often it became an enterprise account: each time the unionId changes (§2).
    pub(super) turn: u32,
}

impl State {
    pub(in crate::practice) fn new() -> Self {
        let mut home = Company::home();
        home.notice(&cast(), 0);
        let companies = [home, Company::new("dingother", "另一家公司")];
        Self {
            apps: BTreeMap::new(),
            companies: companies.map(|company| (company.corp_id.clone(), company)).into(),
            accounts: BTreeMap::new(),
            codes: Shelf::new(TICKET_LIMIT),
            user_tokens: Shelf::new(TICKET_LIMIT),
            refresh_tokens: Shelf::new(TICKET_LIMIT),
            app_tokens: Shelf::new(TICKET_LIMIT),
            meter: Meter::default(),
            faults: Vec::new(),
            streams: Streams::default(),
            failed: Vec::new(),
            event_number: 0,
        }
    }

    /// The settings of an application; those nobody changed are the usual ones.
    pub(super) fn app(&self, client_id: &str) -> App {
        self.apps.get(client_id).cloned().unwrap_or_default()
    }

    /// `false` when there are too many.
    pub(super) fn put_app(&mut self, client_id: &str, app: App) -> bool {
        let room = self.apps.len() < APP_LIMIT || self.apps.contains_key(client_id);
        if room {
            self.apps.insert(client_id.to_owned(), app);
        }
        room
    }

    /// The company of that id, made when it is new; `None` when there are too many.
    pub(super) fn company_mut(&mut self, corp: &str) -> Option<&mut Company> {
        if !self.companies.contains_key(corp) && self.companies.len() >= COMPANY_LIMIT {
            return None;
        }
        Some(self.companies.entry(corp.to_owned()).or_insert_with(|| Company::new(corp, corp)))
    }

    pub(super) fn account(&self, who: &Who) -> Account {
        self.accounts.get(who).cloned().unwrap_or_default()
    }

    pub(super) fn put_account(&mut self, who: Who, account: Account) -> bool {
        let room = self.accounts.len() < ACCOUNT_LIMIT || self.accounts.contains_key(&who);
        if room {
            self.accounts.insert(who, account);
        }
        room
    }

    /// Their unionId towards the developer of that application.
    pub(super) fn union_id(&self, who: &Who, app: &App) -> String {
        who.union_id(&app.developer, self.account(who).turn)
    }

    /// The member of a company with that unionId towards the developer of that application.
    pub(super) fn by_union_id(&self, people: &[Person], (corp, app): (&str, &App), union_id: &str) -> Option<Member> {
        let company = self.companies.get(corp)?;
        if let Some(number) = crowd_number(&app.developer, corp, union_id) {
            let who = Who::Crowd { corp: corp.to_owned(), number };
            let known = company.crowd.as_ref().is_some_and(|crowd| number < crowd.people);
            return (known && self.account(&who).turn == 0).then(|| company.member_of(people, &who)).flatten();
        }
        let same = |member: &Member| self.union_id(&company.who(member), app) == union_id;
        let written = company.written_userids(people).filter_map(|userid| company.member(people, &userid));
        let moved = self.accounts.keys().filter(|who| matches!(who, Who::Crowd { .. }));
        written.chain(moved.filter_map(|who| company.member_of(people, who))).find(same)
    }

    /// The companies somebody belongs to, with their place there.
    pub(super) fn companies_of(&self, people: &[Person], who: &Who) -> Vec<(&Company, Member)> {
        let with = |company| Some((company, Company::member_of(company, people, who)?));
        self.companies.values().filter(|company| !company.dissolved).filter_map(with).collect()
    }

    /// The token an internal application already has: it comes again and lives on (§6).
    pub(super) fn current_app_token(&self, client_id: &str, corp: &str, now: Seconds) -> Option<String> {
        let mine = |token: &AppToken| token.client_id == client_id && token.corp == corp && now < token.expires_at;
        self.app_tokens.iter().find(|(_, token)| mine(token)).map(|(text, _)| text.to_owned())
    }

    /// Ends every token now.
    pub(super) fn expire_tokens(&mut self, now: Seconds) {
        let texts: Vec<String> = self.app_tokens.iter().map(|(text, _)| text.to_owned()).collect();
        for text in texts {
            if let Some(token) = self.app_tokens.get_mut(&text) {
                token.expires_at = token.expires_at.min(now);
            }
        }
        self.user_tokens.retain(|_| false);
    }
}

/// The DingTalk number of an application: its name is shown on pages.
pub(super) fn client<'a>(clients: &'a [Client], client_id: &str) -> Option<&'a Client> {
    let dingtalk = super::super::platform::Platform::Dingtalk;
    clients.iter().find(|client| client.platform == dingtalk && client.client_id == client_id)
}
