//! Conversations with platforms, scripted on loopback and reached behind their real URLs.

mod answers;
mod dingtalk;
mod doctor;
mod github;
mod google;
mod hearing;
mod kinds;
mod oauth2;
mod oidc;
mod oidc_clients;
mod oidc_tokens;
mod push;
mod senders;
mod signer;
mod token_names;
mod turns;
mod wechat_mini;
mod wechat_official;
mod wechat_website;
mod wecom;
