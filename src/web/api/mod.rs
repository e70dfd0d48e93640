//! JSON for programs: mini programs, native applications, and services of the house.
//!
//! It turns JSON into the engine's verbs and back. No cookie, no page; it
//! must not decide anything.

pub mod connectors;
mod fault;
pub mod identities;
pub mod scan;

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Extensions, HeaderMap};

use crate::base::lang::{Lang, Wish};
use crate::login::Visitor;
use crate::web::guard::proxies::ClientAddress;
use crate::web::guard::trace::RequestId;

pub use fault::ApiFault;

/// A program has no browser of ours: where it stands, and nothing more.
pub(in crate::web) fn visitor(headers: &HeaderMap, extensions: &Extensions) -> Visitor {
    let agent = headers.get(http::header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let accepted = headers.get(http::header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Visitor {
        browser: String::new(),
        last_way: None,
        session: None,
        agent: agent.unwrap_or_default().chars().take(300).collect(),
        // Mini programs say nothing about languages; their people read Chinese.
        wish: Wish::of(None, accepted, Lang::Zh),
        address: ClientAddress::of(extensions),
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    }
}

/// The program that calls.
#[derive(Debug)]
pub struct Caller(pub Visitor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(visitor(&parts.headers, &parts.extensions)))
    }
}
