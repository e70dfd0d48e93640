//! Organisations over HTTP: what applications are told, the chooser, limits, who joins by signing in, the files
//! that platforms fetch, and what happens when somebody leaves.

mod chooser;
mod claims;
mod domains;
mod ear;
mod files;
mod first_sign_in;
mod leaving;
mod leaving_offline;
mod limits;
mod logout_tokens;
mod renamed;
mod support;
mod turned_away;
