//! Hufu: an OpenID Connect provider and federation broker in one binary.
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
