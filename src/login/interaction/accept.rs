//! The last step: everything was read a moment ago and nothing is missing.

use super::facts::{Bound, Facts, Purpose};
use super::policy::Read;
use super::show::context;
use super::view::View;
use crate::base::id::InteractionId;
use crate::login::{Login, LoginError, Visitor};
use crate::oidc::authorize::Issued;

impl Login {
    /// To the application, or to our own page. Repeated, it gives the same
    /// answer while the code lives, and never a second one (security.md row 65).
    pub(super) async fn issue(
        &self,
        id: &InteractionId,
        facts: &Facts,
        read: &Read,
        visitor: &Visitor,
    ) -> Result<View, LoginError> {
        let request = match &facts.purpose {
            Purpose::Account if facts.wish.is_some() => return Ok(View::GoOn),
            Purpose::Account => return Ok(View::Ours(account(facts))),
            Purpose::Console => return Ok(View::Ours("/admin")),
            Purpose::Authorize(request) => request,
        };
        let Some(session) = read.permitted(super::Next::Issue) else { return Err(LoginError::Unknown) };
        match self.accept(request, read, Some(id.clone())).await {
            Ok(Issued::Code(response)) => {
                if !facts.finished {
                    self.touch(session).await;
                    self.change(id, visitor, |facts| {
                        facts.finished = true;
                        Some((Vec::new(), ()))
                    })
                    .await?;
                }
                Ok(View::Issue(response))
            }
            Ok(Issued::Before) => Ok(View::Finished { context: context(facts, read) }),
            Err(error) => Ok(View::Issue(request.return_to.error(&error))),
        }
    }
}

/// The account page, with the word on what a binding came to.
pub(super) fn account(facts: &Facts) -> &'static str {
    match facts.bound {
        Some(Bound::Done) => "/account?said=bound",
        Some(Bound::Taken) => "/account?said=taken",
        Some(Bound::Last) => "/account?said=last-way",
        Some(Bound::NotInvited) => "/account?said=not-invited",
        Some(Bound::Not) => "/account?said=not-bound",
        None => "/account",
    }
}
