//! What everything stands on: chance, secrets, people's words, languages, and the one way out.

mod guard;
mod outbound;
mod outbound_tls;
mod people;
mod phone;
mod secrets;
