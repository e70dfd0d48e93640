//! The sign-in engine over both stores, without HTTP: people, sessions,
//! connectors, consent. The platform is a scripted connector; what the real
//! ones say is tested with them.

mod answers;
mod callbacks;
mod doors;
mod house;
mod newcomers;
mod passwords;
mod sessions;
