//! One trip to an upstream: its state, nonce and PKCE, bound to browser,
//! connector, interaction and age. Everything is checked before the upstream
//! hears of it, and the trip is taken by one UPDATE (security.md row 169).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::begin::At;
use super::connectors::Instance;
use super::interaction::{Facts, How};
use super::password::Local;
use super::recognise::{Arrival, cleaned};
use super::scan::Confirming;
use super::turn::{Particular, in_time};
use super::writes::{Write, commit};
use super::{Login, LoginError, Progress, SignedIn, Stepped, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, InteractionId, SessionId};
use crate::base::secret::digest;
use crate::connectors::{Reply, Step, Trouble};
use crate::store::artifact::{Artifact, Exchange, Kind, NewArtifact};

/// How long the person may be away, in seconds.
pub(crate) const LIFE: Seconds = 600;
/// How long a repeated callback may learn the outcome of the first, in seconds.
const OUTCOME_LIFE: Seconds = 60;
/// How long a row stays after its end, so that a replay is told from a guess.
const KEPT: Seconds = 3600;
/// How long a repeated callback waits for the first (design.md §2).
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks.
const POLL: Duration = Duration::from_millis(50);

/// The payload of a trip under way.
#[derive(Serialize, Deserialize)]
struct Leg {
    connector: ConnectorId,
    /// Digest of the settings it was begun with.
    settings: String,
    interaction: InteractionId,
    /// How it was begun.
    #[serde(default)]
    how: How,
    /// It only proves who holds a phone, and signs nobody in.
    #[serde(default)]
    confirming: Option<Confirming>,
    /// The connector's own JSON, sealed: nobody knows what a platform puts there.
    memo: Option<String>,
}

/// What the first callback came to, for one that repeats it.
#[derive(Serialize, Deserialize)]
struct Told {
    session: Option<SessionId>,
    remembered: bool,
}

/// A trip that is being answered: where its outcome is written.
#[derive(Clone)]
pub(crate) struct LegMark {
    state: String,
    owner: String,
}

impl LegMark {
    /// For what has another handle than a state.
    pub(crate) fn new(handle: &str, owner: &str) -> Self {
        Self { state: handle.to_owned(), owner: owner.to_owned() }
    }

    /// The row that tells a repeated callback of the same browser what came of the first.
    pub(crate) fn outcome(&self, signed_in: Option<&SignedIn>, now: Seconds) -> Write {
        let told = Told {
            session: signed_in.map(|signed_in| signed_in.session.clone()),
            remembered: signed_in.is_some_and(|signed_in| signed_in.remembered),
        };
        Write::Put(NewArtifact {
            kind: Kind::Leg,
            digest: outcome_digest(&self.state),
            grant_id: None,
            owner: Some(self.owner.clone()),
            client_id: None,
            payload: NewArtifact::payload_of(&told),
            expires_at: now + OUTCOME_LIFE,
            keep_until: now + KEPT,
        })
    }
}

fn outcome_digest(state: &str) -> String {
    digest(&format!("outcome:{state}"))
}

impl Login {
    /// `GET /callback/{connector}`.
    ///
    /// # Errors
    /// `StrayCallback`, `OtherBrowser`, `Store`.
    pub async fn callback(
        &self,
        connector: &str,
        params: BTreeMap<String, String>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let state = params.get("state").cloned().ok_or(LoginError::StrayCallback)?;
        let row = self.store.look(Kind::Leg, &digest(&state)).await?.ok_or(LoginError::StrayCallback)?;
        let leg: Leg = row.read().map_err(|_| LoginError::StrayCallback)?;
        if row.owner.as_deref() != Some(digest(&visitor.browser).as_str()) {
            return Err(self.other_browser(&leg).await?);
        }
        if leg.confirming.is_some() {
            return Box::pin(self.confirming(connector, (&leg, &row), params, visitor)).await;
        }
        let held = self.hold(&leg.interaction, visitor).await?;
        let instance = self.connectors.by_id(&leg.connector).await?;
        let Some(instance) = instance.filter(|instance| instance.row.name == connector) else {
            return Err(LoginError::StrayCallback);
        };
        let now = self.clock.now();
        if row.taken_at.is_some() {
            return self.wait(&leg.interaction, &state, &row).await;
        }
        if now >= row.expires_at {
            return Err(LoginError::StrayCallback);
        }
        if !held.facts.is_open(now) {
            return Ok(Stepped::back(&leg.interaction));
        }
        match self.take(&state).await? {
            Exchange::First => {}
            Exchange::Again { .. } => return self.wait(&leg.interaction, &state, &row).await,
            Exchange::Missing => return Err(LoginError::StrayCallback),
        }
        let mark = LegMark { state, owner: digest(&visitor.browser) };
        let trip = Trip { leg, mark, instance, facts: held.facts, params };
        // The browser may go away while the platform thinks; what it did is finished all the same.
        let (login, visitor) = (self.clone(), visitor.clone());
        self.to_its_end(Box::pin(async move { login.finish(trip, &visitor).await })).await
    }

    /// Talks to the platform, once; what comes of it is in the interaction.
    async fn finish(&self, trip: Trip, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let Trip { leg, mark, instance, facts, params } = trip;
        let (id, how) = (leg.interaction.clone(), leg.how);
        let answer = match self.fresh(&leg, &instance, &facts).await? {
            Some(talk) => self.answer(&talk, (&leg, &mark, &facts), params, visitor).await,
            None => Err(Trouble::NotAllowed("the connector was switched off or changed meanwhile".to_owned())),
        };
        match answer {
            Ok(Step::Known(mut identity)) if !identity.keys.is_empty() => {
                identity.silent |= how == How::Silent;
                let arrival = Arrival { instance, identity: cleaned(*identity), leg: Some(mark) };
                let progress = Box::pin(self.recognise(&id, visitor, &arrival)).await?;
                Ok(Stepped::Interaction(id, progress))
            }
            Ok(Step::Known(_) | Step::Go { .. } | Step::Ask { .. } | Step::Scan(_)) => {
                let trouble = Trouble::BadReply("a callback that names nobody".to_owned());
                self.note_trouble(&id, visitor, (&instance, how), (&trouble, Some(&mark))).await?;
                Ok(Stepped::back(&id))
            }
            Err(trouble) => {
                self.note_trouble(&id, visitor, (&instance, how), (&trouble, Some(&mark))).await?;
                Ok(Stepped::back(&id))
            }
        }
    }

    /// The connector as it stands now, if it is still the one the trip began with (security.md row 183).
    async fn fresh(
        &self,
        leg: &Leg,
        instance: &Arc<Instance>,
        facts: &Facts,
    ) -> Result<Option<Arc<Instance>>, LoginError> {
        let offered = self.offered(facts, &instance.row.name).await?;
        Ok(offered.filter(|now| now.row.id == leg.connector && digest(&now.row.settings) == leg.settings))
    }

    async fn answer(
        &self,
        instance: &Arc<Instance>,
        (leg, mark, facts): (&Leg, &LegMark, &Facts),
        params: BTreeMap<String, String>,
        visitor: &Visitor,
    ) -> Result<Step, Trouble> {
        let memo = self.memo_of(leg, &mark.state)?;
        let local = Local::new(self, &visitor.address);
        let particular = Particular { state: mark.state.clone(), memo, how: leg.how };
        let turn = self.turn(instance, facts, particular, (visitor, local));
        let (Some(turn), Some(talk)) = (turn, &instance.connector) else {
            return Err(Trouble::Misconfigured("the connector does not open".to_owned()));
        };
        in_time(talk.answer(&turn, Reply::Callback(params))).await
    }

    fn memo_of(&self, leg: &Leg, state: &str) -> Result<Option<String>, Trouble> {
        let opened = leg.memo.as_ref().map(|sealed| self.sealer.open(&memo_purpose(state), sealed)).transpose();
        let memo = opened.map_err(|_| Trouble::Misconfigured("the memo does not open".to_owned()))?;
        Ok(memo.map(|memo| memo.expose().to_owned()))
    }

    /// A phone comes back from the platform that says who holds it.
    async fn confirming(
        &self,
        connector: &str,
        (leg, row): (&Leg, &Artifact),
        params: BTreeMap<String, String>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let instance = self.connectors.by_id(&leg.connector).await?;
        let named = instance.is_some_and(|instance| instance.row.name == connector);
        let (Some(confirming), true) = (&leg.confirming, named) else { return Err(LoginError::StrayCallback) };
        let state = params.get("state").cloned().unwrap_or_default();
        if row.taken_at.is_none() && self.clock.now() >= row.expires_at {
            return Err(LoginError::StrayCallback);
        }
        let memo = self.memo_of(leg, &state).unwrap_or_default();
        match self.take(&state).await? {
            Exchange::First => self.proved(confirming, (&state, memo), params, visitor).await,
            Exchange::Again { .. } | Exchange::Missing => Ok(self.confirm_page(confirming)),
        }
    }

    async fn take(&self, state: &str) -> Result<Exchange, LoginError> {
        let (taken, now) = (digest(state), self.clock.now());
        let exchanged = self.store.write(move |tx| {
            let taken = taken.clone();
            Box::pin(async move { tx.exchange(Kind::Leg, &taken, now, None, &[]).await })
        });
        Ok(exchanged.await?)
    }

    /// A callback repeated in the same browser: the outcome of the first, without a second upstream call.
    pub(crate) async fn wait(&self, id: &InteractionId, state: &str, row: &Artifact) -> Result<Stepped, LoginError> {
        let outcome = outcome_digest(state);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let now = self.clock.now();
            if let Some(told) = self.store.look(Kind::Leg, &outcome).await? {
                let same_browser = told.owner == row.owner && now < told.expires_at;
                let told: Told = told.read()?;
                let session = told.session.filter(|_| same_browser);
                let signed_in = session.map(|session| SignedIn { session, remembered: told.remembered });
                return Ok(Stepped::Interaction(id.clone(), Progress { signed_in }));
            }
            let is_old = row.taken_at.is_some_and(|taken_at| now > taken_at + OUTCOME_LIFE);
            if is_old || tokio::time::Instant::now() >= deadline {
                return Ok(Stepped::back(id));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    pub(crate) async fn put_leg(&self, at: &At<'_>, state: &str, memo: Option<String>) -> Result<(), LoginError> {
        let leg = Leg {
            connector: at.instance.row.id.clone(),
            settings: digest(&at.instance.row.settings),
            interaction: at.id.clone(),
            how: at.how,
            confirming: None,
            memo: None,
        };
        self.write_leg(leg, (state, memo), at.visitor).await
    }

    /// A trip of a phone that only says who holds it.
    pub(crate) async fn put_confirming(
        &self,
        instance: &Instance,
        (state, memo): (&str, Option<String>),
        (interaction, confirming): (&InteractionId, Confirming),
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let leg = Leg {
            connector: instance.row.id.clone(),
            settings: digest(&instance.row.settings),
            interaction: interaction.clone(),
            how: How::Silent,
            confirming: Some(confirming),
            memo: None,
        };
        self.write_leg(leg, (state, memo), visitor).await
    }

    async fn write_leg(
        &self,
        mut leg: Leg,
        (state, memo): (&str, Option<String>),
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let sealed = memo.map(|memo| self.sealer.seal(&memo_purpose(state), &memo)).transpose();
        leg.memo = sealed.map_err(|_| crate::store::Error::Corrupt("memo".to_owned()))?;
        let now = self.clock.now();
        let artifact = NewArtifact {
            kind: Kind::Leg,
            digest: digest(state),
            grant_id: None,
            owner: Some(digest(&visitor.browser)),
            client_id: None,
            payload: NewArtifact::payload_of(&leg),
            expires_at: now + LIFE,
            keep_until: now + KEPT,
        };
        Ok(commit(&self.store, vec![Write::Put(artifact)]).await?)
    }

    async fn other_browser(&self, leg: &Leg) -> Result<LoginError, LoginError> {
        let row = self.store.look(Kind::Interaction, &digest(leg.interaction.as_str())).await?;
        let application = match row {
            Some(row) => self.application_name(&row.read()?).await?,
            None => String::new(),
        };
        Ok(LoginError::OtherBrowser { application })
    }
}

/// A trip that was taken, with all it needs to be finished.
struct Trip {
    leg: Leg,
    mark: LegMark,
    instance: Arc<Instance>,
    facts: Facts,
    params: BTreeMap<String, String>,
}

fn memo_purpose(state: &str) -> String {
    format!("leg memo:{}", digest(state))
}
