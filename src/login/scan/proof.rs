//! Who holds the phone? Where the platform's own browser can say so without a
//! tap, it is asked, and must name whoever scanned (upstreams/wechat.md §5.11, 4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::confirm::{Confirm, Link, Open};
use crate::base::clock::Seconds;
use crate::base::place::Place;
use crate::base::secret::digest;
use crate::connectors::{Identity, Reply, Step, Trouble};
use crate::login::interaction::How;
use crate::login::password::Local;
use crate::login::turn::{Particular, in_time};
use crate::login::writes::{Write, commit};
use crate::login::{Login, LoginError, Stepped, Visitor};
use crate::store::artifact::{Kind, NewArtifact};

/// How long after a failure the platform is not asked again, in seconds.
const PAUSE: Seconds = 3;

/// What the platform said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Proof {
    /// The browser with this digest is theirs.
    Theirs(String),
    /// It is somebody else's phone.
    Not,
}

/// What is missing before the question may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// The platform has to be asked who this is.
    Platform,
    /// That can only be asked in the platform's own browser.
    ItsOwnBrowser,
    /// It is not theirs.
    Impossible,
}

impl Needs {
    pub(super) fn of(open: &Open, visitor: &Visitor) -> Self {
        let Some(connector) = &open.instance.connector else { return Self::Impossible };
        match &open.link.proof {
            Some(Proof::Theirs(browser)) if *browser == digest(&visitor.browser) => return Self::Nothing,
            Some(_) => return Self::Impossible,
            None => {}
        }
        let tells = |place| connector.silent_in(place);
        if tells(Place::of_agent(&visitor.agent)) {
            return Self::Platform;
        }
        let somewhere = [Place::WechatPhone, Place::Dingtalk, Place::Wecom].into_iter().any(tells);
        // A practice person's phone is a page in any browser: there the secret link is the proof.
        if somewhere && !open.instance.row.practice { Self::ItsOwnBrowser } else { Self::Nothing }
    }
}

/// What a trip that proves who holds the phone is for; in the payload of its leg.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Confirming {
    scene: String,
    key: String,
}

impl Login {
    /// Sends the phone to the platform, which answers without a tap.
    pub(super) async fn prove(&self, open: &Open, visitor: &Visitor) -> Result<Confirm, LoginError> {
        let particular = Particular::new(self, How::Silent);
        let local = Local::new(self, &visitor.address);
        let (Some(turn), Some(talk)) =
            (self.bare_turn(&open.instance, particular, (visitor, local)), &open.instance.connector)
        else {
            return Ok(Confirm::Over);
        };
        let Ok(Step::Go { url, memo, .. }) = in_time(talk.begin(&turn)).await else {
            return Ok(Confirm::Later { title: open.instance.row.title.clone() });
        };
        let confirming = Confirming { scene: open.link.scene.clone(), key: open.link.key.clone() };
        let interaction = &open.held.scene.interaction;
        self.put_confirming(&open.instance, (&turn.state, memo), (interaction, confirming), visitor).await?;
        Ok(Confirm::Go(turn.outbound.browser_url(&url)))
    }

    /// The callback of such a trip, taken just now: notes what the platform said, and shows the link's page again.
    pub(crate) async fn proved(
        &self,
        confirming: &Confirming,
        (state, memo): (&str, Option<String>),
        params: BTreeMap<String, String>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let back = self.confirm_page(confirming);
        let token = self.confirm_token(&confirming.scene, &confirming.key);
        let Some(open) = self.open_link(&token).await? else { return Ok(back) };
        if open.link.proof.is_some() {
            return Ok(back);
        }
        let particular = Particular { state: state.to_owned(), memo, how: How::Silent };
        let local = Local::new(self, &visitor.address);
        let answer = match (self.bare_turn(&open.instance, particular, (visitor, local)), &open.instance.connector) {
            (Some(turn), Some(talk)) => in_time(talk.answer(&turn, Reply::Callback(params))).await,
            _ => Err(Trouble::Misconfigured("the connector does not open".to_owned())),
        };
        let scanned = self.scanned_by(&open.link.scene, &open.scanner)?;
        let proof = match answer {
            Ok(Step::Known(identity)) if is_same(&scanned, &identity) => Some(Proof::Theirs(digest(&visitor.browser))),
            Ok(Step::Known(_)) => Some(Proof::Not),
            // That says nothing about who holds the phone: it may be asked once more.
            Ok(_) => None,
            Err(trouble) => {
                tracing::warn!(connector = open.instance.row.name, %trouble, "who holds the phone could not be asked");
                None
            }
        };
        self.note_proof(&open, proof, visitor).await?;
        Ok(back)
    }

    /// Back to the page of the link.
    pub(crate) fn confirm_page(&self, confirming: &Confirming) -> Stepped {
        Stepped::Confirm(self.confirm_token(&confirming.scene, &confirming.key))
    }

    /// Whether the platform has failed to say who holds the phone a moment ago: asked again at once,
    /// the phone would go to and fro.
    pub(super) fn failed_just_now(&self, open: &Open) -> bool {
        open.link.failed_at.is_some_and(|at| self.clock.now() < at + PAUSE)
    }

    async fn note_proof(&self, open: &Open, proof: Option<Proof>, visitor: &Visitor) -> Result<(), LoginError> {
        let (digest, version, expires_at) = (open.row.digest.clone(), open.row.version, open.row.expires_at);
        let failed_at = proof.is_none().then(|| self.clock.now());
        if proof == Some(Proof::Not) {
            let entry = self.confirm_entry(open, "somebody else holds the phone", visitor);
            commit(&self.store, vec![Write::Audit(entry)]).await?;
        }
        let payload = NewArtifact::payload_of(&Link { proof, failed_at, ..open.link.clone() });
        let noted = self.store.write(move |tx| {
            let (digest, payload) = (digest.clone(), payload.clone());
            Box::pin(async move { tx.swap(Kind::Confirmation, &digest, version, &payload, expires_at).await })
        });
        noted.await?;
        Ok(())
    }
}

/// Both came through one instance: a key that both have is the same person's.
fn is_same(scanned: &Identity, holding: &Identity) -> bool {
    holding.keys.iter().any(|key| scanned.keys.contains(key))
}
