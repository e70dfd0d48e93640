//! A telephone number in the field for names, and no password: a code to it is the way on, as if the method for numbers
//! had been chosen and the number typed there.

use std::collections::BTreeMap;

use super::interaction::{Facts, Purpose};
use super::number::countries;
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::id::InteractionId;
use crate::base::phone::Phone;
use crate::base::secret::Secret;

impl Login {
    /// To the page that asks for the code. `None`: this is no number, or none of the ways in here sends one a code.
    pub(crate) async fn by_number_alone(
        &self,
        id: &InteractionId,
        typed: &str,
        visitor: &Visitor,
    ) -> Result<Option<Stepped>, LoginError> {
        let facts = self.hold(id, visitor).await?.facts;
        let Some(name) = self.sends_code_to(&facts, typed).await? else { return Ok(None) };
        Box::pin(self.begin(id, &name, visitor)).await?;
        let fields = BTreeMap::from([("phone".to_owned(), Secret::new(typed))]);
        self.answer_form(id, &name, fields, visitor).await.map(Some)
    }

    /// The method for numbers that takes what was typed for one.
    async fn sends_code_to(&self, facts: &Facts, typed: &str) -> Result<Option<String>, LoginError> {
        // Administrators are not recognised by a text message.
        if matches!(facts.purpose, Purpose::Console) {
            return Ok(None);
        }
        for one in self.connectors.all().await?.iter().filter(|one| one.row.kind == "sms") {
            if Phone::parse(typed, &countries(one).first).is_ok()
                && let Some(offered) = self.offered(facts, &one.row.name).await?
            {
                return Ok(Some(offered.row.name.clone()));
            }
        }
        Ok(None)
    }
}
