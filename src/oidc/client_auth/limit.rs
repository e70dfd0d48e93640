//! How often a client's secret may be tried (security.md §0, rule 12). Only a
//! wrong one is charged, in the store, so that a right one costs no write;
//! whether a name is blocked is asked of memory, which learns it with the
//! first wrong try that this process sees.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{AuthenticatedClient, Presented};
use crate::base::clock::Seconds;
use crate::base::network::line;
use crate::base::secret::digest;
use crate::oidc::Oidc;
use crate::oidc::error::{Code, Error};
use crate::store::attempts::{Charge, Limit};

/// For one client from one address: what was stolen elsewhere is not tried here by the thousand, and an instance
/// that was forgotten when its secret was replaced does not shut out its neighbours.
pub const SECRETS: Limit = Limit { tries: 100, window: 60, block: 60, longest: None };
/// For all clients from everywhere. Only wrong ones feel it: no stranger may switch off everybody's tokens, and of
/// 256 bits nobody guesses one. It bounds what made-up names make the store write.
pub const ALL_SECRETS: Limit = Limit { tries: 10_000, window: 60, block: 60, longest: None };
/// What all of them are charged under.
pub const ALL: &str = "client-secret:all";

/// More names than that and those go whose block is over, then all.
const MOST: usize = 10_000;

/// Names that are refused until a moment, as far as this process has learnt.
#[derive(Default)]
pub(crate) struct Blocks(Mutex<HashMap<String, Seconds>>);

impl Blocks {
    /// Seconds until the end of the block of `name`, if there is one.
    fn wait(&self, name: &str, now: Seconds) -> Option<Seconds> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(name).map(|until| until - now).filter(|wait| *wait > 0)
    }

    fn learn(&self, name: String, until: Seconds, now: Seconds) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MOST {
            names.retain(|_, until| *until > now);
        }
        if names.len() >= MOST {
            // The next wrong try of each is told by the store.
            names.clear();
        }
        names.insert(name, until);
    }
}

impl Oidc {
    /// Lets a proof be tried from `address`, and charges it where it was wrong.
    pub(super) async fn limited(
        &self,
        client: &str,
        address: &str,
        presented: Presented<'_>,
    ) -> Result<AuthenticatedClient, Error> {
        // A name that was made up costs no more room than another.
        let name = format!("client-secret:{}", digest(&format!("{client} {}", line(address))));
        let now = self.clock.now();
        if let Some(wait) = self.blocks.wait(&name, now) {
            return Err(Error::wait(wait));
        }
        let answer = self.proven(presented).await;
        match &answer {
            Err(error) if error.code == Code::InvalidClient => match self.charge_secret(name, now).await? {
                Some(wait) => Err(Error::wait(wait)),
                None => answer,
            },
            _ => answer,
        }
    }

    /// Charges a wrong proof; how long to wait where it was one too many.
    async fn charge_secret(&self, name: String, now: Seconds) -> Result<Option<Seconds>, Error> {
        if let Some(wait) = self.blocks.wait(ALL, now) {
            return Ok(Some(wait));
        }
        let charged = name.clone();
        let charges = self.store.write(move |tx| {
            let name = charged.clone();
            Box::pin(async move {
                let one = tx.charge_attempt(&name, SECRETS, now).await?;
                Ok([one, tx.charge_attempt(ALL, ALL_SECRETS, now).await?])
            })
        });
        let mut wait = None;
        for ((name, limit), charge) in [(name, SECRETS), (ALL.to_owned(), ALL_SECRETS)].into_iter().zip(charges.await?)
        {
            match charge {
                Charge::Blocked { until } => {
                    wait = wait.max(Some((until - now).max(1)));
                    self.blocks.learn(name, until, now);
                }
                Charge::Allowed { left: 0 } => {
                    tracing::warn!(name, "too many wrong client secrets");
                    self.blocks.learn(name, now + limit.block, now);
                }
                Charge::Allowed { .. } => {}
            }
        }
        Ok(wait)
    }
}
