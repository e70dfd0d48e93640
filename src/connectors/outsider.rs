//! Whom a platform knows, and calls no member of the company that its administrator takes it for.

use super::{Identity, Key, Trouble};

/// Somebody whom the platform knows, and calls no member of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outsider {
    /// Who it is: proven by the platform in this very answer, as the keys of an [`Identity`] are.
    pub keys: Vec<Key>,
    /// The platform's own id of the member they were, where it said that.
    pub member: Option<String>,
    /// For the audit.
    pub why: String,
}

impl Identity {
    /// The trouble of somebody whom the company does not have, or not any more.
    #[must_use]
    pub fn not_member(&self, why: &str) -> Trouble {
        let (keys, member) = (self.keys.clone(), self.member.clone());
        Trouble::NotMember(Box::new(Outsider { keys, member, why: why.to_owned() }))
    }
}
