//! Routes, pages, JSON, cookies and texts: HTTP is only a skin.
//!
//! It knows how a request becomes a call of `oidc`, `login` or `admin`, and how
//! the answer becomes bytes. It must not know SQL, and it decides nothing: who
//! may do what is said by the layers below.
//!
//! [`routes`] is the map of the product: every path on one screen.

pub mod account;
pub mod api;
pub mod assets;
pub mod bearer;
pub mod brand;
pub mod browser;
pub mod browser_store;
pub mod console;
pub mod error_page;
pub mod fault;
pub mod form;
pub mod guard;
pub mod health;
pub mod hook;
pub mod landing;
pub mod listeners;
pub mod login;
pub mod moment;
pub mod oidc;
pub mod page;
pub mod password_rules;
pub mod qr;
pub mod serve;
pub mod setup;
pub mod sms_report;
pub mod texts;
pub mod tls;
pub mod verification;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};
use ipnet::IpNet;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::base::outbound::{Limits, Outbound};
use crate::demo::DemoConfig;
use guard::cors;

/// Every path of the product.
#[rustfmt::skip]
#[expect(clippy::too_many_lines, reason = "the map of the product: a line for each path")]
fn routes(app: &App) -> Router<App> {
    // Read by any origin, with no cookie: ACAO `*` (security.md row 112).
    let open = Router::new()
        .route("/.well-known/openid-configuration",       get(oidc::metadata::discovery))
        .route("/.well-known/oauth-authorization-server", get(oidc::metadata::discovery))
        .route("/jwks",                                   get(oidc::metadata::jwks))
        .route("/token",                                  post(oidc::token::token))
        .route("/userinfo",                               get(oidc::userinfo::get).post(oidc::userinfo::post))
        .route("/revoke",                                 post(oidc::revoke::revoke))
        .route("/api/v1/connectors",                      get(api::connectors::get))
        .route("/api/v1/me",                              get(api::identities::account))
        .route("/api/v1/me/identities",                   get(api::identities::list).post(api::identities::bind))
        .route("/api/v1/me/identities/{subject}",         put(api::identities::change).delete(api::identities::unbind))
        .route("/api/v1/me/identities/{subject}/code",    post(api::identities::code))
        .route("/api/v1/me/identities/{subject}/ticket",  post(api::identities::ticket));
    // Called by servers only.
    let closed = Router::new()
        .route("/authorize-challenge",                    post(oidc::challenge::challenge))
        .route("/introspect",                             post(oidc::introspect::introspect))
        .route("/api/v1/users/{id}",                      get(api::identities::account))
        .route("/api/v1/users/{id}/identities",           get(api::identities::list).post(api::identities::bind))
        .route("/api/v1/users/{id}/identities/{subject}", put(api::identities::change).delete(api::identities::unbind))
        .route("/api/v1/users/{id}/identities/{subject}/code", post(api::identities::code))
        .route("/api/v1/users/{id}/identities/{subject}/ticket", post(api::identities::ticket))
        .route("/hook/{connector}",                       get(hook::hook).post(hook::hook))
        .route("/hook/sms/{sender}",                      post(sms_report::post))
        .route("/scan/seen",                              post(api::scan::seen))
        .route("/scan/answer",                            post(api::scan::answer));
    // Seen by a person in a browser: cookies, languages, CSRF.
    let pages = Router::new()
        .route("/authorize",                              get(oidc::authorize::get).post(oidc::authorize::post))
        .route("/end_session",                            get(oidc::end_session::get).post(oidc::end_session::post))
        .route("/end_session/confirm",                    post(oidc::end_session::confirm))
        .route("/",                                       get(landing::get))
        .route("/i/{id}",                                 get(login::show::get))
        .route("/i/{id}/form",                            post(login::steps::sign_in))
        .route("/i/{id}/register",                        post(login::steps::register))
        .route("/i/{id}/with/{connector}",                post(login::steps::with))
        .route("/i/{id}/answer/{connector}",              post(login::steps::answer))
        .route("/i/{id}/scan",                            get(login::scan::state).post(login::scan::finish))
        .route("/i/{id}/scan/picture",                    get(login::scan::picture))
        .route("/confirm/{token}",                        get(login::confirm::get).post(login::confirm::post))
        .route("/i/{id}/forgot",                          post(login::steps::forgot))
        .route("/i/{id}/own-number",                      post(login::steps::own_number))
        .route("/i/{id}/phone",                           post(login::steps::phone))
        .route("/i/{id}/other",                           post(login::steps::other))
        .route("/i/{id}/stranger",                        post(login::steps::stranger))
        .route("/i/{id}/account",                         post(login::steps::account))
        .route("/i/{id}/new-password",                    post(login::steps::new_password))
        .route("/i/{id}/organisation",                    post(login::steps::organisation))
        .route("/i/{id}/consent",                         post(login::steps::consent))
        .route("/i/{id}/cancel",                          post(login::steps::cancel))
        .route("/callback/{connector}",                   get(login::callback::get).post(login::callback::post))
        .route("/account",                                get(account::show::get))
        .route("/account/sign-out",                       post(account::changes::sign_out))
        .route("/account/sign-out-everywhere",            post(account::changes::sign_out_everywhere))
        .route("/account/sessions/{id}/end",              post(account::changes::end_session))
        .route("/account/applications/{id}/revoke",       post(account::changes::take_back))
        .route("/account/password",                       post(account::changes::change_password))
        .route("/account/first-password",                 post(account::ways::first_password))
        .route("/account/profile",                        post(account::ways::profile))
        .route("/account/phone",                          post(account::ways::phone))
        .route("/account/ways/{name}/bind",               post(account::ways::bind))
        .route("/account/ways/{name}/unbind",             post(account::ways::unbind))
        .route("/setup/{token}",                          get(setup::you::get).post(setup::you::post))
        .route("/admin",                                  get(console::home))
        .route("/admin/set-up/product",                   get(setup::product::get).post(setup::product::post))
        .route("/admin/set-up/methods",                   get(setup::methods::get))
        .route("/admin/set-up/methods/{kind}",            post(setup::methods::add))
        .route("/admin/set-up/done",                      get(setup::methods::done))
        .route("/admin/connectors",                       get(console::list::get))
        .route("/admin/connectors/{name}",                get(console::edit::get).post(console::edit::save))
        .route("/admin/connectors/{name}/enabled",        post(console::change::enabled))
        .route("/admin/connectors/{name}/move",           post(console::change::moved))
        .route("/admin/connectors/{name}/check",          post(console::edit::check))
        .route("/admin/connectors/{name}/delete",         get(console::delete::ask).post(console::delete::delete))
        .route("/admin/add-connector",                    get(console::add::gallery))
        .route("/admin/add-connector/{kind}",             get(console::add::form).post(console::add::add))
        .route("/admin/add-connector/{kind}/practice",    post(console::add::practice));

    Router::new()
        .merge(open.layer(from_fn(cors::open)))
        .merge(closed)
        .merge(seen_by_people(pages, app))
        .merge(demo(app))
        .route("/{file}",                                 get(verification::file))
        .route("/static/{file}",                          get(assets::file).layer(CompressionLayer::new()))
}

/// The sample application, `/demo…`, where practice is on.
fn demo(app: &App) -> Router<App> {
    if !app.config.practice.enabled {
        return Router::new();
    }
    // It asks this very server, which on a newcomer's machine stands on loopback.
    let mut policy = app.config.outbound.clone();
    policy.allow.extend([IpNet::from(IpAddr::from([127, 0, 0, 1])), IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST))]);
    let config = DemoConfig {
        issuer: app.config.issuer.clone(),
        client_id: "demo".to_owned(),
        outbound: Outbound::guarded(Arc::new(policy), Limits::default()),
        clock: app.clock.clone(),
        random: app.random.clone(),
    };
    crate::demo::router(config).with_state(())
}

/// What every page has: whose browser it is, and the language the person chose.
fn seen_by_people(pages: Router<App>, app: &App) -> Router<App> {
    let speaking = pages.layer(from_fn_with_state(app.clone(), page::speak));
    speaking.layer(from_fn_with_state(app.clone(), browser::recognise))
}

/// The whole product behind its guards. `stopping` turns `/readyz` off; it is the token that [`serve::serve`] waits for.
pub fn router(app: App, stopping: &CancellationToken) -> Router {
    router_with(app, stopping, Router::new())
}

/// As [`router`], with `more` pages behind the same guards.
pub fn router_with(app: App, stopping: &CancellationToken, more: Router<App>) -> Router {
    let guarded = routes(&app).merge(seen_by_people(more, &app)).fallback(fault::not_found);
    let everything = guard::around(guarded, &app).merge(health::routes(stopping.clone()));
    guard::outermost(everything, &app).with_state(app)
}
