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
mod deeds;
pub(super) mod holder;
mod page;
pub(super) mod store;
mod texts;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::{Practice, guard};

pub(super) use store::{Message, Phone, Scan, ScanKind, ScanState, To};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    Router::new()
        .route("/phone", get(page::choose))
        .route("/phone/{key}", get(page::phone))
        .route("/phone/{key}/{deed}", post(page::deed))
        .layer(from_fn_with_state(practice.clone(), guard::own_machine))
        .merge(control::routes(practice))
}
