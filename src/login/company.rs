//! Which organisation's ways in stand on the sign-in page: the one that the application names, that it is limited to,
//! or that the domain of a typed e-mail belongs to. That chooses a page and nothing else: it makes nobody a member,
//! keeps nobody out, and asks no account whether it is there.

use std::sync::Arc;

use super::connectors::Instance;
use super::interaction::{Company, Facts, How, Notice, Purpose, Typed, Ways, admits, method};
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::id::{InteractionId, OrgId};
use crate::base::people::Email;
use crate::base::place::Place;
use crate::oidc::authorize::AuthorizeRequest;
use crate::store::clients::Client;
use crate::store::orgs::Org;

/// The ways in of an organisation, or of several.
pub(crate) struct Narrowed {
    /// What to call it; `None` for several.
    pub company: Option<Company>,
    ways: Vec<Arc<Instance>>,
}

impl Narrowed {
    /// Whether this is one of its ways in.
    pub fn has(&self, instance: &Instance) -> bool {
        self.ways.iter().any(|way| way.row.id == instance.row.id)
    }

    /// The platform to go to, where there is no choice.
    fn only(&self) -> Option<&Instance> {
        let [only] = self.ways.as_slice() else { return None };
        Some(&**only).filter(|only| !only.is_password())
    }
}

impl Login {
    /// What the page is narrowed to; `None`: every way in stands there. An organisation without a way in of its own,
    /// whose people come by any, narrows nothing.
    pub(crate) async fn narrowed(
        &self,
        facts: &Facts,
        client: Option<&Client>,
        visitor: &Visitor,
    ) -> Result<Option<Narrowed>, LoginError> {
        if facts.linking().is_some() || facts.again || matches!(facts.purpose, Purpose::Console) {
            return Ok(None);
        }
        let orgs = match (&facts.ways, facts.request()) {
            (Ways::Every, _) | (Ways::Fitting, None) => Vec::new(),
            (Ways::Of(org), _) => self.store.org(org).await?.into_iter().collect(),
            (Ways::Fitting, Some(request)) => self.fitting(request, client).await?,
        };
        self.ways_of(&orgs, client, visitor).await
    }

    /// The organisations that the application asks for.
    async fn fitting(&self, request: &AuthorizeRequest, client: Option<&Client>) -> Result<Vec<Org>, LoginError> {
        if let Some(text) = &request.organization {
            let named = match self.store.org(&OrgId::new(text.as_str())).await? {
                Some(org) => vec![org],
                None => self.store.orgs_named(text).await?,
            };
            return Ok(named.into_iter().filter(|org| client.is_none_or(|it| it.is_for(Some(&org.id)))).collect());
        }
        let mut orgs = Vec::new();
        for id in client.iter().flat_map(|client| &client.metadata.organizations) {
            orgs.extend(self.store.org(&OrgId::new(id.as_str())).await?);
        }
        Ok(orgs)
    }

    async fn ways_of(
        &self,
        orgs: &[Org],
        client: Option<&Client>,
        visitor: &Visitor,
    ) -> Result<Option<Narrowed>, LoginError> {
        let (doors, all) = (self.store.orgs_of_connectors().await?, self.connectors.all().await?);
        let practice_only = client.is_some_and(|client| client.metadata.practice);
        let place = Place::of_agent(&visitor.agent);
        let mut ways: Vec<Arc<Instance>> = Vec::new();
        for org in orgs.iter().filter(|org| org.enabled) {
            let leads_in = |one: &Instance| doors.iter().any(|(id, door)| *id == one.row.id && door.org_id == org.id);
            let own = all.iter().filter(|one| {
                one.is_usable()
                    && leads_in(one)
                    && admits(client, &one.row.name)
                    && (!practice_only || one.row.practice)
                    && (one.is_password() || method(one, false, place).is_some())
            });
            let before = ways.len();
            ways.extend(own.map(Arc::clone));
            if ways.len() == before {
                return Ok(None);
            }
        }
        let company = match orgs {
            [one] => Some(Company { name: one.name.clone(), logo: one.logo.clone() }),
            _ => None,
        };
        Ok((!ways.is_empty()).then_some(Narrowed { company, ways }))
    }

    /// Whose domain a typed e-mail has.
    async fn org_of_address(&self, typed: &str) -> Result<Option<Org>, LoginError> {
        let Ok(email) = Email::parse(typed) else { return Ok(None) };
        let folded = email.folded();
        let domain = folded.rsplit_once('@').map_or("", |(_, domain)| domain);
        match self.store.org_domain(domain).await? {
            Some(domain) => Ok(self.store.org(&domain.org_id).await?.filter(|org| org.enabled)),
            None => Ok(None),
        }
    }

    /// `POST /i/{id}/form` with a name alone: an e-mail of an organisation's domain opens its ways in, with nothing to
    /// choose its only one at once; a number is sent a code. For any other name the password is missing, whoever that is.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn by_address(&self, id: &InteractionId, typed: &str, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let typed = Typed { username: typed.trim().chars().take(254).collect(), ..Typed::default() };
        if let Some(stepped) = self.lead(id, &typed.username, visitor).await? {
            return Ok(stepped);
        }
        if let Some(stepped) = self.by_number_alone(id, &typed.username, visitor).await? {
            return Ok(stepped);
        }
        self.say(id, visitor, |facts| {
            facts.notice = Some(Notice::PasswordMissing);
            facts.typed = typed.clone();
        })
        .await
    }

    /// To the organisation of an e-mail, where its domain names one that has ways in here.
    pub(crate) async fn lead(
        &self,
        id: &InteractionId,
        typed: &str,
        visitor: &Visitor,
    ) -> Result<Option<Stepped>, LoginError> {
        let held = self.hold(id, visitor).await?;
        let facts = &held.facts;
        if facts.linking().is_some() || facts.again || matches!(facts.purpose, Purpose::Console) {
            return Ok(None);
        }
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let Some(org) = self.org_of_address(typed).await? else { return Ok(None) };
        let fits = client.as_deref().is_none_or(|client| client.is_for(Some(&org.id)));
        let narrowed = self.ways_of(std::slice::from_ref(&org), client.as_deref(), visitor).await?;
        let Some(narrowed) = narrowed.filter(|_| fits) else { return Ok(None) };
        let stepped = self
            .say(id, visitor, |facts| {
                facts.ways = Ways::Of(org.id.clone());
                facts.typed = Typed { username: typed.to_owned(), ..Typed::default() };
            })
            .await?;
        match narrowed.only() {
            Some(only) => Box::pin(self.begin_as(id, &only.row.name, How::Plain, visitor)).await.map(Some),
            None => Ok(Some(stepped)),
        }
    }

    /// `POST /i/{id}/other` for the ways in that stand elsewhere: nobody is shut out by what the page chose.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn every_way(&self, id: &InteractionId, visitor: &Visitor) -> Result<Stepped, LoginError> {
        self.say(id, visitor, |facts| facts.ways = Ways::Every).await
    }
}
