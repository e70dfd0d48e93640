//! The fake phone: what the people of the practice world hold in their hands.
//! It shows the messages they got (WeChat replies, short messages), the codes
//! that wait to be scanned anywhere in the practice world, and lets them follow,
//! rename themselves, refuse, leave the company.
//!
//! It knows the world and asks the platforms to act; it must not know how a
//! platform answers an application.
//!
//! For a platform that shows a code: [`store::Phone::offer`] when the code is
//! drawn, and read [`store::Phone::scan`] where the page polls. For a platform
//! that sends something: [`super::world::World::deliver`].

pub(super) mod acts;
mod control;
pub(super) mod holder;
pub(super) mod store;

use axum::Router;

use super::Practice;

pub(super) use store::{Message, Phone, Scan, ScanKind, ScanState, To};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    control::routes(practice)
}
