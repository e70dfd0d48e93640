//! `POST /i/{id}/answer/{connector}`: what was filled into a connector's own form.

use std::collections::BTreeMap;

use super::begin::{At, talk_purpose};
use super::interaction::Stage;
use super::password::Local;
use super::turn::{Particular, in_time};
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::id::InteractionId;
use crate::base::secret::Secret;
use crate::connectors::Reply;

impl Login {
    /// Hands the fields to the connector that asked for them; anything stale is a 303 to the interaction.
    ///
    /// # Errors
    /// [`LoginError`]; what is wrong in the fields is the connector's to say, in the next form.
    pub async fn answer_form(
        &self,
        id: &InteractionId,
        connector: &str,
        fields: BTreeMap<String, Secret>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let (login, id, visitor) = (self.clone(), id.clone(), visitor.clone());
        let connector = connector.to_owned();
        self.to_its_end(Box::pin(async move { login.form_answered(&id, &connector, fields, &visitor).await })).await
    }

    async fn form_answered(
        &self,
        id: &InteractionId,
        connector: &str,
        fields: BTreeMap<String, Secret>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        if !held.facts.is_open(self.clock.now()) {
            return Ok(Stepped::back(id));
        }
        let Some((talk, instance)) = self.talking(&held.facts).await? else { return Ok(Stepped::back(id)) };
        let Stage::Ask { memo, .. } = &talk.stage else { return Ok(Stepped::back(id)) };
        if instance.row.name != connector {
            return Ok(Stepped::back(id));
        }
        let memo = memo.as_ref().map(|sealed| self.sealer.open(&talk_purpose(id), sealed)).transpose();
        let memo = memo.map_err(|_| crate::store::Error::Corrupt("memo".to_owned()))?;
        let memo = memo.map(|memo| memo.expose().to_owned());
        let particular = Particular { memo, ..Particular::new(self, talk.how) };
        let local = Local::new(self, &visitor.address);
        let turn = self.turn(&instance, &held.facts, particular, (visitor, local));
        let (Some(turn), Some(asked)) = (turn, &instance.connector) else { return Ok(Stepped::back(id)) };
        let at = At { id, visitor, instance: &instance, how: talk.how, talking: true };
        match in_time(asked.answer(&turn, Reply::Form(fields))).await {
            Ok(step) => self.follow(&at, &turn, step).await,
            Err(trouble) => {
                self.note_trouble(id, visitor, (&instance, talk.how), (&trouble, None)).await?;
                Ok(Stepped::back(id))
            }
        }
    }

    /// `POST /i/{id}/other`: another way in than the one whose page is shown.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn other_way(&self, id: &InteractionId, visitor: &Visitor) -> Result<Stepped, LoginError> {
        self.say(id, visitor, |facts| {
            (facts.talk, facts.forgotten, facts.own) = (None, None, None);
            (facts.binding, facts.bound) = (None, None);
        })
        .await
    }
}
