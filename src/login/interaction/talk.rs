//! A conversation with a connector that goes on inside our pages: a form of
//! its own, a picture to be scanned, a frame of the platform's.

use serde::{Deserialize, Serialize};

use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;
use crate::connectors::{Form, FrameEnd, ScannedWith};

/// How a way in was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// By its button.
    #[default]
    Plain,
    /// The same, on a desk: the platform's own QR code may stand in our page.
    Frame,
    /// By itself, in the platform's own browser: nobody pressed anything.
    Silent,
}

/// Which conversation, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// The instance.
    pub connector: ConnectorId,
    /// Digest of the settings it was begun with (security.md row 183).
    pub settings: String,
    /// How it was begun.
    pub how: How,
    /// What its page shows.
    pub stage: Stage,
}

/// What the page of a conversation shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A form of the connector's own.
    Ask {
        /// Which one.
        form: Form,
        /// The connector's own JSON, sealed.
        memo: Option<String>,
    },
    /// A picture for a phone's camera.
    Scan {
        /// Digest of the scene; its row has the state.
        scene: String,
        /// The text to draw; `None`: the platform drew the picture, which has a row of its own.
        text: Option<String>,
        /// With what it is scanned.
        app: ScannedWith,
        /// From then on nobody can begin to scan it.
        until: Seconds,
    },
    /// The platform's own page in a frame.
    Frame {
        /// Its address as the browser opens it, sealed: the state is in it.
        url: String,
        /// How it says that it is done.
        ends: FrameEnd,
        /// Width and height in CSS pixels.
        size: (u16, u16),
        /// From then on its answer is refused.
        until: Seconds,
    },
}
