//! `/account`: what a person sees and changes of their own.
//!
//! It shows the person of this browser's session and nobody else: no id in a
//! request chooses whose data is touched. It must not decide who that is.

pub mod activity;
pub mod changes;
pub mod data;
pub mod device;
mod go_on;
pub mod show;
pub mod ways;
