//! What an application posts, handed to the connector it is for.

use std::sync::Arc;

use super::{ChallengeError, Fields};
use crate::base::id::InteractionId;
use crate::base::secret::Secret;
use crate::connectors::{Codes, Reply, Step, Trouble};
use crate::login::begin::At;
use crate::login::connectors::Instance;
use crate::login::interaction::{Facts, How};
use crate::login::password::Local;
use crate::login::turn::{Particular, in_time};
use crate::login::{Login, Stepped, Visitor};
use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;

/// What a platform's program may hand on. Who somebody is comes from the platform alone.
const OF_PLATFORMS: [&str; 4] = ["code", "phone_code", "redirect_uri", "code_verifier"];
/// What names a person and was seen believed in the wild (upstreams/wechat.md §6.4), in lower case without marks.
const IDENTITIES: [&str; 9] =
    ["openid", "unionid", "userid", "externaluserid", "opengid", "sub", "subject", "identity", "uid"];

/// Refuses a request that says who somebody is.
pub(super) fn no_identities(params: &Params) -> Result<(), Error> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    if params.iter().any(|(name, _)| IDENTITIES.contains(&plain(name).as_str())) {
        let why = "send the code that the platform gave; who it is for is asked of the platform, never told here";
        return Err(Error::new(Code::InvalidRequest, why));
    }
    Ok(())
}

/// Whether the platform told nothing that the waiting person could be called by.
pub(super) fn is_nameless(facts: &Facts) -> bool {
    facts.stranger.as_ref().is_some_and(|pending| pending.identity.name.is_none())
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
    /// The method that a request is for; `None` when it names none and gives nothing that tells.
    pub(super) async fn chosen(&self, facts: &Facts, params: &Params) -> Result<Option<Arc<Instance>>, ChallengeError> {
        let Some(name) = params.get("connector") else { return self.phone_method(facts, params).await };
        let none = "connector names none that this application may use";
        let offered = self.offered(facts, name).await?;
        Ok(Some(offered.ok_or_else(|| Error::new(Code::InvalidRequest, none))?))
    }

    /// Whether there is a code of a platform that takes them from applications.
    pub(super) async fn has_a_code(
        &self,
        facts: &Facts,
        instance: &Instance,
        params: &Params,
    ) -> Result<(), ChallengeError> {
        if instance.row.kind == "sms" {
            return Ok(());
        }
        if !self.takes_codes(facts, instance).await? {
            return Err(ChallengeError::Pages);
        }
        if params.get("code").is_none() {
            return Err(Error::new(Code::InvalidRequest, "code is missing: send what the platform gave").into());
        }
        Ok(())
    }

    /// A platform's code, or a phone number and its code. `None`: nothing was given.
    pub(super) async fn challenge_connector(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        params: &Params,
    ) -> Result<Option<Stepped>, ChallengeError> {
        let facts = self.hold(id, visitor).await?.facts;
        let Some(instance) = self.chosen(&facts, params).await? else { return Ok(None) };
        self.has_a_code(&facts, &instance, params).await?;
        let name = &instance.row.name;
        if instance.row.kind == "sms" {
            if self.talking(&facts).await?.is_none_or(|(_, talking)| talking.row.id != instance.row.id) {
                Box::pin(self.begin(id, name, visitor)).await?;
            }
            return Ok(Some(Box::pin(self.answer_form(id, name, of_phone(params), visitor)).await?));
        }
        let fields = picked(params, &OF_PLATFORMS);
        Ok(Some(Box::pin(self.hand_on(id, visitor, (&instance, &facts), fields)).await?))
    }

    /// The phone method of a request that names none: the one under way, else the first that this application may use.
    async fn phone_method(&self, facts: &Facts, params: &Params) -> Result<Option<Arc<Instance>>, ChallengeError> {
        if let Some((_, talking)) = self.talking(facts).await? {
            return Ok(Some(talking));
        }
        if params.get("phone").is_none() {
            return Ok(None);
        }
        for one in self.connectors.all().await?.iter().filter(|one| one.row.kind == "sms") {
            if let Some(offered) = self.offered(facts, &one.row.name).await? {
                return Ok(Some(offered));
            }
        }
        Ok(None)
    }

    /// Whether the application may bring a code of this platform. One that also goes through browsers could be
    /// somebody else's, caught on its way, so an administrator has to have named the method for the application.
    async fn takes_codes(&self, facts: &Facts, instance: &Instance) -> Result<bool, ChallengeError> {
        let codes = instance.connector.as_ref().map_or(Codes::Never, |connector| connector.codes());
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let is_named = client.is_some_and(|client| client.metadata.connectors.contains(&instance.row.name));
        Ok(codes == Codes::FromPrograms || (codes == Codes::FromBrowsers && is_named))
    }

    async fn hand_on(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (instance, facts): (&Arc<Instance>, &Facts),
        mut fields: Fields,
    ) -> Result<Stepped, ChallengeError> {
        if !facts.is_open(self.clock.now()) {
            return Ok(Stepped::back(id));
        }
        // Where a platform has codes for pages too, this is not one of them.
        fields.insert("in_app".to_owned(), Secret::new("true"));
        let local = Local::new(self, &visitor.address);
        let turn = self.turn(instance, facts, Particular::new(self, How::Plain), (visitor, local));
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
