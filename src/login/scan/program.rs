//! A mini program in the place of the phone's page (upstreams/wechat.md §6.4).
//! Only the platform's code says who the person is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::confirm::{Asked, Shown};
use super::proof::Needs;
use crate::base::secret::{Secret, digest};
use crate::connectors::{Reply, Step, Trouble};
use crate::login::interaction::How;
use crate::login::password::Local;
use crate::login::turn::{Particular, in_time};
use crate::login::{Login, LoginError, Visitor};
use crate::store::attempts::{Charge, Limit};

/// Codes and scenes that one address may try.
const TRIES: Limit = Limit { tries: 60, window: 60, block: 60, longest: None };

/// Why a mini program is told nothing.
#[derive(Debug, thiserror::Error)]
pub enum ScanTrouble {
    /// No usable instance of this name that takes codes.
    #[error("no such connector")]
    Connector,
    /// The platform refused the code.
    #[error("the platform refused the code")]
    Code,
    /// Nobody waits behind this scene, or somebody else scanned it.
    #[error("nobody waits behind this scene")]
    Scene,
    /// The platform did not answer.
    #[error("the platform did not answer")]
    Platform,
    /// Too many tries.
    #[error("too many tries")]
    Limit,
    /// The engine's own.
    #[error(transparent)]
    Login(#[from] LoginError),
}

impl From<crate::store::Error> for ScanTrouble {
    fn from(error: crate::store::Error) -> Self {
        Self::Login(error.into())
    }
}

impl Login {
    /// Somebody scanned the picture with a mini program: its one-time approval, and what it is to show.
    ///
    /// # Errors
    /// [`ScanTrouble`].
    pub async fn seen_by_program(
        &self,
        connector: &str,
        (scene, code): (&str, Secret),
        visitor: &Visitor,
    ) -> Result<(String, Asked), ScanTrouble> {
        self.charge_program(visitor).await?;
        let instance = self.connectors.by_name(connector).await?.filter(|instance| instance.is_usable());
        let instance = instance.filter(|instance| instance.connector.as_ref().is_some_and(|it| it.is_program()));
        let instance = instance.ok_or(ScanTrouble::Connector)?;
        // A scene that nobody waits behind costs the platform no call.
        let waits = self.scene(&digest(scene)).await?.filter(|held| held.is_live(self.clock.now()));
        let waits = waits.filter(|held| held.scene.connector == instance.row.id);
        waits.ok_or(ScanTrouble::Scene)?;
        let local = Local::new(self, &visitor.address);
        let turn = self.bare_turn(&instance, Particular::new(self, How::Plain), (visitor, local));
        let (Some(turn), Some(talk)) = (turn, &instance.connector) else { return Err(ScanTrouble::Connector) };
        let fields = BTreeMap::from([("code".to_owned(), code)]);
        let identity = match in_time(talk.answer(&turn, Reply::Code(fields))).await {
            Ok(Step::Known(identity)) => *identity,
            Ok(_) | Err(Trouble::Misconfigured(_)) => return Err(ScanTrouble::Connector),
            Err(Trouble::Unreachable(_) | Trouble::TryLater { .. }) => return Err(ScanTrouble::Platform),
            Err(_) => return Err(ScanTrouble::Code),
        };
        self.scene_seen(&instance, scene, (identity.clone(), false), visitor).await?;
        let approval = self.confirmation(&Arc::clone(&instance), scene, &identity).await?;
        let (approval, _) = approval.ok_or(ScanTrouble::Scene)?;
        let open = self.open_link(&approval).await?.ok_or(ScanTrouble::Scene)?;
        Ok((approval, self.asked(&open, visitor).await?))
    }

    /// What the person answered in the mini program. The approval went only to the program that had the code.
    ///
    /// # Errors
    /// `Store`.
    pub async fn answer_program(
        &self,
        approval: &str,
        number: Option<u8>,
        visitor: &Visitor,
    ) -> Result<Shown, LoginError> {
        let Some(open) = self.open_link(approval).await? else { return Ok(Shown::Over) };
        // The link in a chat is as long a secret as an approval; only the latter went to a program.
        let by_program = open.instance.connector.as_ref().is_some_and(|connector| connector.is_program());
        if !by_program || Needs::of(&open, visitor) != Needs::Nothing {
            return Ok(Shown::Over);
        }
        self.settle(&open, number, visitor).await
    }

    async fn charge_program(&self, visitor: &Visitor) -> Result<(), ScanTrouble> {
        let (name, now) = (format!("scan:{}", visitor.line()), self.clock.now());
        let charged = self.store.write(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.charge_attempt(&name, TRIES, now).await })
        });
        match charged.await? {
            Charge::Allowed { .. } => Ok(()),
            Charge::Blocked { .. } => Err(ScanTrouble::Limit),
        }
    }
}
