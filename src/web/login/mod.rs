//! The pages of the way in: `/i/{id}` and what is posted to it, and the platforms' callbacks.
//!
//! It turns requests into the engine's verbs and its views into pages. It must
//! not decide anything: what comes next is `login::interaction`'s to say.

pub mod ask;
pub mod callback;
pub mod choose;
pub mod confirm;
pub mod consent;
pub mod frame;
mod named;
pub mod organisation;
pub mod pages;
pub mod phone;
pub mod register;
pub mod scan;
pub mod show;
pub mod steps;
