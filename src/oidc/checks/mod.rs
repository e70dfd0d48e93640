//! The checks of an authorization request, one a file, each beside the clause it comes from.
//!
//! A check reads the parameters, refuses with the standard's error, or notes
//! what it found in the request. It knows neither the order (that is a table in
//! `authorize.rs`) nor whether its error is shown or sent back.

pub mod acr;
pub mod authorization_details;
pub mod claims;
pub mod client;
pub mod dpop_jkt;
pub mod duplicates;
pub mod hints;
pub mod id_token_hint;
pub mod max_age;
pub mod nonce;
pub mod offline_access;
pub mod pkce;
pub mod prompt;
pub mod redirect_uri;
pub mod registration;
pub mod request_object;
pub mod resource;
pub mod response_mode;
pub mod response_type;
pub mod scope;
pub mod state;

use futures::future::BoxFuture;

use super::Oidc;
use super::authorize::AuthorizeRequest;
use super::error::Error;
use super::params::Params;
use crate::base::id::UserId;
use crate::store::clients::Client;

/// A request being read: client and way back are verified, the rest fills up check by check.
pub struct Reading<'a> {
    pub(super) oidc: &'a Oidc,
    pub(super) params: &'a Params,
    pub(super) client: &'a Client,
    pub(super) request: AuthorizeRequest,
    /// Scopes that the resources asked for define.
    pub(super) resource_scopes: Vec<String>,
}

/// One line of the table.
pub enum Check {
    /// Judges by the words alone.
    Words(fn(&mut Reading<'_>) -> Result<(), Error>),
    /// Has to look something up.
    Store(for<'r> fn(&'r mut Reading<'_>) -> BoxFuture<'r, Result<(), Error>>),
}

impl Check {
    /// Runs it.
    ///
    /// # Errors
    /// What the check refuses with.
    pub async fn run(&self, reading: &mut Reading<'_>) -> Result<(), Error> {
        match self {
            Self::Words(check) => check(reading),
            Self::Store(check) => check(reading).await,
        }
    }
}

impl Reading<'_> {
    /// Notes whom the request demands. `None`, or two who differ: a demand that nobody can meet.
    fn demand(&mut self, user: Option<UserId>) {
        let user = user.unwrap_or_else(nobody);
        self.request.wanted_user = match self.request.wanted_user.take() {
            Some(other) if other != user => Some(nobody()),
            _ => Some(user),
        };
    }
}

/// An id that no person has: theirs are ULIDs.
fn nobody() -> UserId {
    UserId::new("nobody")
}
