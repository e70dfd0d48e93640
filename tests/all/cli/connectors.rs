//! `hufu connector …`.

use serde_json::Value;

use super::Place;

fn with_github() -> Place {
    let place = Place::new();
    let arguments = ["connector", "add", "github", "--title", "GitHub", "--field", "client_id=Ov23liabc"];
    let made = place.json_of(&arguments, "the-secret\n");
    assert!(made["callback_url"].as_str().unwrap().ends_with("/callback/github"));
    place
}

fn order(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[test]
fn an_edit_changes_what_is_given_and_keeps_fields_and_secret() {
    let place = with_github();
    let row = place.json(&["connector", "edit", "github", "--rule", "ask", "--registration", "false"]);
    assert_eq!((&row["rule"], &row["registration"]), (&"ask".into(), &false.into()));
    let row = place.json(&["connector", "edit", "github", "--title", "Our GitHub", "--field", "client_id=Ov23lixyz"]);
    assert_eq!((&row["title"], &row["rule"]), (&"Our GitHub".into(), &"ask".into()));
    place.json_of(&["connector", "edit", "github", "--secret", "client_secret"], "another-secret\n");
    let said = place.refused(&["connector", "edit", "github", "--field", "colour=red"]);
    assert!(said.starts_with("colour: "), "{said}");
    assert!(place.refused(&["connector", "edit", "github", "--field", "colour"]).contains("KEY=VALUE"));
    assert!(place.refused(&["connector", "edit", "nobody", "--title", "X"]).contains("there is no connector"));
}

#[test]
fn a_check_of_what_has_nothing_to_check_says_so() {
    let place = Place::new();
    let said = place.run(&["connector", "check", "password"]);
    assert_eq!((said.code, said.out.trim()), (0, "There is nothing to ask anybody about this one."), "{said:?}");
    assert_eq!(place.json(&["connector", "check", "password"]), serde_json::json!([]));
}

#[test]
fn a_connector_is_moved_switched_and_deleted() {
    let place = with_github();
    assert_eq!(order(&place.json(&["connector", "list"])), ["password", "github"]);
    assert_eq!(order(&place.json(&["connector", "move", "github", "up"])), ["github", "password"]);
    assert_eq!(order(&place.json(&["connector", "move", "github", "up"])), ["github", "password"]);
    assert_eq!(order(&place.json(&["connector", "move", "github", "down"])), ["password", "github"]);
    place.json(&["connector", "disable", "github"]);
    assert!(place.refused(&["connector", "disable", "password"]).contains("last way in"));
    place.json(&["connector", "enable", "github"]);
    place.json(&["connector", "delete", "github"]);
    assert_eq!(order(&place.json(&["connector", "list"])), ["password"]);
}
