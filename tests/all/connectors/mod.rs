//! Conversations with platforms, scripted on loopback and reached behind their real URLs.

mod answers;
mod doctor;
mod github;
mod google;
mod kinds;
mod oauth2;
mod oidc;
mod oidc_tokens;
mod push;
mod senders;
mod signer;
mod turns;
