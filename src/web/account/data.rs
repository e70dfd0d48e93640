//! What the account page shows, gathered from the store.

use std::collections::BTreeMap;

use crate::app::App;
use crate::base::id::{ClientId, ConnectorId};
use crate::connectors::{Identity, called};
use crate::store::connectors::ConnectorRow;
use crate::store::identities::StoredIdentity;
use crate::store::sessions::Session;
use crate::store::users::User;
use crate::store::{Result, Store};
use crate::web::account::activity::{Did, activity};
use crate::web::account::device::device;
use crate::web::login::consent;
use crate::web::login::pages::face;
use crate::web::moment::Moment;
use crate::web::page::Page;
use crate::web::texts::account::Texts;
use crate::web::texts::{fill, login};

/// A session of theirs.
pub(super) struct Device {
    pub id: String,
    pub words: String,
    pub address: String,
    pub seen: Moment,
    pub method: String,
    pub here: bool,
}

/// A platform's identity of theirs.
pub(super) struct Linked {
    /// What unbinds it.
    pub subject: String,
    /// The methods it was used through.
    pub connectors: Vec<ConnectorId>,
    pub icon: &'static str,
    pub title: String,
    pub name: String,
    pub practice: bool,
    pub used: Moment,
    /// Its method is switched off.
    pub off: bool,
    /// What is to be known before it is removed: that this browser is signed out.
    pub warning: Option<String>,
}

/// An application that may see something.
pub(super) struct Application {
    pub id: String,
    pub name: String,
    pub host: String,
    pub may: Vec<String>,
    pub since: Moment,
}

/// Everything on the page.
pub(super) struct Account {
    pub user: User,
    pub face: String,
    pub method: String,
    pub since: Moment,
    pub password_set: Option<Moment>,
    /// There is a name to type with a password.
    pub named: bool,
    pub linked: Vec<Linked>,
    pub devices: Vec<Device>,
    pub applications: Vec<Application>,
    /// The number they sign in with, as it may be shown.
    pub phone: Option<String>,
    /// As `Linked::warning`.
    pub phone_warning: Option<String>,
    /// Numbers can be proven here.
    pub phones: bool,
    /// Methods that can be added: name, title, icon.
    pub more: Vec<(String, String, &'static str)>,
    pub activity: Vec<Did>,
}

/// Gathers it for the person of `session`; `None` when they are gone.
pub(super) async fn account(app: &App, session: &Session, page: &Page) -> Result<Option<Account>> {
    let store = &app.store;
    let Some(user) = store.user(&session.user_id).await? else { return Ok(None) };
    let mut rows = store.connectors().await?.to_vec();
    for row in &mut rows {
        row.title = crate::connectors::called(&row.title, page.lang).to_owned();
    }
    let title = |id: &ConnectorId| method(&rows, id, page);
    let t = Texts::of(page.lang);
    let sessions = store.sessions_of(&user.id, app.clock.now()).await?;
    let mut devices = sessions
        .iter()
        .map(|one| Device {
            id: one.id.to_string(),
            words: device(&one.agent, t),
            address: one.address.clone(),
            seen: Moment::new(one.seen_at),
            method: title(&one.connector_id),
            here: one.id == session.id,
        })
        .collect::<Vec<_>>();
    devices.sort_by_key(|device| !device.here);
    let ways = Ways::of(app, &user, session, (t, page.words().password)).await?;
    let number = app.login.number_of(&user).await?;
    let mut linked = linked(store, &user, (&rows, page)).await?;
    for one in &mut linked {
        one.off = !ways.work(&one.subject);
    }
    let others: Vec<(String, String)> = linked.iter().map(|one| (one.subject.clone(), one.title.clone())).collect();
    for one in &mut linked {
        one.warning = ways.warning((&one.subject, &one.connectors), (&others, number.as_ref()));
    }
    Ok(Some(Account {
        face: face(&user.name),
        method: title(&session.connector_id),
        since: Moment::new(session.auth_time),
        password_set: store.password_of(&user.id).await?.map(|password| Moment::new(password.changed_at)),
        named: user.username.is_some() || user.email.is_some() || user.phone.is_some(),
        linked,
        devices,
        applications: applications(store, &user, page).await?,
        phone_warning: number.as_ref().and_then(|row| {
            ways.warning((&row.subject, std::slice::from_ref(&row.connector_id)), (&others, number.as_ref()))
        }),
        phone: number.map(|row| crate::login::otp::shown(&row.value)),
        phones: rows.iter().any(|row| row.kind == "sms" && row.enabled && row.practice == user.practice),
        more: more(&rows, &user, page),
        activity: activity(store, &user, app.clock.now(), t).await?,
        user,
    }))
}

/// What the ways in are to the session that looks at them.
struct Ways<'a> {
    /// Subjects that let their person in right now.
    working: Vec<String>,
    /// A password does.
    password: Option<&'static str>,
    session: &'a Session,
    t: &'static Texts,
}

impl<'a> Ways<'a> {
    async fn of(
        app: &App,
        user: &User,
        session: &'a Session,
        (t, password): (&'static Texts, &'static str),
    ) -> Result<Self> {
        let (working, has_password) = app.login.ways_that_work(user).await?;
        Ok(Self { working, password: has_password.then_some(password), session, t })
    }

    fn work(&self, subject: &str) -> bool {
        self.working.iter().any(|working| working == subject)
    }

    /// What happens to this browser when a way is removed, and by what one signs in then; nothing for the last way,
    /// which stays, and for those by which this browser is not signed in.
    fn warning(
        &self,
        (subject, connectors): (&str, &[ConnectorId]),
        (others, number): (&[(String, String)], Option<&StoredIdentity>),
    ) -> Option<String> {
        if !connectors.contains(&self.session.connector_id) {
            return None;
        }
        let usable = |other: &str| other != subject && self.work(other);
        let number = number.filter(|row| usable(&row.subject)).map(|_| self.t.phone);
        let other = || others.iter().find(|(other, _)| usable(other)).map(|(_, title)| title.as_str());
        let next = self.password.or(number).or_else(other)?;
        Some(fill(self.t.signs_out, &[next]))
    }
}

fn method(rows: &[ConnectorRow], id: &ConnectorId, page: &Page) -> String {
    match rows.iter().find(|row| row.id == *id) {
        Some(row) if row.kind == "password" => page.words().password.to_owned(),
        Some(row) => called(&row.title, page.lang).to_owned(),
        None => "-".to_owned(),
    }
}

async fn linked(store: &Store, user: &User, (rows, page): (&[ConnectorRow], &Page)) -> Result<Vec<Linked>> {
    // One platform may know a person by several keys; they see it once.
    let mut by_subject = BTreeMap::new();
    for identity in store.identities_of(&user.id).await? {
        let Some(row) = rows.iter().find(|row| row.id == identity.connector_id) else { continue };
        let profile: Identity = serde_json::from_str(&identity.profile).unwrap_or_default();
        let name = profile.username.or(profile.name).or(profile.email.map(|(address, _)| address)).unwrap_or_default();
        let icon = crate::connectors::kind(&row.kind).map_or("oauth2", |kind| kind.icon);
        let linked = Linked {
            subject: identity.subject.clone(),
            icon,
            title: called(&row.title, page.lang).to_owned(),
            name,
            practice: row.practice,
            used: Moment::new(identity.last_used_at),
            connectors: Vec::new(),
            off: false,
            warning: None,
        };
        if crate::login::otp::is_number(&identity.space) {
            continue;
        }
        // The keys of one subject are one way in.
        let one = by_subject.entry(identity.subject.clone()).or_insert((row.position, linked));
        one.1.connectors.push(identity.connector_id.clone());
    }
    let mut linked: Vec<(i64, Linked)> = by_subject.into_values().collect();
    linked.sort_by_key(|(position, _)| *position);
    Ok(linked.into_iter().map(|(_, linked)| linked).collect())
}

async fn applications(store: &Store, user: &User, page: &Page) -> Result<Vec<Application>> {
    let t = Texts::of(page.lang);
    let sentences = login::Texts::of(page.lang);
    let mut found = Vec::new();
    for consent in store.consents_of(&user.id).await? {
        let (name, host) = name_and_host(store, &consent.client_id).await?;
        let mut may = consent.scopes.iter().map(|scope| consent::sentence(scope, sentences)).collect::<Vec<_>>();
        may.extend(consent.claims.iter().map(|claim| fill(sentences.claim, &[claim])));
        found.push(Application {
            id: consent.client_id.to_string(),
            name: name.unwrap_or_else(|| t.unknown_application.to_owned()),
            host,
            may,
            since: Moment::new(consent.given_at),
        });
    }
    Ok(found)
}

async fn name_and_host(store: &Store, id: &ClientId) -> Result<(Option<String>, String)> {
    let Some(client) = store.client(id).await? else { return Ok((None, String::new())) };
    let url = client.metadata.redirect_uris.first().and_then(|uri| url::Url::parse(uri).ok());
    let host = url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    Ok((Some(client.metadata.client_name.clone()), host))
}

/// Platforms of their world; a person may have several accounts of one.
fn more(rows: &[ConnectorRow], user: &User, page: &Page) -> Vec<(String, String, &'static str)> {
    let fits = |row: &&ConnectorRow| {
        row.enabled && row.practice == user.practice && row.kind != "password" && row.kind != "sms"
    };
    let icon = |row: &ConnectorRow| crate::connectors::kind(&row.kind).map_or("oauth2", |kind| kind.icon);
    rows.iter()
        .filter(fits)
        .map(|row| (row.name.clone(), called(&row.title, page.lang).to_owned(), icon(row)))
        .collect()
}
