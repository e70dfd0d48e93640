//! Hufu: an OpenID Connect provider and federation broker in one binary.
//!
//! The map. A layer knows only what stands above it in this list
//! (`tests/all/architecture.rs` reads the source and says so):
//!
//! - [`base`]: time, chance, secrets, the Internet.
//! - [`store`]: all SQL, one noun a file, on SQLite and PostgreSQL alike.
//! - [`oidc`]: the protocol; it has never heard of HTTP frameworks or pages.
//! - [`connectors`]: conversations with the platforms; they see `base` only.
//! - [`login`]: who is at the browser, and what is still missing.
//! - [`admin`]: changes by administrators: permission, change, audit.
//! - [`web`]: routes, pages, JSON; HTTP is only a skin.
//!
//! Beside them: [`practice`] (simulated platforms) and [`demo`] (a sample
//! application) see `base` and HTTP only; [`config`] is what an operator sets,
//! [`app`] builds the structs, [`jobs`] is what runs by itself, [`telemetry`]
//! logs and counts, [`cli`] is the command line.
//!
//! Read first: `web/mod.rs`, `login/interaction/`, `connectors/mod.rs`,
//! `oidc/authorize.rs`, `store/artifact.rs`.
#![forbid(unsafe_code)]

pub mod admin;
pub mod app;
pub mod base;
pub mod cli;
pub mod config;
pub mod connectors;
pub mod demo;
pub mod jobs;
pub mod login;
pub mod oidc;
pub mod practice;
pub mod store;
pub mod telemetry;
pub mod web;
