//! The account page over HTTP: ways in with proof, one's number, profile, password, activity.

mod merging;
mod numbers;
mod person;
mod profile;
mod refusals;
mod ways;
