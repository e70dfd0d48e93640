//! A platform's directory: what it says by itself, and reading it as a whole.
//! It knows organisations and connectors; who is a member is decided by the
//! store in the transaction that takes a page. A directory proves nothing about
//! anybody's number or address.

mod changes;
mod finish;
mod outsider;
mod pace;
mod pass;
mod renamed;
mod schedule;
mod take;

pub(crate) use outsider::Door;
pub use pass::Sync;
