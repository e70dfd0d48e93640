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

#[test]
fn two_people_are_merged_after_a_preview_and_parted_again() {
    let place = Place::new();
    let kept = place.json_of(&["user", "add", "--username", "lei", "--no-password"], "");
    let absorbed =
        place.json_of(&["user", "add", "--username", "li.lei", "--email", "lei@example.com"], "correct horse 1\n");
    let preview = place.json(&["user", "merge", "lei", "li.lei", "--preview"]);
    assert_eq!((&preview["kept"], &preview["absorbed"]), (&kept["id"], &absorbed["id"]));
    assert_eq!((&preview["password"], &preview["names"]["email"][0]), (&true.into(), &"lei@example.com".into()));
    assert_eq!(preview["names_that_stay"][0], "li.lei");
    assert_eq!(place.json(&["user", "show", "li.lei"])["state"], "active", "a preview changes nothing");
    let words = place.run(&["user", "merge", "lei", "li.lei"]);
    assert!(words.out.contains("The password goes over.") && words.out.contains("hufu user unmerge"), "{words:?}");
    assert_eq!(place.json(&["user", "show", "lei@example.com"])["id"], kept["id"]);
    assert_eq!(place.json(&["user", "show", "li.lei"])["state"], "disabled");
    assert!(place.refused(&["user", "enable", "li.lei"]).contains("merged into"));
    assert!(place.refused(&["user", "merge", "lei", "li.lei"]).contains("merged already"));
    assert_eq!(place.json(&["user", "merges"]), serde_json::json!([]), "no open case");
    let done = place.json(&["user", "merges", "--done"]);
    assert_eq!((&done[0]["absorbed"], &done[0]["undone_at"]), (&absorbed["id"], &serde_json::Value::Null));
    place.json(&["user", "unmerge", "li.lei"]);
    assert_eq!(place.json(&["user", "show", "lei@example.com"])["id"], absorbed["id"]);
    assert!(place.refused(&["user", "unmerge", "li.lei"]).contains("there is no merge"));
}
