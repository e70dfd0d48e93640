//! The sign-in page.

use super::facts::{Facts, Purpose};
use super::next::Why;
use super::policy::{Read, admits};
use super::show::context;
use super::talk::Stage;
use super::view::{
    AskView, Choose, FrameView, Linking, Method, Notice, NumberFor, NumberView, ScanView, SilentView, UpstreamNotice,
    View,
};
use crate::base::place::Place;
use crate::connectors::{Fit, Identity};
use crate::login::begin::FRAME;
use crate::login::connectors::Instance;
use crate::login::number::countries;
use crate::login::{Login, LoginError, Visitor};
use crate::store::connectors::ConnectorRow;

impl Login {
    /// The page of the conversation under way, a try without a tap, or every way in.
    pub(super) async fn way_in(
        &self,
        facts: &Facts,
        (read, why): (&Read, Why),
        visitor: &Visitor,
    ) -> Result<View, LoginError> {
        if let Some(step) = &facts.forgotten {
            return Ok(View::Number(NumberView {
                context: context(facts, read),
                what: NumberFor::Forgotten,
                form: step.form.clone(),
                now: self.clock.now(),
                countries: self.sms_countries(false).await?,
                practice: false,
            }));
        }
        if let Some((talk, instance)) = self.talking(facts).await?
            && let Some(view) = self.page_of(facts, read, (talk.stage, &instance)).await?
        {
            return Ok(view);
        }
        if let Some(instance) = self.silent(facts, (read, why), visitor).await? {
            let (name, title) = (instance.row.name.clone(), instance.row.title.clone());
            return Ok(View::Silent(SilentView { context: context(facts, read), name, title }));
        }
        Ok(View::Choose(self.choose(facts, (read, why), visitor).await?))
    }

    /// `None` where there is nothing to show any more.
    async fn page_of(
        &self,
        facts: &Facts,
        read: &Read,
        (stage, instance): (Stage, &Instance),
    ) -> Result<Option<View>, LoginError> {
        let (name, title) = (instance.row.name.clone(), instance.row.title.clone());
        let (context, linking, now) = (context(facts, read), linking(facts), self.clock.now());
        let practice = instance.row.practice;
        Ok(match stage {
            Stage::Ask { form, .. } => {
                let countries = countries(instance);
                Some(View::Ask(AskView { context, name, title, form, linking, now, countries, practice }))
            }
            Stage::Scan { scene, text, app, .. } => {
                let state = self.state_of_scan(facts).await?;
                state.map(|state| {
                    View::Scan(ScanView { context, name, title, app, text, scene, state, practice, linking })
                })
            }
            Stage::Frame { url, ends, size, until } => self.sealer.open(FRAME, &url).ok().map(|url| {
                let callback_url = self.callback_url(&name);
                let (url, is_good) = (url.expose().to_owned(), now < until);
                View::Frame(FrameView { context, name, title, url, ends, size, callback_url, is_good, linking })
            }),
        })
    }

    async fn choose(&self, facts: &Facts, (read, why): (&Read, Why), visitor: &Visitor) -> Result<Choose, LoginError> {
        let place = Place::of_agent(&visitor.agent);
        let client = read.client.as_deref();
        let practice_only = client.is_some_and(|client| client.metadata.practice);
        let all = self.connectors.all().await?;
        let session = read.session.as_ref().map(|session| &session.connector_id);
        // The device remembers longer than a session lives.
        let is_last = |row: &ConnectorRow| match &visitor.last_way {
            Some(name) => *name == row.name,
            None => session == Some(&row.id),
        };
        let narrowed = self.narrowed(facts, client, visitor).await?;
        let stands = |instance: &Instance| narrowed.as_ref().is_none_or(|narrowed| narrowed.has(instance));
        let form = self.password_form(client).await?.filter(|form| !practice_only && stands(form));
        let methods = all
            .iter()
            .filter(|instance| instance.is_usable() && !instance.is_password() && stands(instance))
            .filter(|instance| admits(client, &instance.row.name) && (!practice_only || instance.row.practice));
        let is_by_code = |instance: &Instance| instance.row.kind == "sms";
        let numbers = methods.clone().any(|instance| is_by_code(instance));
        let by_code = self.code_is_enough(facts, read).await?;
        let methods = methods
            .filter(|instance| by_code || !is_by_code(instance))
            .filter_map(|instance| method(instance, is_last(&instance.row), place));
        Ok(Choose {
            context: context(facts, read),
            registration: form.is_some() && self.registration(facts, client).await?.is_some(),
            methods: methods.collect(),
            numbers,
            codes: numbers && by_code,
            username: facts.typed.username.clone(),
            notice: notice(facts, why),
            rules: self.password_rules().await?,
            registration_mistake: facts.registration_mistake,
            registration_name: facts.typed.name.clone(),
            registration_email: facts.typed.email.clone(),
            forgotten: form.is_some() && facts.linking().is_none() && self.forgotten_is_on(client).await?,
            linking: linking(facts),
            by_address: facts.linking().is_none() && self.store.has_org_domains().await?,
            password: form.is_some(),
            narrowed: narrowed.is_some(),
            company: narrowed.and_then(|narrowed| narrowed.company),
        })
    }
}

impl Login {
    /// Whether a text message leads anywhere from this page: administrators are not recognised by one.
    async fn code_is_enough(&self, facts: &Facts, read: &Read) -> Result<bool, LoginError> {
        if matches!(facts.purpose, Purpose::Console) {
            return Ok(false);
        }
        let Some(session) = read.session.as_ref().filter(|_| facts.again) else { return Ok(true) };
        Ok(self.store.user(&session.user_id).await?.is_none_or(|user| !user.administrator))
    }
}

/// What will be linked to the account that is proven next.
fn linking(facts: &Facts) -> Option<Linking> {
    facts.linking().map(|pending| Linking { title: pending.title.clone(), name: told(&pending.identity) })
}

/// Its button; `None` where it can't work in this place.
pub(crate) fn method(instance: &Instance, last_used: bool, place: Place) -> Option<Method> {
    let own = instance.connector.as_ref().and_then(|connector| connector.shown_in(place));
    let fit = own.unwrap_or_else(|| instance.kind.map_or(Fit::Offered, |kind| (kind.fits)(place)));
    (fit != Fit::Hidden).then(|| Method {
        name: instance.row.name.clone(),
        title: instance.row.title.clone(),
        icon: instance.kind.map_or("", |kind| kind.icon),
        practice: instance.row.practice,
        last_used,
        preferred: fit == Fit::Preferred,
        frame: place.is_desk(),
    })
}

/// What was noted last, or what the reason itself has to say.
fn notice(facts: &Facts, why: Why) -> Option<Notice> {
    let own = match why {
        Why::OtherWanted => Some(Notice::OtherAccountWanted),
        Why::NotAdministrator => Some(Notice::NotAdministrator),
        // Signed in here and still not fresh: the platform let them in by an old sign-in of its own.
        Why::NotFresh if facts.login.is_some() => {
            Some(Notice::Upstream { title: String::new(), what: UpstreamNotice::BadReply, reference: String::new() })
        }
        Why::Nobody | Why::Linking | Why::Create | Why::NotFresh => None,
    };
    facts.notice.clone().or(own)
}

/// How a platform calls somebody, in one word.
pub(crate) fn told(identity: &Identity) -> String {
    let address = || identity.email.as_ref().map(|(address, _)| address.clone());
    identity.name.clone().or_else(|| identity.username.clone()).or_else(address).unwrap_or_default()
}
