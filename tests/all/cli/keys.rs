//! `hufu key …`.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::{Connection as _, Executor as _};

use super::Place;

fn kids(keys: &Value, state: &str) -> BTreeSet<String> {
    let rows = keys.as_array().unwrap().iter().filter(|key| key["state"] == state);
    rows.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn set(said: &Value) -> BTreeSet<String> {
    said.as_array().unwrap().iter().map(|kid| kid.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_rotation_too_early_is_refused_with_the_moment_from_which_it_is_not() {
    let place = Place::new();
    let said = place.refused(&["key", "rotate"]);
    let moment = said.split_whitespace().find(|word| word.contains('T') && word.ends_with('Z')).unwrap();
    let format = &time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::parse(moment, format).unwrap();
}

#[tokio::test]
async fn a_rotation_says_what_signs_what_comes_next_and_what_is_only_published() {
    let place = Place::new();
    let before = place.json(&["key", "list"]);
    let mut connection = sqlx::SqliteConnection::connect(place.store().to_str().unwrap()).await.unwrap();
    connection.execute("UPDATE keys SET created_at = created_at - 3600").await.unwrap();
    connection.close().await.unwrap();
    let said = place.json(&["key", "rotate"]);
    let after = place.json(&["key", "list"]);
    assert_eq!(set(&said["signs"]), kids(&before, "next"));
    assert_eq!(set(&said["signs"]), kids(&after, "signs"));
    assert_eq!(set(&said["published"]), kids(&before, "signs"));
    assert_eq!(set(&said["next"]), kids(&after, "next"));
    // What signs before its planned moment signs: the doctor counts as the key ring does.
    let found = place.run(&["doctor", "--json"]).out;
    assert!(found.contains(&format!("{} sign, ", kids(&after, "signs").len())), "{found}");
    assert_eq!(set(&said["next"]).len(), set(&said["signs"]).len());
}

#[test]
fn a_master_key_is_made_and_accepted() {
    let place = Place::new();
    let key = place.json(&["key", "master"])["master_key"].as_str().unwrap().to_owned();
    assert_eq!(place.run_with(&[("HUFU_MASTER_KEY", &key)], &["config", "check"], "").code, 0);
}
