//! A sign-in without a tap, in the browser of the platform itself: tried once,
//! by the page itself, and only where nothing more than "who is this" was asked
//! (upstreams/wechat.md §4.6). What comes of it recognises people; it never
//! makes, links or refreshes anything.

use std::sync::Arc;

use super::connectors::Instance;
use super::interaction::{Facts, Next, Purpose, Read, Why, admits, next};
use super::recognise::Arrival;
use super::{Login, LoginError, Progress, Visitor};
use crate::base::id::InteractionId;
use crate::base::place::Place;

impl Login {
    /// The one instance that can say who this is; `None` where somebody has to choose, or asked for more.
    pub(crate) async fn silent(
        &self,
        facts: &Facts,
        (read, why): (&Read, Why),
        visitor: &Visitor,
    ) -> Result<Option<Arc<Instance>>, LoginError> {
        if why != Why::Nobody || !asks_only_who(facts) || read.policy.max_age.is_some() {
            return Ok(None);
        }
        let client = read.client.as_deref();
        let practice_only = client.is_some_and(|client| client.metadata.practice);
        let place = Place::of_agent(&visitor.agent);
        let all = self.connectors.all().await?;
        let mut able = all.iter().filter(|instance| {
            instance.is_usable()
                && admits(client, &instance.row.name)
                && (!practice_only || instance.row.practice)
                && instance.connector.as_ref().is_some_and(|connector| connector.silent_in(place))
        });
        let first = able.next();
        Ok(first.filter(|_| able.next().is_none()).map(Arc::clone))
    }

    /// Whether this very instance may be tried now, as its page asks.
    pub(super) async fn may_be_silent(
        &self,
        facts: &Facts,
        instance: &Instance,
        visitor: &Visitor,
    ) -> Result<bool, LoginError> {
        let read = self.read(facts, visitor).await?;
        let Next::Login(why) = next(facts, &read.policy, self.clock.now()) else { return Ok(false) };
        let able = self.silent(facts, (&read, why), visitor).await?;
        Ok(able.is_some_and(|able| able.row.id == instance.row.id))
    }

    /// Nobody we know, or more than looking up would be needed: every way in is shown, with nothing to say about it.
    pub(super) async fn silently_unknown(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
    ) -> Result<Progress, LoginError> {
        let now = self.clock.now();
        self.change(id, visitor, |facts| {
            facts.quiet();
            facts.talk = None;
            facts.silent_tried = true;
            Some((arrival.leg.iter().map(|leg| leg.outcome(None, now)).collect(), ()))
        })
        .await?;
        Ok(Progress::default())
    }
}

/// Nothing was tried or said yet, and the application asked for no fresh or particular sign-in.
fn asks_only_who(facts: &Facts) -> bool {
    let Purpose::Authorize(request) = &facts.purpose else { return false };
    let prompt = request.prompt;
    let untouched = !facts.silent_tried
        && facts.login.is_none()
        && facts.not_as.is_none()
        && facts.half.is_none()
        && facts.stranger.is_none()
        && facts.talk.is_none()
        && facts.notice.is_none();
    untouched && !prompt.login && !prompt.select_account && !prompt.create && request.max_age.is_none()
}
