//! The desk: the picture, what has become of it, and going on once the phone said yes.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::scene::{Binds, LIFE, Links, Scene, SceneState};
use crate::base::clock::Seconds;
use crate::base::id::InteractionId;
use crate::base::secret::digest;
use crate::connectors::{Picture, Scan, Turn};
use crate::login::begin::At;
use crate::login::interaction::{Facts, Stage, Talk};
use crate::login::leg::LegMark;
use crate::login::recognise::Arrival;
use crate::login::writes::{Write, commit};
use crate::login::{Login, LoginError, Stepped, Visitor};
use crate::store::Error;
use crate::store::artifact::{Exchange, Kind, NewArtifact};

/// A picture with fewer seconds left is drawn anew when it is asked for again.
const FRESH: Seconds = 20;
/// The largest picture of a platform that is kept, in bytes.
const LARGEST: usize = 256 * 1024;

/// What has become of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ScanState {
    /// Nobody has scanned it.
    Waiting,
    /// Somebody has: this number is to be picked on the phone.
    Seen {
        /// Two digits.
        number: u8,
    },
    /// Yes on the phone: go on.
    Approved,
    /// No on the phone.
    Refused,
    /// It is too old.
    Expired,
}

/// A picture that the platform drew.
#[derive(Serialize, Deserialize)]
struct Drawn {
    png: bool,
    base64: String,
}

fn picture_digest(scene: &str) -> String {
    digest(&format!("picture:{scene}"))
}

impl Login {
    /// Keeps a new scene and its picture, and shows it.
    pub(crate) async fn show_scan(&self, at: &At<'_>, turn: &Turn, scan: Scan) -> Result<Stepped, LoginError> {
        let now = self.clock.now();
        let facts = self.hold(at.id, at.visitor).await?.facts;
        let scene = Scene {
            connector: at.instance.row.id.clone(),
            interaction: at.id.clone(),
            agent: at.visitor.agent.chars().take(256).collect(),
            address: at.visitor.address.clone(),
            asked_at: now,
            links: Links::of(&facts),
            binds: self.binds(&facts).await?,
            state: SceneState::Waiting,
        };
        let digest = digest(&turn.scene);
        let mut writes = vec![Write::Put(self.new_scene(&digest, &scene, at.visitor, scan.lifetime))];
        let text = match scan.picture {
            Picture::Text(text) => Some(text),
            Picture::Image { media_type, bytes } => {
                if bytes.len() > LARGEST {
                    return Err(Error::Corrupt("a picture too large to keep".to_owned()).into());
                }
                let drawn = Drawn { png: media_type == "image/png", base64: STANDARD.encode(&bytes) };
                let like = self.new_scene(&digest, &scene, at.visitor, scan.lifetime);
                writes.push(Write::Put(NewArtifact {
                    kind: Kind::ScanPicture,
                    digest: picture_digest(&digest),
                    payload: NewArtifact::payload_of(&drawn),
                    // Nobody looks at it later, and it is large.
                    keep_until: like.expires_at,
                    ..like
                }));
                None
            }
        };
        commit(&self.store, writes).await?;
        let until = now + scan.lifetime.clamp(1, LIFE);
        self.talk(at, Stage::Scan { scene: digest, text, app: scan.app, until }).await
    }

    /// Whether the picture on show is still good: asked for again, it costs the platform's quota nothing.
    pub(crate) async fn scan_is_fresh(&self, talk: &Talk) -> Result<bool, LoginError> {
        let Stage::Scan { scene, until, .. } = &talk.stage else { return Ok(false) };
        if self.clock.now() + FRESH >= *until {
            return Ok(false);
        }
        let held = self.scene(scene).await?;
        Ok(held.is_some_and(|held| matches!(held.scene.state, SceneState::Waiting) && held.row.taken_at.is_none()))
    }

    /// `GET /i/{id}/scan`: what has become of the picture; `None` when none is on show.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn scan_state(&self, id: &InteractionId, visitor: &Visitor) -> Result<Option<ScanState>, LoginError> {
        let held = self.hold(id, visitor).await?;
        if !held.facts.is_open(self.clock.now()) {
            return Ok(None);
        }
        self.state_of_scan(&held.facts).await
    }

    pub(crate) async fn state_of_scan(&self, facts: &Facts) -> Result<Option<ScanState>, LoginError> {
        let Some(Talk { stage: Stage::Scan { scene, .. }, .. }) = &facts.talk else { return Ok(None) };
        let Some(held) = self.scene(scene).await? else { return Ok(Some(ScanState::Expired)) };
        if held.row.taken_at.is_some() {
            return Ok(None);
        }
        let live = held.is_live(self.clock.now());
        Ok(Some(match held.scene.state {
            SceneState::Refused => ScanState::Refused,
            _ if !live => ScanState::Expired,
            SceneState::Waiting => ScanState::Waiting,
            SceneState::Seen(_) => ScanState::Seen { number: self.scene_number(scene) },
            SceneState::Approved(_) => ScanState::Approved,
        }))
    }

    /// `GET /i/{id}/scan/picture`: media type and bytes of a picture that the platform drew.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn scan_picture(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
    ) -> Result<Option<(&'static str, Vec<u8>)>, LoginError> {
        let held = self.hold(id, visitor).await?;
        let Some(Talk { stage: Stage::Scan { scene, text: None, .. }, .. }) = &held.facts.talk else { return Ok(None) };
        let Some(row) = self.store.look(Kind::ScanPicture, &picture_digest(scene)).await? else { return Ok(None) };
        let drawn: Drawn = row.read()?;
        let bytes = STANDARD.decode(drawn.base64).map_err(|_| Error::Corrupt("picture".to_owned()))?;
        Ok(Some((if drawn.png { "image/png" } else { "image/jpeg" }, bytes)))
    }

    /// `POST /i/{id}/scan`: goes on as whoever said yes on the phone, once, in
    /// the browser that asked for the picture; before that it changes nothing.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn finish_scan(&self, id: &InteractionId, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let (login, id, visitor) = (self.clone(), id.clone(), visitor.clone());
        self.to_its_end(async move { login.finished_scan(&id, &visitor).await }).await
    }

    /// The account to which a way in is being added.
    async fn binds(&self, facts: &Facts) -> Result<Option<Binds>, LoginError> {
        let Some(user) = &facts.binding else { return Ok(None) };
        let person = self.store.user(user).await?;
        Ok(person.map(|person| Binds { user: person.id, name: person.name }))
    }

    async fn finished_scan(&self, id: &InteractionId, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let now = self.clock.now();
        if !held.facts.is_open(now) {
            return Ok(Stepped::back(id));
        }
        let Some((talk, instance)) = self.talking(&held.facts).await? else { return Ok(Stepped::back(id)) };
        let Stage::Scan { scene, .. } = &talk.stage else { return Ok(Stepped::back(id)) };
        let (owner, links, binding) = (digest(&visitor.browser), Links::of(&held.facts), held.facts.binding.clone());
        let Some(held) = self.scene(scene).await? else { return Ok(Stepped::back(id)) };
        // The phone said yes to what was named there, and to nothing that came up since.
        if held.scene.links != links || held.scene.binds.as_ref().map(|binds| &binds.user) != binding.as_ref() {
            return self.say(id, visitor, |facts| facts.talk = None).await;
        }
        if held.row.owner.as_deref() != Some(owner.as_str()) || held.scene.interaction != *id {
            return Ok(Stepped::back(id));
        }
        let SceneState::Approved(scanner) = &held.scene.state else { return Ok(Stepped::back(id)) };
        let taken = scene.clone();
        let exchanged = self.store.write(move |tx| {
            let taken = taken.clone();
            Box::pin(async move { tx.exchange(Kind::Scene, &taken, now, None, &[]).await })
        });
        match exchanged.await? {
            Exchange::First => {}
            Exchange::Again { .. } => return self.wait(id, scene, &held.row).await,
            Exchange::Missing => return Ok(Stepped::back(id)),
        }
        let identity = self.scanned_by(scene, scanner)?;
        let leg = Some(LegMark::new(scene, &owner));
        let arrival = Arrival { instance: Arc::clone(&instance), identity, leg };
        let progress = Box::pin(self.recognise(id, visitor, &arrival)).await?;
        Ok(Stepped::Interaction(id.clone(), progress))
    }
}
