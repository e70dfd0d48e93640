//! What platforms tell us by themselves: server pushes and long-lived connections.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::{AppTokens, Identity, Key, Trouble};
use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;
use crate::base::lang::Lang;
use crate::base::outbound::Outbound;
use crate::base::random::Random;

/// A request at `/hook/{connector}`.
#[derive(Clone, Debug)]
pub struct Push {
    /// The address check of a platform is a GET, everything else a POST.
    pub is_post: bool,
    /// The query, each name once.
    pub query: BTreeMap<String, String>,
    /// The body, at most 64 KiB.
    pub body: Vec<u8>,
}

/// What a connector is given with a push.
pub struct HookTurn {
    /// The instance.
    pub connector: ConnectorId,
    /// The way out of this instance.
    pub outbound: Outbound,
    /// The moment.
    pub now: Seconds,
    /// Language of what is answered to the person's phone.
    pub lang: Lang,
    /// Nonces of sealed replies.
    pub random: Random,
    /// App-level tokens, shared by nodes.
    pub tokens: Arc<dyn AppTokens>,
    /// Ties a nonce to what came with it.
    pub nonces: Arc<dyn Nonces>,
    /// The page on which the person says yes to the sign-in behind a scene.
    pub confirm: Arc<dyn Confirmations>,
}

/// Remembers what a nonce came with, for all nodes, whatever becomes of the push.
pub trait Nonces: Send + Sync {
    /// Ties `nonce` to `content` for `life` seconds if it is tied to nothing yet; whether
    /// it is tied to this content, which a repetition of the same push has too.
    fn tie<'a>(&'a self, nonce: &'a str, content: &'a str, life: Seconds) -> BoxFuture<'a, Result<bool, Trouble>>;
}

/// The page on the phone that asks whether the sign-in on the desk is theirs.
pub trait Confirmations: Send + Sync {
    /// The page for this scene and whoever scanned it; `None` when nobody waits behind it.
    fn of<'a>(&'a self, scene: &'a str, identity: &'a Identity)
    -> BoxFuture<'a, Result<Option<Confirmation>, Trouble>>;
}

/// A page on the phone.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// Its address.
    pub url: String,
    /// More than a sign-in hangs on it: scanning is not saying yes, whatever the tenant chose.
    pub must_ask: bool,
}

/// What is answered to the platform, and what it told us.
#[derive(Debug, Default)]
pub struct Heard {
    /// The HTTP answer, within the platform's patience.
    pub answer: Answer,
    /// What is new.
    pub news: Vec<News>,
}

/// An HTTP answer.
#[derive(Debug, Default)]
pub struct Answer {
    /// 200 where it is 0.
    pub status: u16,
    /// `text/plain; charset=utf-8` where it is empty.
    pub media_type: &'static str,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// 200 with a plain text.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { status: 200, media_type: "text/plain; charset=utf-8", body: text.as_bytes().to_vec() }
    }

    /// Another status with a plain text.
    #[must_use]
    pub fn refused(status: u16, text: &str) -> Self {
        Self { status, ..Self::plain(text) }
    }
}

/// What a platform told us.
#[derive(Clone, Debug)]
pub enum News {
    /// Somebody held a phone up to the picture of this scene. It signs nobody in before they said yes.
    Seen {
        /// The scene of [`super::Turn::scene`].
        scene: String,
        /// Who, as the platform says.
        identity: Box<Identity>,
        /// The tenant chose that scanning is saying yes.
        approved: bool,
    },
    /// A member of the directory is new or changed: read them again.
    PersonChanged {
        /// The platform's own id of a member (userid).
        person: String,
    },
    /// A department is new, changed or gone: read it again.
    DepartmentChanged {
        /// The platform's own id.
        department: String,
    },
    /// A member left.
    Left {
        /// The platform's own id of a member.
        person: String,
    },
    /// A member's own id changed, which is their key too (`NewUserID` of WeChat Work).
    Renamed {
        /// As it was.
        from: Key,
        /// As it is, in the same space.
        to: Key,
    },
    /// Somebody withdrew what they had allowed, or closed their account there.
    Revoked {
        /// Who.
        key: Key,
        /// The account there is gone: the identity signs nobody in any more.
        closed: bool,
        /// Names the message: a second delivery must not end what began after the first.
        message: String,
    },
}

/// Where a long-lived connection puts what it hears.
pub trait Sink: Send + Sync {
    /// Takes the news; after `Ok` they are dealt with and may be acknowledged.
    fn take(&self, news: Vec<News>) -> BoxFuture<'_, Result<(), Trouble>>;
}
