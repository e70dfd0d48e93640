//! The protocol layer, without HTTP: requests in, typed answers out.

mod assertions;
mod authorize_accept;
mod authorize_any;
mod authorize_person;
mod authorize_scope;
mod authorize_way_back;
mod authorize_words;
mod client_auth;
mod client_limits;
mod discovery;
mod end_session;
mod id_tokens;
mod introspect;
mod jose;
mod keys;
mod params;
mod redeeming;
mod redirect_uri;
mod requests;
mod response;
mod revoke;
mod token_code;
mod token_confusion;
mod token_refresh;
mod token_shape;
mod userinfo;
pub mod world;
