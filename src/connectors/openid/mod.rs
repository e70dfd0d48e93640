//! What every OpenID provider has: discovery, keys, ID tokens and userinfo.
//!
//! It knows the protocol, no platform: whose issuer counts, whose hosted
//! domain is let in and whose e-mail is proven is said by the connectors.
//! The `openidconnect` crate reads metadata and keys and verifies signatures;
//! the claims are compared here, because the crate's own reader takes neither
//! Google's issuer without a scheme nor claims it has no type for.

pub mod assertion;
pub mod check;
pub mod id_token;
pub mod keys;
pub mod metadata;
pub mod provider;
pub mod tenants;
pub mod userinfo;
