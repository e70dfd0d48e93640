//! What a token's holder sees of the company (§6.1).

use super::corp::Corp;
use super::departments;
use super::member::Member;
use super::settings::Agent;
use super::tickets::Holder;

/// The eyes of a token's holder.
pub(super) struct Sight<'a> {
    corp: &'a Corp,
    agent: Option<&'a Agent>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(corp: &'a Corp, holder: &Holder) -> Self {
        let agent = match holder {
            Holder::Agent(id) => corp.settings.agents.get(id),
            Holder::ContactSync => None,
        };
        Self { corp, agent }
    }

    /// Whether it is the contact-sync secret.
    pub(super) fn is_contact(&self) -> bool {
        self.agent.is_none()
    }

    pub(super) fn department(&self, id: u64) -> bool {
        let Some(agent) = self.agent else { return true };
        departments::above(&self.corp.directory.departments, id).iter().any(|id| agent.departments.contains(id))
    }

    pub(super) fn member(&self, member: &Member) -> bool {
        let Some(agent) = self.agent else { return true };
        agent.users.iter().any(|userid| userid.eq_ignore_ascii_case(&member.userid))
            || member.departments.iter().any(|place| self.department(place.id))
    }

    /// Whether the seven sensitive fields are shown.
    pub(super) fn sensitive(&self) -> bool {
        self.agent.map_or(self.corp.settings.contact.old_ip, |agent| agent.old)
    }

    /// A contact-sync secret with a new address reads ids only.
    pub(super) fn ids_only(&self) -> bool {
        self.is_contact() && !self.corp.settings.contact.old_ip
    }
}
