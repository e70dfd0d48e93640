//! Every way in, through the practice platforms: the real server, the platforms on a listener of their own,
//! a fake phone, a person's browser, and an application that wants tokens at the end.

mod challenge;
mod challenge_people;
mod challenge_refusals;
mod challenge_wechat;
mod dingtalk;
mod elsewhere;
mod identities;
mod identities_numbers;
mod identities_refusals;
mod languages;
pub mod leaving;
mod migration;
mod mini;
mod official_desk;
mod official_inside;
pub mod place;
mod program;
mod remembered;
pub mod sms;
mod sms_reports;
mod together;
mod two_nodes;
mod two_nodes_codes;
pub mod visit;
mod website;
pub mod wecom;
