//! Whatever a browser sends, it ends on a page or at a registered URI (security.md §4.2, property 5).

use hufu::oidc::error::Refusal;
use hufu::oidc::params::Params;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::requests::{legal, request};
use super::world::{CALLBACK, World, worlds};

const NAMES: [&str; 22] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "claims",
    "id_token_hint",
    "acr_values",
    "resource",
    "request",
    "request_uri",
    "registration",
    "authorization_details",
    "dpop_jkt",
    "ui_locales",
    "extra",
];

fn value() -> impl Strategy<Value = String> {
    let words = ["", "app", "none", "login", "code", "openid", "S256", "{}", "1", CALLBACK, "https://evil.example/"];
    prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        "\\PC{0,30}",
        "[{}\\[\\]\":,a-z0-9]{0,30}"
    ]
}

/// Some parameters of a good request changed, left out or added, some twice.
fn requests() -> impl Strategy<Value = Vec<(String, String)>> {
    let change = (prop::sample::select(NAMES.to_vec()), prop::option::of(value()), any::<bool>());
    prop::collection::vec(change, 0..4).prop_map(|changes| {
        let good = request(&[]);
        let mut pairs: Vec<_> = good.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for (name, value, replace) in changes {
            if replace || value.is_none() {
                pairs.retain(|(known, _)| known != name);
            }
            pairs.extend(value.map(|value| (name.to_owned(), value)));
        }
        pairs
    })
}

/// Of requests it accepts, and of errors it returns, this is where they go.
async fn way(world: &World, params: &Params) -> Option<(String, Option<String>)> {
    match world.oidc.read(params).await {
        Ok(request) => {
            assert!(request.code_challenge.is_some() && !request.scopes.is_empty());
            Some((request.return_to.redirect_uri, request.return_to.state))
        }
        Err(Refusal::Return { to, error }) => {
            legal(error);
            Some((to.redirect_uri, to.state))
        }
        Err(Refusal::Show(error)) => {
            legal(error);
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn property_5_every_request_ends_on_a_page_or_at_a_registered_uri() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            let mut runner = TestRunner::new(ProptestConfig::with_cases(500));
            let judged = runner.run(&requests(), |pairs| {
                let params = Params::from_pairs(pairs);
                if let Some((redirect_uri, state)) = runtime.block_on(way(&world, &params)) {
                    prop_assert_eq!(&*redirect_uri, CALLBACK);
                    prop_assert_eq!(params.get("client_id"), Some("app"));
                    prop_assert_eq!(state.as_deref(), params.get("state"));
                }
                Ok(())
            });
            judged.unwrap();
        });
    }
}
