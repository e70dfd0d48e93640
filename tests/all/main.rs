//! Integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod account;
mod architecture;
mod base;
mod cli;
mod connectors;
mod console;
mod demo;
mod login;
mod oidc;
mod organisations;
mod pages;
mod practice;
mod protocol;
mod reliability;
mod relying_parties;
mod store;
mod support;
mod ways;
mod web;
