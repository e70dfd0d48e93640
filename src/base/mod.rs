//! What every other folder stands on: time, chance, secrets, identifiers, the
//! Internet, and the small words for people and languages.
//!
//! It knows nothing of Hufu's own business: no user, no client, no page, no
//! table. Everything that would make a test unrepeatable comes from here.

pub mod bearer;
pub mod clock;
pub mod id;
pub mod lang;
pub mod network;
pub mod outbound;
pub mod people;
pub mod phone;
pub mod place;
pub mod random;
pub mod secret;
pub mod sentence;
