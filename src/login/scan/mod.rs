//! Signing in by a phone that is held up to a picture (upstreams/wechat.md §5.11).
//!
//! A scene is what the picture carries. It is no credential: whoever
//! photographs the screen has it. It is bound to the browser that asked for
//! it, and says nothing until the person on the phone has said yes. All of it
//! stands in the store: one node may draw the picture and another hear of it.

mod confirm;
mod desk;
mod drawing;
mod heard;
mod program;
mod proof;
mod scene;

pub(crate) use confirm::Links;
pub use confirm::{Asked, Confirm, Shown};
pub use desk::ScanState;
pub use program::ScanTrouble;
pub(crate) use proof::Confirming;
pub use scene::{Binds as Bound, Links as Linked};
