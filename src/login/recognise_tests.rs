//! What of an identity is kept, and in which world.

use super::*;

#[test]
fn a_practice_platform_cannot_speak_for_the_real_one() {
    let identity =
        Identity { keys: vec![Key { space: "github.com".to_owned(), value: "1".to_owned() }], ..Identity::default() };
    assert_eq!(stored_keys(&identity, false)[0].space, "github.com");
    assert_eq!(stored_keys(&identity, true)[0].space, "practice/github.com");
}

#[test]
fn s187_names_from_outside_are_cleaned_and_pictures_only_noted() {
    let identity = cleaned(Identity {
        name: Some("Eve\u{202e}\u{0}  <b>\n".to_owned()),
        username: Some("\u{200b}".to_owned()),
        avatar: Some("javascript:alert(1)".to_owned()),
        ..Identity::default()
    });
    assert_eq!(identity.name.as_deref(), Some("Eve <b>"));
    assert_eq!(identity.username, None);
    assert_eq!(identity.avatar, None);
}
