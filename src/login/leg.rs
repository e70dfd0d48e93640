//! One trip to an upstream: its state, nonce and PKCE, bound to browser,
//! connector, interaction and age. Everything is checked before the upstream
//! hears of it, and the trip is taken by one UPDATE (security.md row 169).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::complete::notice;
use super::connectors::Instance;
use super::interaction::{Facts, Notice, UpstreamNotice, admits};
use super::password::Local;
use super::recognise::{Arrival, cleaned};
use super::writes::{Event, Write, commit};
use super::{Login, LoginError, Progress, SignedIn, Stepped, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, InteractionId, SessionId};
use crate::base::lang::Lang;
use crate::base::place::Place;
use crate::base::secret::{Secret, digest};
use crate::connectors::{Reply, Step, Trouble, Turn};
use crate::store::artifact::{Artifact, Exchange, Kind, NewArtifact};

/// How long the person may be away, in seconds.
const LIFE: Seconds = 600;
/// How long a repeated callback may learn the outcome of the first, in seconds.
const OUTCOME_LIFE: Seconds = 60;
/// How long a row stays after its end, so that a replay is told from a guess.
const KEPT: Seconds = 3600;
/// How long a repeated callback waits for the first (design.md §2).
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks.
const POLL: Duration = Duration::from_millis(50);
/// All calls of one conversation together (R19).
const CONVERSATION: Duration = Duration::from_secs(6);

/// The payload of a trip under way.
#[derive(Serialize, Deserialize)]
struct Leg {
    connector: ConnectorId,
    /// Digest of the settings it was begun with.
    settings: String,
    interaction: InteractionId,
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
    /// `POST /i/{id}/with/{connector}`: starts a connector's conversation.
    ///
    /// # Errors
    /// [`LoginError`]; a platform's trouble is a fact of the interaction, shown by its page.
    pub async fn begin(&self, id: &InteractionId, connector: &str, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        if !held.facts.is_open(self.clock.now()) {
            return Ok(Stepped::back(id));
        }
        let Some(instance) = self.offered(&held.facts, connector).await? else {
            return Ok(Stepped::back(id));
        };
        let state = self.random.alphanumeric(43);
        let local = Local::new(self, &visitor.address);
        let (Some(turn), Some(talk)) =
            (self.turn(&instance, &held.facts, (&state, None), (visitor, local)), &instance.connector)
        else {
            return Ok(Stepped::back(id));
        };
        match in_time(talk.begin(&turn)).await {
            Ok(Step::Go { url, memo, .. }) => {
                self.put_leg(id, &instance, (&state, memo), visitor).await?;
                Ok(Stepped::Go(turn.outbound.browser_url(&url)))
            }
            Ok(Step::Ask { .. } | Step::Scan(_)) => Ok(Stepped::back(id)),
            Ok(Step::Known(identity)) => {
                let arrival = Arrival { instance, identity: cleaned(*identity), leg: None };
                let progress = self.recognise(id, visitor, &arrival).await?;
                Ok(Stepped::Interaction(id.clone(), progress))
            }
            Err(trouble) => {
                self.note_trouble(id, visitor, &instance, (&trouble, None)).await?;
                Ok(Stepped::back(id))
            }
        }
    }

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
        let held = if row.owner.as_deref() == Some(digest(&visitor.browser).as_str()) {
            self.hold(&leg.interaction, visitor).await?
        } else {
            return Err(self.other_browser(&leg).await?);
        };
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
        let finished = tokio::spawn(async move { login.finish(trip, &visitor).await });
        finished.await.map_err(|_| crate::store::Error::Down("stopping".to_owned()))?
    }

    /// Talks to the platform, once; what comes of it is in the interaction.
    async fn finish(&self, trip: Trip, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let Trip { leg, mark, instance, facts, params } = trip;
        let id = leg.interaction.clone();
        let answer = match self.fresh(&leg, &instance, &facts).await? {
            Some(talk) => self.answer(&talk, (&leg, &mark, &facts), params, visitor).await,
            None => Err(Trouble::NotAllowed("the connector was switched off or changed meanwhile".to_owned())),
        };
        match answer {
            Ok(Step::Known(identity)) if !identity.keys.is_empty() => {
                let arrival = Arrival { instance, identity: cleaned(*identity), leg: Some(mark) };
                let progress = self.recognise(&id, visitor, &arrival).await?;
                Ok(Stepped::Interaction(id, progress))
            }
            Ok(Step::Known(_) | Step::Go { .. } | Step::Ask { .. } | Step::Scan(_)) => {
                let trouble = Trouble::BadReply("a callback that names nobody".to_owned());
                self.note_trouble(&id, visitor, &instance, (&trouble, Some(&mark))).await?;
                Ok(Stepped::back(&id))
            }
            Err(trouble) => {
                self.note_trouble(&id, visitor, &instance, (&trouble, Some(&mark))).await?;
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
        let memo = match &leg.memo {
            Some(sealed) => {
                let opened = self.sealer.open(&memo_purpose(&mark.state), sealed);
                Some(opened.map_err(|_| Trouble::Misconfigured("the memo does not open".to_owned()))?)
            }
            None => None,
        };
        let memo = memo.map(|memo| memo.expose().to_owned());
        let local = Local::new(self, &visitor.address);
        let turn = self.turn(instance, facts, (&mark.state, memo), (visitor, local));
        let (Some(turn), Some(talk)) = (turn, &instance.connector) else {
            return Err(Trouble::Misconfigured("the connector does not open".to_owned()));
        };
        in_time(talk.answer(&turn, Reply::Callback(params))).await
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
    async fn wait(&self, id: &InteractionId, state: &str, row: &Artifact) -> Result<Stepped, LoginError> {
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

    async fn put_leg(
        &self,
        id: &InteractionId,
        instance: &Instance,
        (state, memo): (&str, Option<String>),
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let sealed = memo.map(|memo| self.sealer.seal(&memo_purpose(state), &memo)).transpose();
        let leg = Leg {
            connector: instance.row.id.clone(),
            settings: digest(&instance.row.settings),
            interaction: id.clone(),
            memo: sealed.map_err(|_| crate::store::Error::Corrupt("memo".to_owned()))?,
        };
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

    /// The instance of this name, if this interaction may use it now.
    pub(crate) async fn offered(&self, facts: &Facts, name: &str) -> Result<Option<Arc<Instance>>, LoginError> {
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let practice_only = client.as_ref().is_some_and(|client| client.metadata.practice);
        Ok(self.connectors.by_name(name).await?.filter(|instance| {
            instance.is_usable()
                && admits(client.as_deref(), &instance.row.name)
                && (!practice_only || instance.row.practice)
        }))
    }

    /// What a connector is given. Nonce and PKCE verifier are derived from the
    /// state under the master key: nothing secret rests in the row.
    pub(crate) fn turn(
        &self,
        instance: &Instance,
        facts: &Facts,
        (state, memo): (&str, Option<String>),
        (visitor, local): (&Visitor, Arc<Local>),
    ) -> Option<Turn> {
        let request = facts.request();
        let languages = request.map(|request| request.ui_locales.as_slice()).unwrap_or_default();
        Some(Turn {
            connector: instance.row.id.clone(),
            outbound: instance.outbound.clone()?,
            now: self.clock.now(),
            callback_url: self.callback_url(&instance.row.name),
            state: state.to_owned(),
            nonce: self.sealer.derive("leg nonce", state),
            code_verifier: Secret::new(self.sealer.derive("leg pkce", state)),
            hint: Some(facts.typed.username.clone()).filter(|hint| !hint.is_empty()),
            prompt_login: request.is_some_and(|request| request.prompt.login),
            max_age: request.and_then(|request| request.max_age),
            memo,
            lang: languages.iter().find_map(|tag| Lang::from_tag(tag)).unwrap_or(Lang::En),
            agent: visitor.agent.clone(),
            place: Place::of_agent(&visitor.agent),
            silent: false,
            frame: false,
            scene: self
                .sealer
                .derive("leg scene", state)
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(32)
                .collect(),
            local,
            tokens: Arc::new(super::app_token::Tokens),
            phone_codes: self.codes(instance, facts, visitor),
        })
    }

    /// The exact `redirect_uri` of an instance: one path each (mix-up defence, RFC 9700 §4.4.2.2).
    #[must_use]
    pub fn callback_url(&self, name: &str) -> String {
        format!("{}/callback/{name}", self.oidc.issuer().trim_end_matches('/'))
    }

    /// A platform's trouble: a sentence on the page, the detail in the audit.
    pub(crate) async fn note_trouble(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        instance: &Instance,
        (trouble, mark): (&Trouble, Option<&LegMark>),
    ) -> Result<(), LoginError> {
        let event = Event {
            actor: "anonymous".to_owned(),
            action: "sign_in",
            target: format!("connector:{}", instance.row.name),
            outcome: word(trouble).to_owned(),
            detail: serde_json::json!({ "trouble": trouble.to_string().chars().take(500).collect::<String>() }),
        };
        let entry = self.entry(visitor, &event);
        let now = self.clock.now();
        self.change(id, visitor, |facts| {
            facts.quiet();
            facts.notice = Some(said(trouble, instance, visitor));
            let mut writes = vec![Write::Audit(entry.clone())];
            writes.extend(mark.map(|mark| mark.outcome(None, now)));
            Some((writes, ()))
        })
        .await?;
        Ok(())
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

async fn in_time(step: impl Future<Output = Result<Step, Trouble>>) -> Result<Step, Trouble> {
    match tokio::time::timeout(CONVERSATION, step).await {
        Ok(answer) => answer,
        Err(_) => Err(Trouble::Unreachable("no answer in time".to_owned())),
    }
}

fn said(trouble: &Trouble, instance: &Instance, visitor: &Visitor) -> Notice {
    let what = match trouble {
        Trouble::Wrong => return Notice::WrongPassword,
        Trouble::TryLater { .. } if instance.is_password() => return Notice::Busy,
        Trouble::Cancelled => UpstreamNotice::Cancelled,
        Trouble::NotAllowed(_) => UpstreamNotice::NotAllowed,
        Trouble::BadReply(_) => UpstreamNotice::BadReply,
        Trouble::Unreachable(_) | Trouble::TryLater { .. } => UpstreamNotice::Unreachable,
        Trouble::Misconfigured(_) => UpstreamNotice::Misconfigured,
        Trouble::Preview => UpstreamNotice::Preview,
    };
    notice(instance.row.title.clone(), what, visitor)
}

fn word(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Cancelled => "cancelled",
        Trouble::Wrong => "wrong",
        Trouble::TryLater { .. } => "later",
        Trouble::NotAllowed(_) => "not allowed",
        Trouble::BadReply(_) => "bad reply",
        Trouble::Unreachable(_) => "unreachable",
        Trouble::Misconfigured(_) => "misconfigured",
        Trouble::Preview => "preview",
    }
}
