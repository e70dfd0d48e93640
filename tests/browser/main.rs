//! The real binary in real Chromium: a newcomer's first five minutes, and every page in every look.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod account;
mod browser;
mod ending;
mod in_apps;
mod journey;
mod looks;
mod numbers;
mod organisations;
mod phones;
mod server;
