//! The protocol layer, without HTTP: requests in, typed answers out.

mod authorize_accept;
mod authorize_any;
mod authorize_person;
mod authorize_scope;
mod authorize_way_back;
mod authorize_words;
mod discovery;
mod end_session;
mod id_tokens;
mod params;
mod redirect_uri;
mod requests;
mod response;
mod world;
