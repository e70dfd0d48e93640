//! The protocol layer, without HTTP: requests in, typed answers out.

mod params;
mod redirect_uri;
mod response;
