//! Organisations at the sign-in: who joins by signing in, and the answer of the chooser.

use std::sync::Arc;

use super::complete::Proof;
use super::connectors::Instances;
use super::interaction::{ChosenOrg, Next, OrgStep, Pending, Resolved, Standpoint, is_asked_for, next, resolve};
use super::recognise::{Arrival, stored_keys};
use super::writes::{Event, Write};
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::id::{ConnectorId, InteractionId, OrgId, UserId};
use crate::connectors::Identity;
use crate::store::connectors::{ConnectorRow, FirstSignIn};
use crate::store::orgs::OrgOfConnector;
use crate::store::sessions::Session;
use crate::store::users::User;

/// Which connector leads into which organisation, as of this request.
pub(crate) struct Doors {
    pub orgs: Arc<Vec<(ConnectorId, OrgOfConnector)>>,
    pub instances: Instances,
}

/// By what a platform's directory would know somebody: the keys of their identity, and its own id of the member.
type Shown = (Vec<(String, String)>, Option<String>);

/// The platform's own id of a member: where it has none beside its keys, that is the strongest of them.
fn person_of(member: Option<&String>, keys: &[(String, String)]) -> Option<String> {
    member.or_else(|| keys.first().map(|(_, value)| value)).cloned()
}

impl Doors {
    /// The organisation that this connector's platform is.
    pub(crate) fn upstream_of(&self, connector: &ConnectorId) -> Option<OrgId> {
        self.orgs.iter().find(|(id, org)| id == connector && org.is_upstream).map(|(_, org)| org.org_id.clone())
    }

    /// The one that people join who are created through it.
    fn of_new_people(&self, connector: &ConnectorId) -> Option<OrgId> {
        self.orgs.iter().find(|(id, org)| id == connector && !org.is_upstream).map(|(_, org)| org.org_id.clone())
    }

    /// Whether the platform behind the connector says that this is a member of its company.
    fn is_member(&self, connector: &ConnectorId, identity: &Identity) -> bool {
        let instance = self.instances.iter().find(|instance| instance.row.id == *connector);
        instance.is_some_and(|instance| instance.is_member(identity))
    }

    /// The organisation whose account this is, for the person it is linked to.
    fn of_linked(&self, connector: &ConnectorId, identity: &Identity, practice: bool) -> Option<(OrgId, Shown)> {
        let org = self.upstream_of(connector).filter(|_| self.is_member(connector, identity))?;
        let keys: Vec<_> = stored_keys(identity, practice).into_iter().map(|key| (key.space, key.value)).collect();
        let person = person_of(identity.member.as_ref(), &keys);
        Some((org, (keys, person)))
    }
}

impl Login {
    /// What becomes of somebody nobody knows who comes through this connector: its organisation's word, where that
    /// has one, otherwise its own.
    pub(crate) async fn entrance(&self, row: &ConnectorRow) -> Result<(FirstSignIn, bool), LoginError> {
        let Some(door) = self.store.org_of_connector(&row.id).await? else { return Ok((row.rule, row.registration)) };
        let org = self.store.org(&door.org_id).await?;
        let said = org.map(|org| (org.rule, org.registration)).unwrap_or_default();
        Ok((said.0.unwrap_or(row.rule), said.1.unwrap_or(row.registration)))
    }

    /// The memberships that a sign-in makes: of the organisation that the platform is, at each sign-in of somebody whom
    /// it calls a member; of the one that new people join, when somebody is created; of the one whose identity is
    /// linked here.
    pub(crate) fn joins(
        &self,
        doors: &Doors,
        proof: &Proof,
        linked: Option<&Pending>,
        visitor: &Visitor,
    ) -> Vec<Write> {
        let connector = &proof.instance.row.id;
        let is_new = proof.along.iter().any(|write| matches!(write, Write::InsertUser(_)));
        let keys = proof.along.iter().filter_map(|write| match write {
            Write::InsertIdentity(identity) => Some((identity.space.clone(), identity.value.clone())),
            Write::TouchIdentity { space, value, .. } => Some((space.clone(), value.clone())),
            _ => None,
        });
        let mut into: Vec<(OrgId, Shown)> = Vec::new();
        if let Some(org) = doors.upstream_of(connector).filter(|_| proof.is_member) {
            let keys: Vec<_> = keys.collect();
            let person = person_of(proof.member.as_ref(), &keys);
            into.push((org, (keys, person)));
        } else if let Some(org) = doors.of_new_people(connector).filter(|_| is_new) {
            into.push((org, Shown::default()));
        }
        into.extend(linked.and_then(|it| doors.of_linked(&it.connector, &it.identity, it.practice)));
        let who = (&proof.user.id, proof.instance.row.name.as_str());
        into.into_iter().map(|(org, shown)| self.join(org, shown, who, visitor)).collect()
    }

    /// The membership that comes with an account of a company, for the person whose way in it becomes.
    pub(crate) async fn joins_by_link(
        &self,
        arrival: &Arrival,
        user: &UserId,
        visitor: &Visitor,
    ) -> Result<Option<Write>, LoginError> {
        let row = &arrival.instance.row;
        let doors = Doors { orgs: self.store.orgs_of_connectors().await?, instances: self.connectors.all().await? };
        let into = doors.of_linked(&row.id, &arrival.identity, row.practice);
        Ok(into.map(|(org, shown)| self.join(org, shown, (user, &row.name), visitor)))
    }

    fn join(&self, org: OrgId, shown: Shown, (user, connector): (&UserId, &str), visitor: &Visitor) -> Write {
        let (keys, person) = shown;
        let event = Event {
            actor: format!("user:{user}"),
            action: "organisation.join",
            target: format!("org:{org}"),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "connector": connector }),
        };
        let entry = self.entry(visitor, &event);
        Write::JoinOrg { org, user: user.clone(), keys, person, at: entry.at, entry }
    }

    /// Which organisation the grant would be in, or what is missing.
    pub(crate) async fn organisation(
        &self,
        facts: &super::interaction::Facts,
        client: &crate::store::clients::Client,
        user: &User,
        session: &Session,
    ) -> Result<Resolved, LoginError> {
        let Some(request) = facts.request() else { return Ok(Resolved::default()) };
        if session.org_id.is_none() && !is_asked_for(request, client) {
            return Ok(Resolved::default());
        }
        let standpoint = Standpoint {
            memberships: self.store.memberships_of(&user.id).await?,
            remembered: self.store.org_choice(&user.id, &client.id).await?,
            came_through: session.org_id.as_ref(),
        };
        Ok(resolve(facts, client, user, standpoint))
    }

    /// `POST /i/{id}/organisation`: in which organisation to go on; remembered for this application.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn choose_organisation(
        &self,
        id: &InteractionId,
        org: &str,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let read = self.read(&held.facts, visitor).await?;
        let now = self.clock.now();
        let asked = next(&held.facts, &read.policy, now) == Next::Organisation(OrgStep::Choose);
        let chosen = read.organisation.options.iter().find(|it| it.org_id.as_str() == org && asked);
        let (Some(chosen), Some(user), Some(request)) = (chosen, read.user.as_ref(), held.facts.request()) else {
            return Ok(Stepped::back(id));
        };
        let (user, org, client) = (user.id.clone(), chosen.org_id.clone(), request.client_id.clone());
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            facts.quiet();
            facts.organisation = Some(ChosenOrg { user: user.clone(), org: org.clone() });
            let (user, org, client) = (user.clone(), org.clone(), client.clone());
            Some((vec![Write::PutOrgChoice { user, client, org, at: now }], ()))
        })
        .await?;
        Ok(Stepped::back(id))
    }
}
