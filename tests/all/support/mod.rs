//! What tests of every layer share: real stores, a real server, a test clock.
//!
//! It knows how to start things and how to clean up after them; it asserts nothing itself.

pub mod http;
pub mod raw;
pub mod server;
pub mod size;
pub mod stores;
pub mod upstream;
