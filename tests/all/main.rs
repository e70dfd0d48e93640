//! Integration tests, one binary.

mod oidc;
mod pages;
mod store;
mod support;
