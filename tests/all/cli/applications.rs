//! `hufu app …` and `hufu resource …`.

use serde_json::json;

use super::Place;

const CALLBACK: &str = "https://wiki.example.com/callback";

fn with_wiki() -> Place {
    let place = Place::new();
    let made = place.json(&["app", "add", "--name", "Wiki", "--id", "wiki", "--redirect-uri", CALLBACK]);
    assert_eq!(made["client_id"], "wiki");
    assert!(made["client_secret"].as_str().unwrap().starts_with("hufu_cs_"));
    place
}

#[test]
fn an_application_is_added_with_all_that_may_be_said_of_it() {
    let place = Place::new();
    place.json(&["resource", "add", "https://api.example.com", "--scope", "read"]);
    #[rustfmt::skip]
    place.json(&["app", "add", "--name", "Wiki", "--id", "wiki", "--redirect-uri", CALLBACK,
        "--scope", "openid", "--scope", "read", "--resource", "https://api.example.com", "--connector", "password",
        "--logo-uri", "https://wiki.example.com/logo.png", "--policy-uri", "https://wiki.example.com/policy",
        "--tos-uri", "https://wiki.example.com/terms", "--default-max-age", "3600",
        "--post-logout-redirect-uri", "https://wiki.example.com/"]);
    let said = place.json(&["app", "show", "wiki"])["metadata"].clone();
    for (name, expected) in [
        ("scope", json!(["openid", "read"])),
        ("resources", json!(["https://api.example.com"])),
        ("connectors", json!(["password"])),
        ("logo_uri", json!("https://wiki.example.com/logo.png")),
        ("policy_uri", json!("https://wiki.example.com/policy")),
        ("tos_uri", json!("https://wiki.example.com/terms")),
        ("default_max_age", json!(3600)),
        ("post_logout_redirect_uris", json!(["https://wiki.example.com/"])),
    ] {
        assert_eq!(said[name], expected, "{name}");
    }
}

#[test]
fn an_edit_changes_what_is_given_and_leaves_the_rest() {
    let place = with_wiki();
    place.json(&["app", "edit", "wiki", "--scope", "openid", "--tos-uri", "https://wiki.example.com/terms"]);
    let said = place.json(&["app", "edit", "wiki", "--name", "Handbook", "--tos-uri", ""])["metadata"].clone();
    assert_eq!(said["client_name"], "Handbook");
    assert_eq!(said["scope"], json!(["openid"]));
    assert_eq!(said["redirect_uris"], json!([CALLBACK]));
    assert_eq!(said["tos_uri"], json!(null));
    assert_eq!(place.json(&["app", "edit", "wiki", "--scope", ""])["metadata"]["scope"], json!([]));
}

#[test]
fn pkce_is_excused_and_demanded_again() {
    let place = with_wiki();
    let excused = place.json(&["app", "edit", "wiki", "--no-pkce", "true"])["metadata"].clone();
    assert_eq!(excused["pkce_excused"], json!(true));
    assert_eq!(place.json(&["app", "edit", "wiki", "--name", "Wiki"])["metadata"]["pkce_excused"], json!(true));
    assert_eq!(place.json(&["app", "edit", "wiki", "--no-pkce", "false"])["metadata"]["pkce_excused"], json!(false));
    place.json(&["app", "add", "--name", "Page", "--id", "page", "--type", "spa", "--redirect-uri", CALLBACK]);
    assert!(place.refused(&["app", "edit", "page", "--no-pkce", "true"]).contains("pkce"), "it keeps no secret");
}

#[test]
fn signing_in_without_pages_is_switched_on_for_first_party_applications_only() {
    let place = Place::new();
    let add = ["app", "add", "--name", "Shop", "--id", "shop", "--type", "native"];
    let switched = [&add[..], &["--first-party", "--authorization-challenge"]].concat();
    // It needs no redirect URI: nobody is sent anywhere.
    assert_eq!(place.json(&switched)["client_id"], "shop");
    let said = place.json(&["app", "show", "shop"])["metadata"].clone();
    assert_eq!((&said["authorization_challenge"], &said["first_party"]), (&json!(true), &json!(true)));
    let refused = place.refused(&["app", "edit", "shop", "--first-party", "false"]);
    assert!(refused.contains("first-party"), "{refused}");
    let off = ["app", "edit", "shop", "--authorization-challenge", "false"];
    let refused = place.refused(&off);
    assert!(refused.contains("redirect_uris"), "without it one is needed: {refused}");
    place.json(&["app", "redirect", "shop", "--add", "app.example:/back"]);
    assert_eq!(place.json(&off)["metadata"]["authorization_challenge"], json!(false));
}

#[test]
fn what_an_application_names_must_be_there() {
    let place = with_wiki();
    for (flag, value, field) in [
        ("--resource", "https://nowhere.example.com", "resources: "),
        ("--connector", "nobody", "connectors: "),
        ("--logo-uri", "http://wiki.example.com/logo.png", "logo_uri: "),
        ("--scope", "two words", "scope: "),
        ("--default-max-age=-1", "", "default_max_age: "),
    ] {
        let mut arguments = vec!["app", "edit", "wiki", flag];
        arguments.extend(Some(value).filter(|value| !value.is_empty()));
        let said = place.refused(&arguments);
        assert!(said.starts_with(field), "{flag}: {said}");
    }
}

#[test]
fn a_redirect_that_is_refused_is_not_said_to_be_done() {
    let place = with_wiki();
    let said = place.refused(&["app", "redirect", "wiki", "--add", "http://wiki.example.com/plain"]);
    assert!(said.contains("redirect_uris"), "{said}");
    let second = "https://wiki.example.com/second";
    let client = place.json(&["app", "redirect", "wiki", "--add", second, "--remove", CALLBACK]);
    assert_eq!(client["metadata"]["redirect_uris"], json!([second]));
}

#[test]
fn an_application_is_switched_given_a_second_secret_and_deleted() {
    let place = with_wiki();
    place.json(&["app", "disable", "wiki"]);
    assert_eq!(place.json(&["app", "show", "wiki"])["enabled"], false);
    place.json(&["app", "enable", "wiki"]);
    let secret = place.json(&["app", "secret", "wiki"])["client_secret"].as_str().unwrap().to_owned();
    assert_eq!(place.json(&["app", "show", "wiki"])["secrets"].as_array().unwrap().len(), 2);
    place.json(&["app", "secret", "wiki", "--remove", &secret[secret.len() - 4..]]);
    assert_eq!(place.json(&["app", "list"])[0]["secrets"].as_array().unwrap().len(), 1);
    place.json(&["app", "delete", "wiki"]);
    assert!(place.refused(&["app", "show", "wiki"]).contains("there is no application"));
}

#[test]
fn a_resource_is_added_replaced_and_deleted() {
    let place = Place::new();
    let id = "https://api.example.com";
    place.json(&["resource", "add", id, "--scope", "read"]);
    place.json(&["resource", "add", id, "--title", "API", "--jwt-access-tokens", "--token-life", "120"]);
    let all = place.json(&["resource", "list"]);
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["metadata"]["title"], "API");
    assert_eq!(all[0]["metadata"]["scopes"], json!([]));
    assert_eq!(all[0]["metadata"]["token_life"], 120);
    for (arguments, field) in [
        (vec!["resource", "add", "api"], "id: "),
        (vec!["resource", "add", "https://api.example.com/#part"], "id: "),
        (vec!["resource", "add", id, "--token-life", "1"], "token_life: "),
        (vec!["resource", "add", id, "--introspector", "nobody"], "introspectors: "),
    ] {
        let said = place.refused(&arguments);
        assert!(said.starts_with(field), "{arguments:?}: {said}");
    }
    place.json(&["resource", "delete", id]);
    assert_eq!(place.json(&["resource", "list"]), json!([]));
    assert!(place.refused(&["resource", "delete", id]).contains("there is no resource"));
}
