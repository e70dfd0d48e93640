//! Integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod base;
mod connectors;
mod demo;
mod oidc;
mod pages;
mod practice;
mod store;
mod support;
mod web;
