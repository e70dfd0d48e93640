//! An authorization request meets the browser's session: an answer at once, a refusal, or an interaction.

use super::interaction::{Facts, Next, Purpose, Read, Why, next};
use super::{Login, LoginError, Opened, Stepped, Visitor};
use crate::base::id::InteractionId;
use crate::oidc::authorize::{Accepted, AuthorizeRequest, Issued};
use crate::oidc::error::{Code, Error, Refusal};
use crate::store::sessions::Session;

impl Login {
    /// `GET|POST /authorize` once the request is read: issue at once, open an interaction, or refuse (prompt=none).
    ///
    /// # Errors
    /// `Store`, `Protocol`.
    pub async fn authorize(&self, request: AuthorizeRequest, visitor: &Visitor) -> Result<Opened, LoginError> {
        let none = request.prompt.none;
        let facts = Facts::new(Purpose::Authorize(Box::new(request.clone())), self.clock.now());
        let read = self.read(&facts, visitor).await?;
        let next = next(&facts, &read.policy, facts.asked_at);
        if let (Next::Issue, Some(session)) = (next, &read.session) {
            self.touch(session).await;
            return match self.accept(&request, &read, None).await {
                Ok(Issued::Code(response)) => Ok(Opened::Issue(response)),
                Ok(Issued::Before) => Ok(refused(request, Error::new(Code::ServerError, "start again"))),
                Err(error) => Ok(refused(request, error)),
            };
        }
        if none {
            let error = next.without_pages();
            let error = error.unwrap_or_else(|| Error::new(Code::LoginRequired, "the person has to sign in"));
            return Ok(refused(request, error));
        }
        let id = self.open(facts.purpose, visitor).await?;
        let asks_who = !(request.prompt.select_account || request.prompt.create) && request.organization.is_none();
        if let (Next::Login(Why::Nobody), Some(hint), true) = (next, &request.login_hint, asks_who)
            && let Some(Stepped::Go(url)) = Box::pin(self.lead(&id, hint, visitor)).await?
        {
            return Ok(Opened::Away(url));
        }
        Ok(Opened::Interaction(id))
    }

    /// Has the code made, for a session read a moment ago.
    pub(crate) async fn accept(
        &self,
        request: &AuthorizeRequest,
        read: &Read,
        interaction: Option<InteractionId>,
    ) -> Result<Issued, Error> {
        let Some(session) = read.session.clone() else {
            return Err(Error::new(Code::LoginRequired, "the person has to sign in"));
        };
        let org_id = read.organisation.org.clone();
        let accepted =
            Accepted { request: request.clone(), session, scopes: request.scopes.clone(), org_id, interaction };
        self.oidc.accept(accepted).await
    }
}

impl Read {
    /// The live session, where nothing is missing.
    pub(crate) fn permitted(&self, next: Next) -> Option<&Session> {
        self.session.as_ref().filter(|_| next == Next::Issue)
    }
}

fn refused(request: AuthorizeRequest, error: Error) -> Opened {
    Opened::Refuse(Refusal::Return { to: request.return_to, error })
}
