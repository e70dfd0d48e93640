//! What an application posts, handed to the connector it is for.

use std::sync::Arc;

use super::{ChallengeError, Fields};
use crate::base::id::InteractionId;
use crate::base::secret::Secret;
use crate::connectors::{Reply, Step, Trouble};
use crate::login::begin::At;
use crate::login::connectors::Instance;
use crate::login::interaction::{How, admits};
use crate::login::password::Local;
use crate::login::turn::{Particular, in_time};
use crate::login::{Login, LoginError, Stepped, Visitor};
use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;

/// What a platform's program may hand on. Who somebody is comes from the platform alone.
const OF_PLATFORMS: [&str; 5] = ["code", "phone_code", "in_app", "redirect_uri", "code_verifier"];
/// What names a person and was seen believed in the wild (upstreams/wechat.md §6.4).
const IDENTITIES: [&str; 7] = ["openid", "unionid", "userid", "user_id", "external_userid", "sub", "identity"];

/// Refuses a request that says who somebody is.
pub(super) fn no_identities(params: &Params) -> Result<(), Error> {
    if params.iter().any(|(name, _)| IDENTITIES.contains(&name)) {
        let why = "send the code that the platform gave; who it is for is asked of the platform, never told here";
        return Err(Error::new(Code::InvalidRequest, why));
    }
    Ok(())
}

/// The fields of the forms for a number and its code.
pub(super) fn of_phone(params: &Params) -> Fields {
    let mut fields = picked(params, &["country", "again"]);
    // A code is for the number it was sent to: a number beside it would ask for another one.
    fields.extend(picked(params, if params.get("code").is_some() { &["code"] } else { &["phone"] }));
    fields
}

fn picked(params: &Params, names: &[&str]) -> Fields {
    let one = |name: &&str| params.get(name).map(|value| ((*name).to_owned(), Secret::new(value)));
    names.iter().filter_map(one).collect()
}

impl Login {
    /// A platform's code, or a phone number and its code. `None`: nothing was given.
    pub(super) async fn challenge_connector(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (name, params): (Option<&str>, &Params),
    ) -> Result<Option<Stepped>, ChallengeError> {
        let facts = self.hold(id, visitor).await?.facts;
        let is_phone = params.get("phone").is_some() || facts.talk.is_some();
        let Some(name) = name.map(str::to_owned).or(if is_phone { self.sms_of(id, visitor).await? } else { None })
        else {
            return Ok(None);
        };
        let Some(instance) = self.offered(&facts, &name).await? else {
            return Err(Error::new(Code::InvalidRequest, "connector names none that this application may use").into());
        };
        if instance.row.kind == "sms" {
            if facts.talk.is_none() {
                self.begin(id, &name, visitor).await?;
            }
            return Ok(Some(self.answer_form(id, &name, of_phone(params), visitor).await?));
        }
        Ok(Some(self.hand_on(id, visitor, (&instance, picked(params, &OF_PLATFORMS))).await?))
    }

    /// The phone method that this application may use, where it named none.
    async fn sms_of(&self, id: &InteractionId, visitor: &Visitor) -> Result<Option<String>, LoginError> {
        let facts = self.hold(id, visitor).await?.facts;
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let all = self.connectors.all().await?;
        let mut usable = all.iter().filter(|one| one.row.kind == "sms" && one.is_usable());
        Ok(usable.find(|one| admits(client.as_deref(), &one.row.name)).map(|one| one.row.name.clone()))
    }

    async fn hand_on(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (instance, fields): (&Arc<Instance>, Fields),
    ) -> Result<Stepped, ChallengeError> {
        if !fields.contains_key("code") {
            return Err(Error::new(Code::InvalidRequest, "code is missing: send what the platform gave").into());
        }
        let facts = self.hold(id, visitor).await?.facts;
        if !facts.is_open(self.clock.now()) {
            return Ok(Stepped::back(id));
        }
        let local = Local::new(self, &visitor.address);
        let turn = self.turn(instance, &facts, Particular::new(self, How::Plain), (visitor, local));
        let (Some(turn), Some(platform)) = (turn, &instance.connector) else { return Ok(Stepped::back(id)) };
        let trouble = match in_time(platform.answer(&turn, Reply::Code(fields))).await {
            Ok(step @ Step::Known(_)) => {
                let at = At { id, visitor, instance, how: How::Plain, talking: facts.talk.is_some() };
                return Ok(self.follow(&at, &turn, step).await?);
            }
            Ok(_) => Trouble::Misconfigured("this platform takes no codes of applications".to_owned()),
            Err(trouble) => trouble,
        };
        self.note_trouble(id, visitor, (instance, How::Plain), (&trouble, None)).await?;
        Ok(Stepped::back(id))
    }
}
