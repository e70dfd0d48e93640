//! A number and its code, asked for something other than signing in by it. The sms method leads the conversation.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::connectors::Instance;
use super::interaction::{Countries, How, NumberStep};
use super::otp::Codes;
use super::password::Local;
use super::turn::{Particular, in_time};
use super::{Login, LoginError, Visitor};
use crate::base::secret::Secret;
use crate::connectors::step::PhoneWrong;
use crate::connectors::{Form, Identity, Reply, Step};

/// What a turn of the conversation came to.
pub(crate) enum NumberTurn {
    /// The next form.
    Ask(NumberStep),
    /// The number, in E.164, and what the method says of whoever reads its messages.
    Proven(String, Box<Identity>),
}

impl Login {
    /// The method through which codes are sent in a world, if there is one.
    pub(crate) async fn sms(&self, practice: bool) -> Result<Option<Arc<Instance>>, LoginError> {
        let all = self.connectors.all().await?;
        let found = all.iter().find(|one| one.row.kind == "sms" && one.row.practice == practice && one.is_usable());
        Ok(found.map(Arc::clone))
    }

    /// The countries whose numbers get codes in a world.
    pub(crate) async fn sms_countries(&self, practice: bool) -> Result<Countries, LoginError> {
        Ok(self.sms(practice).await?.map_or_else(Countries::default, |instance| countries(&instance)))
    }

    /// Hands the fields to the sms method. `purpose` is what the memo is sealed for; `None` without such a method.
    pub(crate) async fn number_turn(
        &self,
        (codes, purpose): (Arc<Codes>, &str),
        before: Option<&NumberStep>,
        fields: BTreeMap<String, Secret>,
        visitor: &Visitor,
    ) -> Result<Option<NumberTurn>, LoginError> {
        let Some(instance) = self.sms(codes.is_practice()).await? else { return Ok(None) };
        let corrupt = || crate::store::Error::Corrupt("memo".to_owned());
        let memo = before.and_then(|step| step.memo.as_ref());
        let memo = memo.map(|sealed| self.sealer.open(purpose, sealed)).transpose().map_err(|_| corrupt())?;
        let memo = memo.map(|memo| memo.expose().to_owned());
        let particular = Particular { memo, ..Particular::new(self, How::Plain) };
        let turn = self.bare_turn(&instance, particular, (visitor, Local::new(self, &visitor.address)));
        let (Some(mut turn), Some(talk)) = (turn, &instance.connector) else { return Ok(None) };
        turn.lang = codes.lang();
        turn.phone_codes = codes;
        Ok(Some(match in_time(talk.answer(&turn, Reply::Form(fields))).await {
            Ok(Step::Ask { form, memo }) => {
                let memo = memo.map(|memo| self.sealer.seal(purpose, &memo)).transpose().map_err(|_| corrupt())?;
                NumberTurn::Ask(NumberStep { form, memo })
            }
            Ok(Step::Known(identity)) => match identity.phone.clone() {
                Some((number, true)) => NumberTurn::Proven(number, identity),
                _ => not_sent(before),
            },
            Ok(Step::Go { .. } | Step::Scan(_)) | Err(_) => not_sent(before),
        }))
    }
}

/// The form again, with the word that nothing was sent.
fn not_sent(before: Option<&NumberStep>) -> NumberTurn {
    NumberTurn::Ask(match before {
        Some(step) if matches!(step.form, Form::PhoneCode { .. }) => step.clone(),
        _ => NumberStep { form: Form::PhoneNumber { wrong: Some(PhoneWrong::NotSent) }, memo: None },
    })
}

/// The countries that an sms method opens.
pub(crate) fn countries(instance: &Instance) -> Countries {
    let public = instance.connector.as_ref().map(|connector| connector.public()).unwrap_or_default();
    let all = public["countries"].as_array().cloned().unwrap_or_default();
    let all: Vec<String> = all.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect();
    let first = public["country"].as_str().unwrap_or("CN").to_owned();
    Countries { all, first }
}
