//! The page on the phone that asks whether the sign-in at the desk is theirs.
//!
//! Against a picture that somebody shows or sends on (security.md row 93): a
//! scan alone signs nobody in. The link goes only to the person who scanned;
//! where the platform's own browser can say who holds the phone, that must be
//! the same person. The page names application, browser, place and time of the
//! desk, and the person picks the number that stands there now out of three:
//! whoever does not see the desk can't, and a blind tap is mostly a refusal.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::proof::{Needs, Proof};
use super::scene::{Held, STAGE, Scanner, SceneState, scanner_key};
use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;
use crate::base::secret::digest;
use crate::connectors::hook::{Confirmation, Confirmations};
use crate::connectors::{Identity, Trouble};
use crate::login::connectors::Instance;
use crate::login::interaction::{Context, Facts};
use crate::login::writes::{Write, commit};
use crate::login::{Login, LoginError, Visitor};
use crate::store::Error;
use crate::store::artifact::{Artifact, Kind, NewArtifact};

/// The payload of a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Link {
    /// Digest of the scene.
    pub scene: String,
    /// Digest of the key of whoever scanned it.
    pub key: String,
    pub connector: ConnectorId,
    /// What the platform said about who holds the phone.
    pub proof: Option<Proof>,
    /// When it could not say so.
    #[serde(default)]
    pub failed_at: Option<Seconds>,
}

/// What the phone is shown.
#[derive(Debug)]
pub enum Confirm {
    /// Is that you at the desk?
    Ask(Box<Asked>),
    /// First to the platform, which says who holds the phone.
    Go(String),
    /// The link has to be opened in the platform's own application.
    Elsewhere {
        /// The instance's title.
        title: String,
    },
    /// The platform could not say who holds the phone; the link is still good.
    Later {
        /// The instance's title.
        title: String,
    },
    /// It was answered, is too old, or belongs to somebody else.
    Over,
}

/// What the question names.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where the desk goes on to.
    pub context: Context,
    /// The instance's title.
    pub title: String,
    /// The desk's `User-Agent`.
    pub agent: String,
    /// The desk's address.
    pub address: String,
    /// Whether the phone comes from another one.
    pub elsewhere: bool,
    /// When the picture was asked for.
    pub asked_at: Seconds,
    /// Three numbers, one of which stands at the desk.
    pub choices: [u8; 3],
    /// What will be linked to their account.
    pub links: Option<super::Linked>,
    /// The account that theirs becomes a way in to.
    pub binds: Option<super::Bound>,
}

/// What was said on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Yes, with the right number.
    Approved,
    /// No, or a wrong number: the desk begins anew.
    Refused,
    /// Too late.
    Over,
}

/// A link that is good, with what it is about.
pub(super) struct Open {
    pub link: Link,
    pub row: Artifact,
    pub held: Held,
    pub scanner: Scanner,
    pub instance: Arc<Instance>,
}

/// The address of the page, for a connector's message to the phone.
pub(crate) struct Links {
    pub login: Login,
    pub instance: Arc<Instance>,
}

impl Confirmations for Links {
    fn of<'a>(
        &'a self,
        scene: &'a str,
        identity: &'a Identity,
    ) -> BoxFuture<'a, Result<Option<Confirmation>, Trouble>> {
        Box::pin(async move {
            let found = self.login.confirmation(&self.instance, scene, identity).await;
            let found = found.map_err(|error| Trouble::Unreachable(format!("our own store: {error}")))?;
            let issuer = self.login.oidc.issuer().trim_end_matches('/');
            Ok(found.map(|(token, must_ask)| Confirmation { url: format!("{issuer}/confirm/{token}"), must_ask }))
        })
    }
}

impl Login {
    /// The link for whoever scanned, and whether only its page can ask: the same each time, so that a push that
    /// is repeated gets the first answer again (security.md row 180).
    pub(crate) async fn confirmation(
        &self,
        instance: &Arc<Instance>,
        scene: &str,
        identity: &Identity,
    ) -> Result<Option<(String, bool)>, LoginError> {
        let (scene, now) = (digest(scene), self.clock.now());
        let Some(key) = scanner_key(identity, instance.row.practice) else { return Ok(None) };
        let Some(held) = self.scene(&scene).await?.filter(|held| now < held.row.expires_at) else { return Ok(None) };
        let theirs = match &held.scene.state {
            SceneState::Waiting => held.is_live(now),
            SceneState::Seen(scanner) => held.is_live(now) && scanner.key == key,
            // A repetition of what was heard before; the desk may have gone on meanwhile.
            SceneState::Approved(scanner) => scanner.key == key,
            SceneState::Refused => false,
        };
        if !theirs || held.scene.connector != instance.row.id {
            return Ok(None);
        }
        let token = self.confirm_token(&scene, &key);
        let link = Link { scene, key, connector: instance.row.id.clone(), proof: None, failed_at: None };
        let row = NewArtifact {
            kind: Kind::Confirmation,
            digest: digest(&token),
            grant_id: None,
            owner: None,
            client_id: None,
            payload: NewArtifact::payload_of(&link),
            expires_at: now + STAGE,
            keep_until: now + STAGE,
        };
        match commit(&self.store, vec![Write::Put(row)]).await {
            Ok(()) | Err(Error::Conflict(_)) => {
                Ok(Some((token, held.scene.links.is_some() || held.scene.binds.is_some())))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn confirm_token(&self, scene: &str, key: &str) -> String {
        self.sealer.derive("confirm scan", &format!("{scene} {key}"))
    }

    /// The link, if its scene waits for just this person.
    pub(super) async fn open_link(&self, token: &str) -> Result<Option<Open>, LoginError> {
        let now = self.clock.now();
        let Some(row) = self.store.look(Kind::Confirmation, &digest(token)).await? else { return Ok(None) };
        let link: Link = row.read()?;
        if !row.is_live(now) {
            return Ok(None);
        }
        let Some(held) = self.scene(&link.scene).await?.filter(|held| held.is_live(now)) else { return Ok(None) };
        let SceneState::Seen(scanner) = &held.scene.state else { return Ok(None) };
        let scanner = scanner.clone();
        if scanner.key != link.key {
            return Ok(None);
        }
        let instance = self.connectors.by_id(&link.connector).await?.filter(|instance| instance.is_usable());
        Ok(instance.map(|instance| Open { link, row, held, scanner, instance }))
    }

    /// `GET /confirm/{token}`, in the phone's browser.
    ///
    /// # Errors
    /// `Store`.
    pub async fn confirm(&self, token: &str, visitor: &Visitor) -> Result<Confirm, LoginError> {
        let Some(open) = self.open_link(token).await? else { return Ok(Confirm::Over) };
        match Needs::of(&open, visitor) {
            Needs::Nothing => Ok(Confirm::Ask(Box::new(self.asked(&open, visitor).await?))),
            Needs::Platform if self.failed_just_now(&open) => {
                Ok(Confirm::Later { title: open.instance.row.title.clone() })
            }
            Needs::Platform => self.prove(&open, visitor).await,
            Needs::ItsOwnBrowser => Ok(Confirm::Elsewhere { title: open.instance.row.title.clone() }),
            Needs::Impossible => Ok(Confirm::Over),
        }
    }

    pub(super) async fn asked(&self, open: &Open, visitor: &Visitor) -> Result<Asked, LoginError> {
        let scene = &open.held.scene;
        let row = self.store.look(Kind::Interaction, &digest(scene.interaction.as_str())).await?;
        let facts: Option<Facts> = row.map(|row| row.read()).transpose()?;
        let context = match facts {
            Some(facts) => self.whither(&facts).await?,
            None => Context::default(),
        };
        Ok(Asked {
            context,
            title: open.instance.row.title.clone(),
            agent: scene.agent.clone(),
            address: scene.address.clone(),
            elsewhere: scene.address != visitor.address,
            asked_at: scene.asked_at,
            choices: self.scene_choices(&open.link.scene).1,
            links: scene.links.clone(),
            binds: scene.binds.clone(),
        })
    }

    /// `POST /confirm/{token}`: the number that stands at the desk, or `None` for no.
    ///
    /// # Errors
    /// `Store`.
    pub async fn answer_confirmation(
        &self,
        token: &str,
        number: Option<u8>,
        visitor: &Visitor,
    ) -> Result<Shown, LoginError> {
        let Some(open) = self.open_link(token).await? else { return Ok(Shown::Over) };
        if Needs::of(&open, visitor) != Needs::Nothing {
            return Ok(Shown::Over);
        }
        self.settle(&open, number, visitor).await
    }

    /// Takes the link and moves the scene, together.
    pub(super) async fn settle(&self, open: &Open, number: Option<u8>, visitor: &Visitor) -> Result<Shown, LoginError> {
        let now = self.clock.now();
        let right = self.scene_number(&open.link.scene);
        let (state, outcome) = match number {
            Some(picked) if picked == right => (SceneState::Approved(open.scanner.clone()), "ok"),
            Some(_) => (SceneState::Refused, "wrong number"),
            None => (SceneState::Refused, "refused"),
        };
        let approved = matches!(state, SceneState::Approved(_));
        let mut scene = open.held.scene.clone();
        scene.state = state;
        let writes = vec![
            Write::Take { kind: Kind::Confirmation, digest: open.row.digest.clone(), at: now },
            Write::Scene {
                digest: open.link.scene.clone(),
                version: open.held.row.version,
                payload: NewArtifact::payload_of(&scene),
                expires_at: now + STAGE,
            },
            Write::Audit(self.confirm_entry(open, outcome, visitor)),
        ];
        match commit(&self.store, writes).await {
            Ok(()) if approved => Ok(Shown::Approved),
            Ok(()) => Ok(Shown::Refused),
            // Another answer was faster, or the desk went on.
            Err(Error::Conflict(_)) => Ok(Shown::Over),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn confirm_entry(
        &self,
        open: &Open,
        outcome: &str,
        visitor: &Visitor,
    ) -> crate::store::audit::AuditEntry {
        let event = crate::login::writes::Event {
            actor: "anonymous".to_owned(),
            action: "scan.confirm",
            target: format!("connector:{}", open.instance.row.name),
            outcome: outcome.to_owned(),
            detail: serde_json::json!({ "desk": open.held.scene.address }),
        };
        self.entry(visitor, &event)
    }
}
