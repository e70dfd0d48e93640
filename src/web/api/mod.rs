//! JSON for programs of the house: mini programs and native applications.
//!
//! It turns JSON into the engine's verbs and back. No cookie, no page; it
//! must not decide anything.

pub mod scan;
