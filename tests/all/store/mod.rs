//! The store on both databases: each method, races, damage, two nodes.
//!
//! It knows rows and transactions; it must not know protocol or pages.

mod artifacts;
mod attempts;
mod configuration;
mod damage;
mod logouts;
pub mod make;
mod nodes;
mod opening;
mod people;
mod properties;
mod races;
mod races_connectors;
mod races_directories;
mod races_merging;
mod races_messages;
mod races_organisations;
mod races_ways;
mod senders;
mod sessions;
mod writing;
