//! The account page over HTTP: ways in with proof, one's number, profile, password, activity.

mod again;
mod merging;
mod numbers;
pub mod person;
mod profile;
mod refusals;
mod ways;
