//! The protocol's endpoints: a form in, JSON or a redirect out.
//!
//! Each handler only translates; what a request means is said by `crate::oidc`
//! and `crate::login`.

pub mod authorize;
pub mod challenge;
pub mod end_session;
pub mod introspect;
pub mod metadata;
pub mod response;
pub mod revoke;
pub mod token;
pub mod userinfo;
