//! Integration tests, one binary.

mod oidc;
