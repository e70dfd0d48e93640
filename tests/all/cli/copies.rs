//! `hufu backup` and `hufu restore`.

use super::Place;

#[test]
fn a_copy_that_is_put_back_stands_as_it_was_and_says_what_came_back() {
    let place = Place::new();
    place.json_of(&["user", "add", "--username", "first", "--no-password"], "");
    let copy = place.folder().join("copy.sqlite");
    let copy = copy.to_str().unwrap();
    place.json(&["backup", copy]);
    assert!(place.refused(&["backup", copy]).contains("exists"));
    place.json_of(&["user", "add", "--username", "second", "--no-password"], "");
    let ran = place.run(&["restore", copy]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for word in ["sessions", "refresh tokens", "hufu user sign-out"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    place.json(&["user", "show", "first"]);
    assert!(place.refused(&["user", "show", "second"]).contains("there is no person"));
    assert!(place.refused(&["restore", "nowhere.sqlite"]).contains("is not there"));
}

#[test]
fn a_file_that_is_no_copy_never_replaces_the_store() {
    let place = Place::new();
    place.json_of(&["user", "add", "--username", "first", "--no-password"], "");
    let broken = place.write("broken.sqlite", &"no database ".repeat(1000));
    place.refused(&["restore", &broken]);
    place.json(&["user", "show", "first"]);
}
