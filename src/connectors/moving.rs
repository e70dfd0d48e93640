//! People who were moved to another account over there, and got other subjects by it (upstreams/wechat.md §1.2).

use futures::future::BoxFuture;

use super::{Key, Trouble};

/// Subjects that are asked about at once, at most.
pub const AT_ONCE: u32 = 100;

/// Whose subjects changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// What the platform calls the account they came from (`gh_…`).
    pub account: String,
    /// The application that they were known to there (its `AppID`).
    pub application: String,
}

/// Old and new key of each of those that the platform tells; about the others it says nothing.
pub type Told<'a> = BoxFuture<'a, Result<Vec<(Key, Key)>, Trouble>>;
