//! In which organisation somebody acts for an application: pure, first match wins.

use super::facts::Facts;
use crate::base::id::OrgId;
use crate::oidc::authorize::AuthorizeRequest;
use crate::oidc::scope::OF_ORGANISATIONS;
use crate::store::clients::Client;
use crate::store::members::Membership;
use crate::store::users::User;

/// What is missing about the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrgStep {
    /// The person belongs to several that would do.
    Choose,
    /// They belong to none that would do.
    Nowhere,
}

/// What came of looking for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The organisation of the grant.
    pub org: Option<OrgId>,
    /// What is missing.
    pub step: Option<OrgStep>,
    /// What may be chosen.
    pub options: Vec<Membership>,
}

/// What the choice is made from, read a moment ago.
pub(crate) struct Standpoint<'a> {
    /// Organisations that are on and that the person belongs to.
    pub memberships: Vec<Membership>,
    /// What they chose last for this application.
    pub remembered: Option<OrgId>,
    /// The organisation of the connector they came through.
    pub came_through: Option<&'a OrgId>,
}

/// Whether the application needs to know an organisation: it is for the members of some, it names one, or it asks
/// for what is only known of one.
pub(crate) fn is_asked_for(request: &AuthorizeRequest, client: &Client) -> bool {
    !client.metadata.organizations.is_empty()
        || request.organization.is_some()
        || request.scopes.iter().any(|scope| OF_ORGANISATIONS.contains(&scope.as_str()))
}

/// The organisation of the grant, or what is missing. A choice counts only for the person who made it, and only
/// while they belong.
pub(crate) fn resolve(facts: &Facts, client: &Client, user: &User, from: Standpoint<'_>) -> Resolved {
    let Some(request) = facts.request() else { return Resolved::default() };
    let named = request.organization.as_deref();
    // An id means nothing else; without one of that id it is a name, which several may have.
    let by_id = from.memberships.iter().any(|it| named == Some(it.org_id.as_str()));
    let wanted =
        |it: &Membership| named.is_none_or(|text| if by_id { it.org_id.as_str() == text } else { it.name == text });
    let allowed = |it: &Membership| client.is_for(Some(&it.org_id));
    let options: Vec<_> = from.memberships.into_iter().filter(|it| allowed(it) && wanted(it)).collect();
    let has = |id: &OrgId| options.iter().any(|it| it.org_id == *id);
    if !is_asked_for(request, client) {
        return Resolved { org: from.came_through.filter(|id| has(id)).cloned(), ..Resolved::default() };
    }
    let must = !client.metadata.organizations.is_empty() || named.is_some();
    if options.is_empty() {
        return Resolved { step: must.then_some(OrgStep::Nowhere), ..Resolved::default() };
    }
    let here = facts.organisation.as_ref().filter(|chosen| chosen.user == user.id).map(|chosen| &chosen.org);
    // prompt=select_account asks anew also between organisations.
    let before = from.remembered.as_ref().filter(|_| !request.prompt.select_account);
    let only = (options.len() == 1).then(|| &options[0].org_id);
    let org = here.filter(|id| has(id)).or(only).or(before.filter(|id| has(id))).cloned();
    Resolved { step: org.is_none().then_some(OrgStep::Choose), org, options }
}

#[cfg(test)]
#[path = "organisation_tests.rs"]
mod tests;
