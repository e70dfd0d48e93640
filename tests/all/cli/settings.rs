//! `hufu settings …`: what is stored is what the sign-in and the next start read.

use hufu::login::otp::PhoneLimits;
use hufu::login::password::Rules;
use hufu::oidc::Lives;
use hufu::store::{Location, Store};

use super::Place;

async fn stored(place: &Place, name: &str) -> Option<String> {
    let store = Store::open(&Location::Sqlite(place.store())).await.unwrap();
    store.setting(name).await.unwrap()
}

#[tokio::test]
async fn password_rules_decide_which_new_password_is_accepted() {
    let place = Place::new();
    let add = |name: &str, password: &str| place.run_with(&[], &["user", "add", "--username", name], password).code;
    assert_eq!(add("before", "quite-fine-7"), 0);
    place.json(&["settings", "password", "--preset", "nist"]);
    assert_eq!(add("after", "quite-fine-7"), 1);
    assert_eq!(add("longer", "a rather long sentence"), 0);
    place.json(&["settings", "password", "--special", "true", "--longest", "100"]);
    assert_eq!(add("plain", "aratherlongsentence"), 1);
    let rules: Rules = serde_json::from_str(&stored(&place, "password_rules").await.unwrap()).unwrap();
    assert_eq!(rules, Rules { special: true, longest: 100, ..Rules::nist() });
    place.json(&["settings", "password", "--preset", "default"]);
    assert_eq!(add("again", "quite-fine-7"), 0);
}

#[tokio::test]
async fn registration_is_switched_for_the_whole_installation() {
    let place = Place::new();
    assert_eq!(place.json(&["settings", "show"])["registration"], true);
    place.json(&["settings", "registration", "off"]);
    assert_eq!(stored(&place, "registration").await.as_deref(), Some("false"));
    assert_eq!(place.json(&["settings", "show"])["registration"], false);
    place.json(&["settings", "registration", "on"]);
    assert_eq!(stored(&place, "registration").await.as_deref(), Some("true"));
}

#[tokio::test]
async fn lives_are_stored_for_the_next_start_and_said_to_be() {
    let place = Place::new();
    let ran = place.run(&["settings", "lives", "--access-token", "300"]);
    assert!(ran.code == 0 && ran.out.contains("takes effect at the next start"), "{ran:?}");
    place.json(&["settings", "lives", "--id-token", "600"]);
    let lives: Lives = serde_json::from_str(&stored(&place, "lives").await.unwrap()).unwrap();
    assert_eq!(lives, Lives { access_token: 300, id_token: 600, ..Lives::default() });
    assert_eq!(place.json(&["settings", "show"])["lives"]["access_token"], 300);
}

#[tokio::test]
async fn limits_of_codes_are_stored_and_what_is_not_given_stays() {
    let place = Place::new();
    place.json(&["settings", "phone-limits", "--day", "20000"]);
    place.json(&["settings", "phone-limits", "--number-day", "3"]);
    let limits: PhoneLimits = serde_json::from_str(&stored(&place, "phone_limits").await.unwrap()).unwrap();
    assert_eq!(limits, PhoneLimits { day: 20_000, number_day: 3, ..PhoneLimits::default() });
    assert_eq!(place.json(&["settings", "show"])["phone_limits"]["day"], 20_000);
}

#[tokio::test]
async fn nonsense_is_refused_by_the_name_of_its_field_and_nothing_is_stored() {
    let place = Place::new();
    for (arguments, field) in [
        (["settings", "password", "--shortest", "40"], "shortest: "),
        (["settings", "password", "--shortest", "0"], "shortest: "),
        (["settings", "password", "--longest", "257"], "longest: "),
        (["settings", "lives", "--code", "61"], "code: "),
        (["settings", "lives", "--access-token", "86401"], "access_token: "),
        (["settings", "lives", "--refresh-token", "99999999"], "refresh_token: "),
        (["settings", "lives", "--refresh-family", "1000"], "refresh_token: "),
        (["settings", "lives", "--refresh-grace", "3600"], "refresh_grace: "),
        (["settings", "phone-limits", "--day", "10000001"], "day: "),
    ] {
        let said = place.refused(&arguments);
        assert!(said.starts_with(field), "{arguments:?}: {said}");
    }
    assert_eq!(stored(&place, "password_rules").await, None);
    assert_eq!(stored(&place, "lives").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_setting_at_the_same_moment_all_stand() {
    let place = Place::new();
    place.json(&["settings", "show"]);
    let changes = [
        ["--shortest", "10"],
        ["--longest", "60"],
        ["--digits", "false"],
        ["--upper-case", "true"],
        ["--special", "true"],
    ];
    std::thread::scope(|scope| {
        for change in changes {
            let place = &place;
            scope.spawn(move || place.json(&["settings", "password", change[0], change[1]]));
        }
    });
    let rules: Rules = serde_json::from_str(&stored(&place, "password_rules").await.unwrap()).unwrap();
    let expected =
        Rules { shortest: 10, longest: 60, digits: false, upper_case: true, special: true, ..Rules::default() };
    assert_eq!(rules, expected);
}
