//! Changes by administrators: permission, change, audit — in that order, always.

use std::sync::Arc;

use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::base::secret::Sealer;
use crate::store::Store;

/// The administrators' verbs, shared by console and command line. Cheap to clone.
#[derive(Clone)]
pub struct Admin {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) sealer: Arc<Sealer>,
}
