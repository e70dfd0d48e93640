//! Integration tests, one binary.

mod oidc;
mod pages;
