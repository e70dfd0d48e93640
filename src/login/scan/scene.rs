//! The row of a scene, and how it changes: by a conditional swap, never by reading first and writing after.

use serde::{Deserialize, Serialize};

use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, InteractionId, UserId};
use crate::base::secret::digest;
use crate::connectors::{Identity, Key};
use crate::login::interaction::{Facts, told};
use crate::login::recognise::stored_keys;
use crate::login::{Login, LoginError, Visitor};
use crate::store::Error;
use crate::store::artifact::{Artifact, Kind, NewArtifact};

/// The longest that a picture may be scanned, in seconds (security.md row 93).
pub(crate) const LIFE: Seconds = 120;
/// How long each further stage may take: to say yes on the phone, to go on at the desk.
pub(crate) const STAGE: Seconds = 120;
/// How long a row stays after its end, so that a replay is told from a guess.
const KEPT: Seconds = 3600;
/// How often a change is reapplied.
const TRIES: usize = 3;

/// What waits behind a picture.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Scene {
    pub connector: ConnectorId,
    pub interaction: InteractionId,
    /// The desk's `User-Agent`, for the page on the phone.
    pub agent: String,
    /// The desk's address, likewise.
    pub address: String,
    /// When the picture was asked for.
    pub asked_at: Seconds,
    /// What is to be linked to whoever says yes.
    #[serde(default)]
    pub links: Option<Links>,
    /// The account that whoever says yes becomes a way in to.
    #[serde(default)]
    pub binds: Option<Binds>,
    pub state: SceneState,
}

/// An identity that waits to be linked (design.md §4): the page on the phone names it,
/// because somebody else's, linked by a tap, would open the account for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The platform's title.
    pub title: String,
    /// How the platform calls the person.
    pub name: String,
    /// Digest of its keys.
    key: String,
}

impl Links {
    /// What the facts would link.
    pub(crate) fn of(facts: &Facts) -> Option<Self> {
        let pending = facts.linking()?;
        let keys = pending.identity.keys.iter().map(key_digest).collect::<Vec<_>>().concat();
        let key = digest(&format!("{}\n{keys}", pending.connector));
        Some(Self { title: pending.title.clone(), name: told(&pending.identity), key })
    }
}

/// An account that takes another way in: the page on the phone names it, because whoever is
/// talked into a yes would from then on sign in to somebody else's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binds {
    /// Whose.
    pub(crate) user: UserId,
    /// What the account is called.
    pub name: String,
}

/// How far it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SceneState {
    /// Nobody has scanned it.
    Waiting,
    /// Somebody has, and has said nothing yet.
    Seen(Scanner),
    /// They said yes.
    Approved(Scanner),
    /// They said no, or picked the wrong number.
    Refused,
}

/// Who scanned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scanner {
    /// Digest of their strongest key: the first one to scan is the only one who may go on.
    pub key: String,
    /// The `Identity`, sealed.
    pub identity: String,
}

/// A scene as read.
pub(crate) struct Held {
    pub scene: Scene,
    pub row: Artifact,
}

impl Held {
    /// Whether it may still change at `now`.
    pub fn is_live(&self, now: Seconds) -> bool {
        self.row.is_live(now)
    }
}

/// The digest of a key as it is stored.
pub(crate) fn key_digest(key: &Key) -> String {
    digest(&format!("{}\n{}", key.space, key.value))
}

/// The digest of an identity's strongest key; `None` without keys.
pub(crate) fn scanner_key(identity: &Identity, practice: bool) -> Option<String> {
    stored_keys(identity, practice).first().map(key_digest)
}

fn purpose(scene: &str) -> String {
    format!("scanned by:{scene}")
}

impl Login {
    /// The scene with this digest.
    pub(crate) async fn scene(&self, scene: &str) -> Result<Option<Held>, LoginError> {
        let Some(row) = self.store.look(Kind::Scene, scene).await? else { return Ok(None) };
        Ok(Some(Held { scene: row.read()?, row }))
    }

    /// A new one, waiting, of this browser.
    pub(crate) fn new_scene(&self, digest_: &str, scene: &Scene, visitor: &Visitor, life: Seconds) -> NewArtifact {
        let expires_at = self.clock.now() + life.clamp(1, LIFE);
        NewArtifact {
            kind: Kind::Scene,
            digest: digest_.to_owned(),
            grant_id: None,
            owner: Some(digest(&visitor.browser)),
            client_id: None,
            payload: NewArtifact::payload_of(scene),
            expires_at,
            keep_until: expires_at + KEPT,
        }
    }

    /// Changes a live scene; `edit` says `None` when there is nothing to change. Whether it was changed.
    pub(crate) async fn change_scene<F>(&self, scene: &str, edit: F) -> Result<bool, LoginError>
    where
        F: Fn(&Scene) -> Option<SceneState> + Send + Sync,
    {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let Some(held) = self.scene(scene).await?.filter(|held| held.is_live(now)) else { return Ok(false) };
            let Some(state) = edit(&held.scene) else { return Ok(false) };
            let payload = NewArtifact::payload_of(&Scene { state, ..held.scene });
            let (digest, version) = (scene.to_owned(), held.row.version);
            let swapped = self.store.write(move |tx| {
                let (digest, payload) = (digest.clone(), payload.clone());
                Box::pin(async move { tx.swap(Kind::Scene, &digest, version, &payload, now + STAGE).await })
            });
            if swapped.await? {
                return Ok(true);
            }
        }
        Err(Error::Conflict("scene").into())
    }

    /// Keeps who scanned a scene.
    pub(crate) fn scanner(&self, scene: &str, identity: &Identity, practice: bool) -> Result<Scanner, LoginError> {
        let damaged = || Error::Corrupt("scanner".to_owned());
        let key = scanner_key(identity, practice).ok_or_else(damaged)?;
        let text = serde_json::to_string(identity).map_err(|_| damaged())?;
        Ok(Scanner { key, identity: self.sealer.seal(&purpose(scene), &text).map_err(|_| damaged())? })
    }

    /// Who scanned it.
    pub(crate) fn scanned_by(&self, scene: &str, scanner: &Scanner) -> Result<Identity, LoginError> {
        let damaged = || Error::Corrupt("scanner".to_owned());
        let text = self.sealer.open(&purpose(scene), &scanner.identity).map_err(|_| damaged())?;
        Ok(serde_json::from_str(text.expose()).map_err(|_| damaged())?)
    }

    /// The two digits that stand at the desk once the picture was scanned.
    pub(crate) fn scene_number(&self, scene: &str) -> u8 {
        self.scene_choices(scene).0
    }

    /// The same with the three numbers on the phone, in their order. A number
    /// is shown only after the scan, so a picture that was sent on does not carry it.
    pub(crate) fn scene_choices(&self, scene: &str) -> (u8, [u8; 3]) {
        let chance = self.sealer.derive("scan number", scene);
        let mut numbers = chance.bytes().zip(chance.bytes().skip(1)).map(two_digits);
        let mut three = [10_u8; 3];
        for at in 0..3 {
            let taken = three;
            // 42 pairs for three numbers; were they all alike, counting up keeps the numbers different.
            let fresh = numbers.find(|number| !taken[..at].contains(number));
            three[at] = fresh.unwrap_or(10 + u8::try_from(at).unwrap_or(0));
        }
        let right = chance.bytes().last().map_or(0, |byte| usize::from(byte) % 3);
        (three[right], three)
    }
}

/// 10 to 99.
fn two_digits((one, other): (u8, u8)) -> u8 {
    let number = (u16::from(one) * 251 + u16::from(other)) % 90;
    10 + u8::try_from(number).unwrap_or(0)
}
