//! A platform's account, bound to a person by the code that the platform gave their program.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{Asker, FRESH, IdentityTrouble, invalid};
use crate::base::secret::Secret;
use crate::connectors::{Codes, Reply, Step};
use crate::login::connectors::Instance;
use crate::login::decide::{KeyChange, plan};
use crate::login::interaction::{How, admits};
use crate::login::otp::space;
use crate::login::password::Local;
use crate::login::recognise::{Arrival, cleaned, stored_keys};
use crate::login::trouble::word;
use crate::login::turn::{Particular, in_time};
use crate::login::writes::{Event, LAST, TAKEN, Write, commit};
use crate::login::{Login, Visitor};
use crate::store::Error;

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
                let event = Event {
                    actor: asker.actor(),
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
        let user = &asker.user.id;
        let keys = stored_keys(&arrival.identity, arrival.instance.row.practice);
        let mut links = Vec::new();
        for key in &keys {
            links.extend(self.store.identity(&key.space, &key.value).await?);
        }
        let taken = links.iter().any(|link| link.user_id != *user);
        let theirs = self.store.identities_of(user).await?;
        let (subject, changes) = plan(&keys, user, &links, &theirs);
        let is_new = subject.is_none();
        let subject = subject.unwrap_or_else(|| self.random.ulid(self.clock.now()));
        let adds = changes.iter().any(|change| !matches!(change, KeyChange::Touch(_)));
        let mut writes = Vec::new();
        if taken || adds {
            let event = Event {
                actor: asker.actor(),
                action: "identity.link",
                target: format!("user:{user}"),
                outcome: if taken { "taken" } else { "ok" }.to_owned(),
                detail: serde_json::json!({
                    "connector": arrival.instance.row.name, "client": asker.client.id.as_str(),
                }),
            };
            writes.push(Write::Audit(self.entry(visitor, &event)));
        }
        if !taken {
            writes.extend(self.key_writes(user, visitor, (arrival, &links), (Some(subject.clone()), changes)));
        }
        match commit(&self.store, writes).await {
            Ok(()) if taken => Err(IdentityTrouble::Taken),
            Ok(()) => Ok(Bound { subject, is_new }),
            // Somebody was faster with the same account, maybe the same person.
            Err(Error::Conflict(TAKEN)) => Err(IdentityTrouble::Taken),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a way in away; a number's needs a code to it.
    ///
    /// # Errors
    /// [`IdentityTrouble`]; `Last` for the last one.
    pub async fn unbind_for(
        &self,
        asker: &Asker,
        subject: &str,
        code: Option<&Secret>,
        visitor: &Visitor,
    ) -> Result<(), IdentityTrouble> {
        let rows = self.store.identities_of(&asker.user.id).await?;
        let row = rows.iter().find(|row| row.subject == subject).ok_or(IdentityTrouble::NoWayIn)?;
        if let Some(code) = code {
            return self.unbind_number(asker, subject, code, visitor).await;
        }
        self.may_change(asker, FRESH)?;
        if row.space == space(asker.user.practice) {
            return Err(IdentityTrouble::CodeFirst);
        }
        let user = asker.user.id.clone();
        let event = Event {
            actor: asker.actor(),
            action: "identity.unlink",
            target: format!("user:{user}"),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({
                "connector": row.connector_id.as_str(), "client": asker.client.id.as_str(),
            }),
        };
        let (connector, at) = (row.connector_id.clone(), self.clock.now());
        let writes = vec![
            Write::DeleteSubject { user: user.clone(), subject: subject.to_owned() },
            Write::EndSessionsBy { user, connector, at, reason: "unbound" },
            Write::Audit(self.entry(visitor, &event)),
        ];
        match commit(&self.store, writes).await {
            Ok(()) => Ok(()),
            Err(Error::Conflict(LAST)) => Err(IdentityTrouble::Last),
            Err(error) => Err(error.into()),
        }
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
