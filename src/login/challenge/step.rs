//! What was posted, as the one step of the engine that a page would have posted.

use super::chain::Held;
use super::{ChallengeError, given};
use crate::base::id::InteractionId;
use crate::base::secret::Secret;
use crate::login::interaction::{Door, Facts};
use crate::login::{Login, Registration, Stepped, Visitor};
use crate::oidc::params::Params;

/// What a request wants done.
enum Wanted {
    /// The identity that waits becomes a new person's.
    NewHere,
    /// A new account with a name and password.
    Account(Secret),
    /// The number that says whose the waiting identity is, or its code.
    Number,
    /// In which organisation to go on.
    Organization,
    /// Name and password.
    Password(Secret),
    /// A platform's code, or a phone number and its code.
    Connector,
}

impl Wanted {
    fn of(params: &Params, facts: &Facts) -> Self {
        let given = |name: &str| params.get(name).is_some();
        let password = params.get("password").map(Secret::new);
        let by_number = facts.stranger.as_ref().is_some_and(|pending| pending.by_phone && pending.door.is_none());
        match password {
            _ if is_said(params, "register") && facts.stranger.is_some() => Self::NewHere,
            Some(password) if is_said(params, "register") => Self::Account(password),
            _ if by_number && (given("phone") || given("code")) => Self::Number,
            _ if facts.login.is_some() && given("organization") => Self::Organization,
            Some(password) => Self::Password(password),
            None => Self::Connector,
        }
    }
}

impl Login {
    /// Refuses what is wrong with the request itself, before its `auth_session` is used up for it.
    pub(super) async fn readable(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        params: &Params,
    ) -> Result<(), ChallengeError> {
        let facts = self.hold(id, visitor).await?.facts;
        if let Wanted::Connector = Wanted::of(params, &facts)
            && let Some(instance) = self.chosen(&facts, params).await?
        {
            self.has_a_code(&facts, &instance, params).await?;
        }
        Ok(())
    }

    /// One step of the engine from what was posted; nothing to do is no error.
    pub(super) async fn challenge_step(&self, held: &mut Held, params: &Params) -> Result<(), ChallengeError> {
        let Held { id, visitor, .. } = &*held;
        let facts = self.hold(id, visitor).await?.facts;
        let word = |name: &str| params.get(name).unwrap_or_default();
        let wanted = Wanted::of(params, &facts);
        let waits = facts.stranger.as_ref().is_some_and(|pending| pending.door.is_none() && !pending.by_phone);
        if waits && is_said(params, "bind") {
            Box::pin(self.stranger(id, (Door::Existing, ""), visitor)).await?;
        }
        let stepped = match wanted {
            // A person is not to be called by the platform's title: the name is asked for again.
            Wanted::NewHere if given::is_nameless(&facts) && word("name").trim().is_empty() => return Ok(()),
            Wanted::NewHere => Box::pin(self.stranger(id, (Door::New, word("name")), visitor)).await?,
            Wanted::Account(password) => {
                let (username, name) = (word("username").to_owned(), word("name").to_owned());
                let email = params.get("email").map(str::to_owned);
                let registration = Registration { username, name, email, password };
                Box::pin(self.register(id, registration, visitor)).await?
            }
            Wanted::Number => Box::pin(self.stranger_number(id, given::of_phone(params), visitor)).await?,
            Wanted::Organization => self.choose_organisation(id, word("organization"), visitor).await?,
            Wanted::Password(password) => self.sign_in(id, word("username"), &password, false, visitor).await?,
            Wanted::Connector => match Box::pin(self.challenge_connector(id, visitor, params)).await? {
                Some(stepped) => stepped,
                None => return Ok(()),
            },
        };
        if let Stepped::Interaction(_, progress) = stepped
            && let Some(signed_in) = progress.signed_in
        {
            held.visitor.session = Some(signed_in.session);
        }
        Ok(())
    }
}

fn is_said(params: &Params, name: &str) -> bool {
    matches!(params.get(name), Some("true" | "1"))
}
