//! Help, exit codes and the two ways of answering.

use super::Place;

#[test]
fn every_command_has_help_with_an_example() {
    let place = Place::new();
    for line in [
        "serve",
        "admin link",
        "app add",
        "app edit",
        "app redirect",
        "connector add",
        "connector edit",
        "connector move",
        "resource add",
        "resource list",
        "resource delete",
        "settings show",
        "settings password",
        "settings registration",
        "settings lives",
        "settings phone-limits",
        "key rotate",
        "config check",
        "backup",
        "restore",
        "user sign-out",
    ] {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        arguments.push("--help");
        let ran = place.run(&arguments);
        assert_eq!(ran.code, 0, "{line}");
        assert!(ran.out.contains("Example: "), "{line}: {}", ran.out);
    }
    let add = place.run(&["connector", "add", "--help"]).out;
    assert!(add.contains("--field client_id=") && !add.contains("--set client_id"), "{add}");
}

#[test]
fn exit_codes_tell_success_refusal_and_a_line_that_is_not_understood() {
    let place = Place::new();
    assert_eq!(place.run(&["app", "list"]).code, 0);
    assert_eq!(place.run(&["app", "show", "nobody"]).code, 1);
    assert_eq!(place.run(&["apps"]).code, 2);
    assert_eq!(place.run(&["settings", "password"]).code, 2);
    assert_eq!(place.run(&["connector", "move", "password", "sideways"]).code, 2);
}

#[test]
fn people_read_sentences_on_standard_output_and_refusals_on_standard_error() {
    let place = Place::new();
    let ran = place.run(&["settings", "registration", "off"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Nobody makes an account with a password.\n"));
    let ran = place.run(&["settings", "password", "--longest", "3"]);
    assert!(ran.code == 1 && ran.out.is_empty() && ran.err.starts_with("hufu: shortest: "), "{ran:?}");
}
