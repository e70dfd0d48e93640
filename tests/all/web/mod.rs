//! The edge of the server over real HTTP: what every answer carries, and what is refused before anybody is asked.

mod cookies;
mod cors;
mod endpoints;
mod floods;
mod form_post;
mod forms;
mod headers;
mod hooks;
mod host;
mod limits;
mod metadata;
mod metrics;
mod sign_out;
mod smuggling;
mod stopping;
mod tls;
mod trouble;
