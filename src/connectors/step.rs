//! What a connector says is to be done next.

use crate::base::clock::Seconds;

use super::Identity;

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Send the browser there.
    Go {
        /// The platform's real address; the engine turns it into its practice stand-in.
        url: String,
        /// Comes back as [`super::Turn::memo`].
        memo: Option<String>,
        /// The same sign-in inside our page, where the platform has such a thing and [`super::Turn::frame`] asked for it.
        frame: Option<Frame>,
    },
    /// Show this form and come back with what was filled in.
    Ask {
        /// Which one.
        form: Form,
        /// Comes back as [`super::Turn::memo`].
        memo: Option<String>,
    },
    /// Show this picture until a phone has been held up to it.
    Scan(Scan),
    /// This is who they are.
    Known(Box<Identity>),
}

impl Step {
    /// Send the browser there; nothing to remember, no frame.
    #[must_use]
    pub const fn go(url: String) -> Self {
        Self::Go { url, memo: None, frame: None }
    }
}

/// A platform's own page with its QR code, shown in a frame of ours.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Frame {
    /// The platform's real address; it is the one host that `frame-src` opens.
    pub url: String,
    /// How it says that it is done.
    pub ends: FrameEnd,
    /// Width and height in CSS pixels.
    pub size: (u16, u16),
}

/// How a frame says that the person has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameEnd {
    /// It goes to the callback itself, or sends the window there: our callback leaves the frame by itself.
    Goes,
    /// It posts `{success: true, redirectUrl: …}` to us; we go there when it is our callback (DingTalk).
    Posts,
}

/// A picture for a phone's camera.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What to show.
    pub picture: Picture,
    /// For how many seconds it is good.
    pub lifetime: Seconds,
    /// With what it is scanned, for the sentence beside it.
    pub app: ScannedWith,
}

/// What to show.
#[derive(Clone, Debug)]
pub enum Picture {
    /// A text that we draw as a QR code.
    Text(String),
    /// A picture the platform drew.
    Image {
        /// `image/jpeg` or `image/png`.
        media_type: &'static str,
        /// As it came, at most 256 KiB.
        bytes: Vec<u8>,
    },
}

/// The application on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannedWith {
    /// WeChat.
    Wechat,
    /// DingTalk.
    Dingtalk,
    /// WeChat Work.
    Wecom,
}

/// A form of the connector's own.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `username` and `password`.
    NameAndPassword,
    /// `phone` (and `country`): where to send a code.
    PhoneNumber {
        /// The number typed before was none, and why.
        wrong: Option<PhoneWrong>,
    },
    /// `code`: what was sent.
    PhoneCode {
        /// The number as it may be shown: `+86 138****0000`.
        to: String,
        /// From when on another code may be asked for, seconds since 1970.
        again_at: Seconds,
        /// Tries left, once one was wrong.
        left: Option<u32>,
    },
    /// `code`: a one-time code that the platform's script gets from the program the page runs in.
    InAppCode {
        /// DingTalk's corp id.
        corp_id: String,
        /// DingTalk's client id.
        client_id: String,
    },
}

/// Why no code was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneWrong {
    /// Not a number that can receive messages.
    NotANumber,
    /// A country that the administrator did not open.
    Country,
    /// Too many codes lately, for this number or from here.
    TooMany,
    /// No sender took the message.
    NotSent,
}
