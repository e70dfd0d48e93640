//! Every branch of `decide`.

use super::*;

fn found(user: &str) -> Found {
    Found { user: UserId::new(user), active: true, practice: false }
}

fn evidence(rule: FirstSignIn, registration: bool, resembles: bool) -> Evidence {
    Evidence { by_key: Vec::new(), resembles, practice: false, rule, registration }
}

#[test]
fn a_known_key_is_its_person_under_every_rule() {
    for rule in [FirstSignIn::Create, FirstSignIn::Ask, FirstSignIn::Invited] {
        for registration in [true, false] {
            let known = Evidence { by_key: vec![found("u")], ..evidence(rule, registration, true) };
            assert_eq!(decide(&known), Decision::User(UserId::new("u")));
        }
    }
}

#[test]
fn a_disabled_person_and_one_of_the_other_world_are_refused() {
    let disabled =
        Evidence { by_key: vec![Found { active: false, ..found("u") }], ..evidence(FirstSignIn::Create, true, false) };
    assert_eq!(decide(&disabled), Decision::Refuse(UpstreamNotice::NotAllowed));
    let practice =
        Evidence { by_key: vec![Found { practice: true, ..found("u") }], ..evidence(FirstSignIn::Create, true, false) };
    assert_eq!(decide(&practice), Decision::Refuse(UpstreamNotice::NotAllowed));
    let real = Evidence { by_key: vec![found("u")], practice: true, ..evidence(FirstSignIn::Create, true, false) };
    assert_eq!(decide(&real), Decision::Refuse(UpstreamNotice::NotAllowed));
}

#[test]
fn keys_of_two_people_are_never_merged() {
    let two = Evidence { by_key: vec![found("u"), found("v")], ..evidence(FirstSignIn::Create, true, false) };
    assert_eq!(decide(&two), Decision::Ambiguous);
}

#[test]
fn an_unknown_key_follows_the_connectors_rule() {
    use Decision::{Enrol, ProveOldAccount, Refuse};
    use FirstSignIn::{Ask, Create, Invited};
    let not_invited = Refuse(UpstreamNotice::NotInvited);
    let doors = |may_create| ProveOldAccount { may_create };
    let cases = [
        (Create, true, false, Enrol),
        (Create, true, true, doors(true)),
        (Create, false, false, not_invited.clone()),
        (Create, false, true, doors(false)),
        (Ask, true, false, doors(true)),
        (Ask, true, true, doors(true)),
        (Ask, false, false, doors(false)),
        (Ask, false, true, doors(false)),
        (Invited, true, false, not_invited.clone()),
        (Invited, true, true, not_invited.clone()),
        (Invited, false, false, not_invited.clone()),
        (Invited, false, true, not_invited),
    ];
    for (rule, registration, resembles, expected) in cases {
        assert_eq!(decide(&evidence(rule, registration, resembles)), expected, "{rule:?} {registration} {resembles}");
    }
}

#[test]
fn nothing_but_a_key_selects_a_person() {
    for rule in [FirstSignIn::Create, FirstSignIn::Ask, FirstSignIn::Invited] {
        for registration in [true, false] {
            let decision = decide(&evidence(rule, registration, true));
            assert!(!matches!(decision, Decision::User(_) | Decision::Enrol), "{rule:?} {registration}");
        }
    }
}

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
