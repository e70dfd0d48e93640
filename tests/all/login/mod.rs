//! The sign-in engine over both stores, without HTTP: people, sessions,
//! connectors, consent. The platform is a scripted connector; what the real
//! ones say is tested with them.

mod answers;
mod app_tokens;
mod bind_phone;
mod callbacks;
mod directory;
mod doors;
mod forgot;
mod frames;
mod handset;
mod hooks;
mod house;
mod newcomers;
mod outbox;
pub mod password_floods;
mod passwords;
mod phone_codes;
mod pictures;
mod practice_phones;
mod scan;
mod senders;
mod sequences;
mod sequences_doors;
mod sessions;
mod silent;
mod sms;
mod subjects;
mod untyped;
