//! `hufu user …`.

use super::Place;

#[test]
fn a_person_is_made_found_switched_signed_out_and_deleted() {
    let place = Place::new();
    let arguments = ["user", "add", "--username", "li.lei", "--name", "李雷", "--email", "lei@example.com"];
    let made = place.json_of(&arguments, "correct horse 1\n");
    assert_eq!(made["name"], "李雷");
    assert_eq!(place.json(&["user", "show", "lei@example.com"])["id"], made["id"]);
    place.json(&["user", "disable", "li.lei"]);
    assert_eq!(place.json(&["user", "show", "li.lei"])["state"], "disabled");
    place.json(&["user", "enable", "li.lei"]);
    place.json_of(&["user", "password", "li.lei"], "for today 42\n");
    place.json(&["user", "administrator", "li.lei"]);
    assert_eq!(place.json(&["user", "list", "--search", "li"])[0]["administrator"], true);
    assert!(place.refused(&["user", "delete", "li.lei"]).contains("last administrator"));
    place.json(&["user", "sign-out", "li.lei"]);
    place.json_of(&["user", "add", "--username", "han", "--no-password", "--administrator"], "");
    place.json(&["user", "delete", "li.lei"]);
    assert!(place.refused(&["user", "show", "li.lei"]).contains("there is no person"));
}
