//! What an interaction needs next, with everything its page shows.

use super::accept::account;
use super::choose::told;
use super::facts::{End, Facts, Purpose};
use super::next::{Next, Why, next};
use super::policy::Read;
use super::view::{ConsentView, Context, Ended, NumberFor, NumberView, OrgView, Stranger, View};
use crate::base::id::InteractionId;
use crate::connectors::{Form, Identity};
use crate::login::otp::{SPACE, shown};
use crate::login::{Login, LoginError, Visitor};
use crate::oidc::error::{Code, Error};
use crate::store::clients::Client;

impl Login {
    /// `GET /i/{id}`: what this interaction needs next, with everything its page shows.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn show(&self, id: &InteractionId, visitor: &Visitor) -> Result<View, LoginError> {
        let facts = self.hold(id, visitor).await?.facts;
        let read = self.read(&facts, visitor).await?;
        let next = next(&facts, &read.policy, self.clock.now());
        if facts.finished && !matches!(facts.purpose, Purpose::Authorize(_)) {
            return Ok(View::Finished { context: context(&facts, &read) });
        }
        if facts.is_open(self.clock.now())
            && let Some(view) = self.own_page(&facts, &read, visitor).await?
        {
            return Ok(view);
        }
        Ok(match next {
            Next::Refuse => refuse(&facts, &read),
            // An answer was given and the person is no longer signed in: there is nothing to do here.
            next if facts.finished && next != Next::Issue => View::Finished { context: context(&facts, &read) },
            Next::Login(why) => self.way_in(&facts, (&read, why), visitor).await?,
            Next::NewPassword => View::NewPassword {
                context: context(&facts, &read),
                mistake: facts.password_mistake,
                forgotten: facts.half.as_ref().is_some_and(|half| half.ticket),
            },
            Next::Recognise => self.unknown_person(&facts, &read).await?,
            Next::Account => {
                let user = read.user.as_ref();
                View::Account {
                    context: context(&facts, &read),
                    name: user.map(|user| user.name.clone()).unwrap_or_default(),
                    username: user.and_then(|user| user.username.clone()),
                }
            }
            Next::Organisation(_) => View::Organisation(OrgView {
                context: context(&facts, &read),
                name: read.user.as_ref().map(|user| user.name.clone()).unwrap_or_default(),
                options: read.organisation.options,
            }),
            Next::Consent => View::Consent(consent(&facts, &read)),
            Next::Issue => self.issue(id, &facts, &read, visitor).await?,
        })
    }
}

impl Login {
    /// Where somebody else's interaction is going.
    pub(crate) async fn whither(&self, facts: &Facts) -> Result<Context, LoginError> {
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        Ok(context_of(facts, client.as_deref()))
    }

    /// The page of a change of one's own ways in, while one is under way.
    async fn own_page(&self, facts: &Facts, read: &Read, visitor: &Visitor) -> Result<Option<View>, LoginError> {
        if let Some(own) = &facts.own {
            let practice = read.user.as_ref().is_some_and(|user| user.practice);
            return Ok(Some(View::Number(NumberView {
                context: context(facts, read),
                what: if own.proven_at.is_some() { NumberFor::Another } else { NumberFor::Own },
                form: own.step.form.clone(),
                now: self.clock.now(),
                countries: self.sms_countries(practice).await?,
                practice,
            })));
        }
        if facts.binding.is_none() {
            return Ok(None);
        }
        let nothing = View::Ours(account(facts));
        if facts.talk.is_none() {
            return Ok(Some(nothing));
        }
        Ok(Some(match self.way_in(facts, (read, Why::Nobody), visitor).await? {
            View::Choose(_) | View::Silent(_) => nothing,
            view => view,
        }))
    }

    /// The two doors, or the number that says whose the identity is.
    async fn unknown_person(&self, facts: &Facts, read: &Read) -> Result<View, LoginError> {
        let Some(pending) = facts.stranger.as_ref().filter(|pending| pending.by_phone) else {
            return Ok(View::Stranger(stranger(facts, read)));
        };
        let form = pending.number.as_ref().map(|step| step.form.clone());
        Ok(View::Number(NumberView {
            context: context(facts, read),
            what: NumberFor::FirstSignIn { title: pending.title.clone(), name: told(&pending.identity) },
            form: form.unwrap_or(Form::PhoneNumber { wrong: None }),
            now: self.clock.now(),
            countries: self.sms_countries(pending.practice).await?,
            practice: pending.practice,
        }))
    }
}

fn by_number(identity: &Identity) -> bool {
    identity.keys.iter().any(|key| key.space == SPACE)
}

/// Where one is going.
pub(super) fn context(facts: &Facts, read: &Read) -> Context {
    context_of(facts, read.client.as_deref())
}

fn context_of(facts: &Facts, client: Option<&Client>) -> Context {
    let Some(request) = facts.request() else {
        return Context { console: matches!(facts.purpose, Purpose::Console), ..Context::default() };
    };
    let metadata = client.map(|client| client.metadata.clone()).unwrap_or_default();
    let target = url::Url::parse(&request.return_to.redirect_uri).ok();
    let host = target.as_ref().map(|url| url.host_str().unwrap_or(url.scheme()).to_owned());
    Context {
        application: metadata.client_name,
        logo_uri: metadata.logo_uri,
        policy_uri: metadata.policy_uri,
        tos_uri: metadata.tos_uri,
        host: host.unwrap_or_default(),
        ui_locales: request.ui_locales.clone(),
        create: request.prompt.create || facts.registration_mistake.is_some(),
        may_leave: true,
        console: false,
    }
}

/// It ended: the application is told where the person said no, the person where it took too long.
fn refuse(facts: &Facts, read: &Read) -> View {
    let context = context(facts, read);
    let description = match facts.end {
        Some(End::Cancelled) => "the person cancelled the sign-in",
        Some(End::Denied) => "the person did not consent",
        None => return View::Ended { context, reason: Ended::Expired },
    };
    match facts.request() {
        Some(request) => View::Issue(request.return_to.error(&Error::new(Code::AccessDenied, description))),
        None => View::Ended { context, reason: Ended::Cancelled },
    }
}

fn stranger(facts: &Facts, read: &Read) -> Stranger {
    let Some(pending) = &facts.stranger else { return Stranger::default() };
    Stranger {
        context: context(facts, read),
        title: pending.title.clone(),
        name: told(&pending.identity),
        username: pending.identity.username.clone().unwrap_or_default(),
        email: pending.identity.email.as_ref().map(|(address, _)| address.clone()),
        may_create: pending.may_create,
        phone: pending
            .identity
            .phone
            .as_ref()
            .filter(|_| by_number(&pending.identity))
            .map(|(number, _)| shown(number)),
    }
}

/// What the organisation that was found is called.
fn organisation(read: &Read) -> Option<String> {
    let org = read.organisation.org.as_ref()?;
    read.organisation.options.iter().find(|it| it.org_id == *org).map(|it| it.name.clone())
}

fn consent(facts: &Facts, read: &Read) -> ConsentView {
    ConsentView {
        context: context(facts, read),
        name: read.user.as_ref().map(|user| user.name.clone()).unwrap_or_default(),
        new_scopes: read.asked.new_scopes.clone(),
        known_scopes: read.asked.known_scopes.clone(),
        claims: read.asked.claims.clone(),
        organisation: organisation(read),
    }
}
