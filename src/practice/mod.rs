//! The practice platforms: GitHub, Google, a plain OpenID provider, a plain
//! OAuth 2 provider, WeChat, DingTalk, WeCom and the houses that send short
//! messages, simulated with their quirks, and a phone for everybody, so that a
//! newcomer, a test and a demo all run the true code path without an account
//! anywhere.
//!
//! It is written from the platforms' documents (`upstreams/`), never from our
//! connectors. It knows `base` and HTTP only; it must not know the store, the
//! protocol engine or a connector. Nothing in it is real: state is in memory,
//! bounded, and gone with the process.
//!
//! URL scheme: `{origin}/{real host}/{path}`.

mod answer;
mod authority;
mod clients;
mod consent;
mod control;
mod dingtalk;
mod fields;
mod github;
mod google_button;
mod guard;
mod home;
mod hosts;
mod jws;
mod oauth2;
mod openid;
mod pages;
mod people;
mod person_form;
mod phone;
mod pkce;
mod platform;
mod push;
mod shelf;
mod sms;
mod switches;
mod texts;
mod tickets;
mod watch;
mod wechat;
mod wecom;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::base::clock::{Clock, Seconds};
use crate::base::outbound::Outbound;
use crate::base::random::Random;
use world::World;

pub use authority::{Authority, NoCertificate};

/// The secret of every client that is registered from the start (`practice-github` and so on).
pub const CLIENT_SECRET: &str = "practice-secret";

/// All practice platforms under one router, to be served on a listener of its
/// own at `origin` (`http://127.0.0.1:8081`). Every path under `issuer` is a
/// registered redirect URI of the practice clients.
pub fn router(clock: Clock, random: Random, origin: &str, issuer: &str) -> Router {
    let issuer = issuer.trim_end_matches('/').to_owned();
    let world = World::new(&issuer);
    let practice = Practice(Arc::new(Inner {
        clock,
        random,
        origin: origin.trim_end_matches('/').to_owned(),
        issuer,
        way_out: push::way_out(),
        world: Mutex::new(world),
    }));
    Router::new()
        .merge(github::routes())
        .merge(openid::routes())
        .merge(oauth2::routes())
        .merge(phone::routes(&practice))
        .merge(sms::routes(&practice))
        .merge(wechat::routes(&practice))
        .merge(dingtalk::routes(&practice))
        .merge(wecom::routes(&practice))
        .merge(home::routes(&practice))
        .merge(control::routes(&practice))
        .fallback(home::not_found)
        .layer(from_fn_with_state(practice.clone(), watch::watch))
        .with_state(practice)
}

/// The same platforms under their real names: the request's host says which one
/// is meant, redirects name real hosts, other names get 421. The world's own
/// pages are at `origin` (`https://localhost:8443`).
pub fn router_by_host(clock: Clock, random: Random, origin: &str, application: &str) -> Router {
    hosts::by_host(router(clock, random, origin, application), origin)
}

/// What every handler holds: time, chance, addresses and the practice world.
#[derive(Clone)]
struct Practice(Arc<Inner>);

struct Inner {
    clock: Clock,
    random: Random,
    origin: String,
    issuer: String,
    way_out: Outbound,
    world: Mutex<World>,
}

impl Practice {
    fn now(&self) -> Seconds {
        self.0.clock.now()
    }

    fn random(&self) -> &Random {
        &self.0.random
    }

    /// Where browsers meet the practice platforms, without a trailing slash.
    fn origin(&self) -> &str {
        &self.0.origin
    }

    fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The door through which pushes leave; see [`push::send`].
    fn way_out(&self) -> &Outbound {
        &self.0.way_out
    }

    /// The world, for the length of one small change; never held across an await.
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
