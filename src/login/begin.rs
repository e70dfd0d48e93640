//! Starting a connector's conversation, and doing what it says: the one place
//! where a `Step` becomes a fact, a trip or a sign-in.

use std::sync::Arc;

use super::connectors::Instance;
use super::interaction::{Facts, How, Stage, Talk};
use super::password::Local;
use super::recognise::{Arrival, cleaned};
use super::turn::{Particular, in_time};
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::id::InteractionId;
use crate::base::secret::digest;
use crate::connectors::{Form, Frame, Step, Turn};

/// What the address of a frame is sealed for.
pub(crate) const FRAME: &str = "frame";

/// Which conversation of which interaction a step belongs to.
pub(crate) struct At<'a> {
    pub id: &'a InteractionId,
    pub visitor: &'a Visitor,
    pub instance: &'a Arc<Instance>,
    pub how: How,
    /// Whether the facts name a conversation that a trip would end.
    pub talking: bool,
}

impl Login {
    /// `POST /i/{id}/with/{connector}`: starts a connector's conversation.
    ///
    /// # Errors
    /// [`LoginError`]; a platform's trouble is a fact of the interaction, shown by its page.
    pub async fn begin(&self, id: &InteractionId, connector: &str, visitor: &Visitor) -> Result<Stepped, LoginError> {
        self.begin_as(id, connector, How::Plain, visitor).await
    }

    /// Notes whether whoever signs in here wants to stay signed in on this device, whichever way they take.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn remember(&self, id: &InteractionId, wanted: bool, visitor: &Visitor) -> Result<(), LoginError> {
        let noted = self.change(id, visitor, |facts| {
            if facts.remember == wanted || !facts.is_open(self.clock.now()) {
                return None;
            }
            facts.remember = wanted;
            Some((Vec::new(), ()))
        });
        noted.await.map(drop)
    }

    /// As [`Login::begin`], in the page or by itself.
    ///
    /// # Errors
    /// As [`Login::begin`].
    pub async fn begin_as(
        &self,
        id: &InteractionId,
        connector: &str,
        how: How,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        if !held.facts.is_open(self.clock.now()) {
            return Ok(Stepped::back(id));
        }
        let Some(instance) = self.offered(&held.facts, connector).await? else {
            return Ok(Stepped::back(id));
        };
        if let Some((talk, talking)) = self.talking(&held.facts).await?
            && talking.row.id == instance.row.id
            && self.scan_is_fresh(&talk).await?
        {
            return Ok(Stepped::back(id));
        }
        if how == How::Silent {
            if !self.may_be_silent(&held.facts, &instance, visitor).await? {
                return Ok(Stepped::back(id));
            }
            self.say(id, visitor, |facts| facts.silent_tried = true).await?;
        }
        let local = Local::new(self, &visitor.address);
        let particular = Particular::new(self, how);
        let (Some(turn), Some(talk)) =
            (self.turn(&instance, &held.facts, particular, (visitor, local)), &instance.connector)
        else {
            return Ok(Stepped::back(id));
        };
        let at = At { id, visitor, instance: &instance, how, talking: held.facts.talk.is_some() };
        let spent = if talk.draws_in(turn.place) { self.charge_picture(&instance, visitor).await? } else { None };
        let begun = match spent {
            Some(trouble) => Err(trouble),
            None => in_time(talk.begin(&turn)).await,
        };
        match begun {
            Ok(step) => self.follow(&at, &turn, step).await,
            Err(trouble) => {
                self.note_trouble(id, visitor, (&instance, how), (&trouble, None)).await?;
                Ok(Stepped::back(id))
            }
        }
    }

    /// Does what a connector said, in answer to anything but a callback.
    pub(crate) async fn follow(&self, at: &At<'_>, turn: &Turn, step: Step) -> Result<Stepped, LoginError> {
        match step {
            Step::Go { url, memo, frame } => self.go(at, turn, (url, memo, frame)).await,
            // The form for a name and password stands on the sign-in page itself.
            Step::Ask { form: Form::NameAndPassword, .. } => Ok(Stepped::back(at.id)),
            Step::Ask { form, memo } => {
                let memo = memo.map(|memo| self.sealer.seal(&talk_purpose(at.id), &memo)).transpose();
                let memo = memo.map_err(|_| crate::store::Error::Corrupt("memo".to_owned()))?;
                self.talk(at, Stage::Ask { form, memo }).await
            }
            Step::Scan(scan) => self.show_scan(at, turn, scan).await,
            Step::Known(mut identity) => {
                identity.silent |= at.how == How::Silent;
                let arrival = Arrival { instance: Arc::clone(at.instance), identity: cleaned(*identity), leg: None };
                let progress = Box::pin(self.recognise(at.id, at.visitor, &arrival)).await?;
                Ok(Stepped::Interaction(at.id.clone(), progress))
            }
        }
    }

    /// Away to the platform, or its page into ours.
    async fn go(
        &self,
        at: &At<'_>,
        turn: &Turn,
        (url, memo, frame): (String, Option<String>, Option<Frame>),
    ) -> Result<Stepped, LoginError> {
        self.put_leg(at, &turn.state, memo).await?;
        if let Some(frame) = frame.filter(|_| at.how == How::Frame) {
            let url = self.sealer.seal(FRAME, &turn.outbound.browser_url(&frame.url));
            let url = url.map_err(|_| crate::store::Error::Corrupt("frame".to_owned()))?;
            let until = self.clock.now() + super::leg::LIFE;
            return self.talk(at, Stage::Frame { url, ends: frame.ends, size: frame.size, until }).await;
        }
        if at.talking {
            self.say(at.id, at.visitor, |facts| facts.talk = None).await?;
        }
        Ok(Stepped::Go(turn.outbound.browser_url(&url)))
    }

    /// The conversation goes on inside our pages.
    pub(crate) async fn talk(&self, at: &At<'_>, stage: Stage) -> Result<Stepped, LoginError> {
        let row = &at.instance.row;
        let talk = Talk { connector: row.id.clone(), settings: digest(&row.settings), how: at.how, stage };
        self.say(at.id, at.visitor, |facts| facts.talk = Some(talk.clone())).await
    }

    /// The instance of the conversation under way, if it is still the one it began with (security.md row 183).
    pub(crate) async fn talking(&self, facts: &Facts) -> Result<Option<(Talk, Arc<Instance>)>, LoginError> {
        let Some(talk) = &facts.talk else { return Ok(None) };
        let Some(instance) = self.connectors.by_id(&talk.connector).await? else { return Ok(None) };
        let offered = self.offered(facts, &instance.row.name).await?;
        let same = offered.filter(|now| now.row.id == talk.connector && digest(&now.row.settings) == talk.settings);
        Ok(same.map(|instance| (talk.clone(), instance)))
    }
}

/// What the memo of a conversation inside our pages is sealed for.
pub(crate) fn talk_purpose(id: &InteractionId) -> String {
    format!("talk memo:{}", digest(id.as_str()))
}
