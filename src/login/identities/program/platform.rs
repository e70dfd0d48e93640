//! A platform's account, bound to a person by the code that the platform gave their program.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{Asker, CONVERSATION, FRESH, IdentityTrouble, Refused, TRIES, invalid};
use crate::base::secret::Secret;
use crate::connectors::{Codes, Reply, Step};
use crate::login::connectors::Instance;
use crate::login::interaction::{How, admits};
use crate::login::otp::is_number;
use crate::login::password::Local;
use crate::login::recognise::{Arrival, cleaned};
use crate::login::trouble::word;
use crate::login::turn::{Particular, in_time};
use crate::login::writes::{Event, Write, commit};
use crate::login::{Login, Visitor};

/// What a platform gave a program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformCode {
    /// The method's name.
    pub connector: String,
    /// The code.
    pub code: Secret,
    /// A mini program's code for the phone number.
    pub phone_code: Option<Secret>,
}

/// What binding came to.
#[derive(Debug)]
pub struct Bound {
    /// Names the way in.
    pub subject: String,
    /// It was not theirs before.
    pub is_new: bool,
}

impl Login {
    /// Asks the platform whose code this is, and makes that account a way in of the person.
    ///
    /// # Errors
    /// [`IdentityTrouble`]; nothing is changed then.
    pub async fn bind_by_code(
        &self,
        asker: &Asker,
        given: PlatformCode,
        visitor: &Visitor,
    ) -> Result<Bound, IdentityTrouble> {
        self.may_change(asker, FRESH)?;
        if given.code.is_empty() {
            return Err(invalid("code is missing: send what the platform gave"));
        }
        let instance = self.connectors.by_name(&given.connector).await?;
        let instance = instance.filter(|instance| may_bring(asker, instance)).ok_or(IdentityTrouble::NoConnector)?;
        let arrival = self.asked_of(asker, &instance, given, visitor).await?;
        self.bind_arrival(asker, &arrival, visitor).await
    }

    async fn asked_of(
        &self,
        asker: &Asker,
        instance: &Arc<Instance>,
        given: PlatformCode,
        visitor: &Visitor,
    ) -> Result<Arrival, IdentityTrouble> {
        let local = Local::new(self, &visitor.address);
        let turn = self.bare_turn(instance, Particular::new(self, How::Plain), (visitor, local));
        let (Some(turn), Some(platform)) = (turn, &instance.connector) else {
            return Err(IdentityTrouble::NoConnector);
        };
        let mut fields = BTreeMap::from([("code".to_owned(), given.code)]);
        fields.insert("in_app".to_owned(), Secret::new("true"));
        fields.extend(given.phone_code.map(|code| ("phone_code".to_owned(), code)));
        match in_time(platform.answer(&turn, Reply::Code(fields))).await {
            Ok(Step::Known(identity)) => {
                Ok(Arrival { instance: Arc::clone(instance), identity: cleaned(*identity), leg: None })
            }
            Ok(_) => Err(IdentityTrouble::NoConnector),
            Err(trouble) => {
                self.heard_of_leaving(instance, &trouble, visitor).await?;
                let event = Event {
                    actor: asker.change(visitor).actor,
                    action: "identity.link",
                    target: format!("user:{}", asker.user.id),
                    outcome: word(&trouble).to_owned(),
                    detail: serde_json::json!({
                        "connector": instance.row.name,
                        "trouble": trouble.to_string().chars().take(500).collect::<String>(),
                    }),
                };
                commit(&self.store, vec![Write::Audit(self.entry(visitor, &event))]).await?;
                Err(IdentityTrouble::Platform(trouble))
            }
        }
    }

    async fn bind_arrival(
        &self,
        asker: &Asker,
        arrival: &Arrival,
        visitor: &Visitor,
    ) -> Result<Bound, IdentityTrouble> {
        let mut left = TRIES;
        loop {
            let binding = self.binding(&asker.change(visitor), arrival).await?;
            left -= 1;
            match (commit(&self.store, binding.writes).await, binding.refused) {
                (Ok(()), Some(refused)) => return Err(IdentityTrouble::Refused(refused)),
                (Ok(()), None) => return Ok(Bound { subject: binding.subject, is_new: binding.is_new }),
                // Somebody was faster with the same account, maybe they themselves: the rules look again.
                (Err(error), _) if left > 0 && Refused::of(&error).is_some() => {}
                (Err(error), _) => return Err(error.into()),
            }
        }
    }

    /// Takes a way in away; a number's needs a code to it.
    ///
    /// # Errors
    /// [`IdentityTrouble`]; `Last` when no way that works would be left.
    pub async fn unbind_for(
        &self,
        asker: &Asker,
        subject: &str,
        code: Option<&Secret>,
        visitor: &Visitor,
    ) -> Result<(), IdentityTrouble> {
        let rows = self.keys_of(&asker.user, subject).await?;
        let row = rows.first().ok_or(IdentityTrouble::Refused(Refused::Missing))?;
        self.may_change(asker, if code.is_some() { FRESH + CONVERSATION } else { FRESH })?;
        match code {
            Some(code) if is_number(&row.space) => self.own_number_is_proven(asker, row, (code, visitor)).await?,
            Some(_) => return Err(invalid("code is for taking a number away: leave it out")),
            None if is_number(&row.space) => return Err(IdentityTrouble::CodeFirst),
            None => {}
        }
        let writes = self.unbinding(&asker.change(visitor), &rows).await?;
        Ok(commit(&self.store, writes).await?)
    }
}

/// Whether a code of this platform may be brought for this person by this application.
fn may_bring(asker: &Asker, instance: &Instance) -> bool {
    let metadata = &asker.client.metadata;
    let takes = match instance.connector.as_ref().map_or(Codes::Never, |connector| connector.codes()) {
        Codes::Never => false,
        Codes::FromPrograms => admits(Some(&asker.client), &instance.row.name),
        // One that also goes through browsers could be somebody else's, caught on its way.
        Codes::FromBrowsers => metadata.connectors.contains(&instance.row.name),
    };
    takes && instance.is_usable() && instance.row.practice == asker.user.practice
}
