//! What an operator watches of the sign-in: how full the gate is, and the tries, counted. Connectors are few and made
//! by administrators, outcomes stand in the program: the labels end somewhere.

use super::Login;
use super::password::Places;

impl Login {
    /// How full the gate before the hashing of passwords is.
    #[must_use]
    pub fn hashing_places(&self) -> Places {
        self.passwords.places()
    }
}

/// Counts one try through the connector of this name.
pub(super) fn count_sign_in(connector: &str, outcome: &'static str) {
    metrics::counter!("hufu_sign_ins_total", "connector" => connector.to_owned(), "outcome" => outcome).increment(1);
}
