//! The keys of one subject over there: they come, change and go together, and never move silently.

use hufu::base::id::UserId;
use hufu::login::interaction::Purpose;

use super::house::{House, houses};

/// Signs in with an openid and maybe a unionid.
async fn sign_in(house: &House, open: &str, union: Option<&str>) -> UserId {
    let mut browser = house.browser();
    let id = browser.open_page(Purpose::Account).await;
    let mut params = vec![("code", open)];
    params.extend(union.map(|union| ("union", union)));
    assert!(browser.platform(&id, "hub", &params).await, "{}", house.name());
    browser.user().await.unwrap()
}

async fn values(house: &House, user: &UserId) -> Vec<String> {
    let rows = house.store().identities_of(user).await.unwrap();
    let mut values: Vec<_> = rows.into_iter().map(|row| row.value).collect();
    values.sort();
    values
}

#[tokio::test]
async fn s92_a_late_unionid_is_filled_in_and_a_changed_one_replaced() {
    for house in houses().await {
        let person = sign_in(&house, "o1", None).await;
        assert_eq!(sign_in(&house, "o1", Some("u1")).await, person);
        assert_eq!(values(&house, &person).await, ["o1", "u1"]);
        assert_eq!(sign_in(&house, "o2", Some("u1")).await, person, "another application of the group");
        assert_eq!(sign_in(&house, "o1", Some("u2")).await, person, "the openid is the proof");
        assert_eq!(values(&house, &person).await, ["o1", "o2", "u2"], "{}", house.name());
        assert_eq!(house.outcomes("identity.key_changed").await, ["ok"]);
        let subjects: std::collections::BTreeSet<_> =
            house.store().identities_of(&person).await.unwrap().into_iter().map(|row| row.subject).collect();
        assert_eq!(subjects.len(), 1);
    }
}

#[tokio::test]
async fn s92_two_people_who_turn_out_to_be_one_are_proposed_and_stay_two() {
    for house in houses().await {
        let first = sign_in(&house, "o1", None).await;
        let second = sign_in(&house, "o2", Some("u")).await;
        assert_ne!(first, second);
        for _ in 0..2 {
            assert_eq!(sign_in(&house, "o1", Some("u")).await, first, "the one this application always led to");
        }
        let cases = house.store().merge_cases(10).await.unwrap();
        assert_eq!(cases.len(), 1, "{}", house.name());
        assert_eq!((&cases[0].user, &cases[0].other), (&first, &second));
        assert_eq!(house.outcomes("merge.proposed").await, ["ok"]);
        assert_eq!(values(&house, &first).await, ["o1"]);
        assert_eq!(values(&house, &second).await, ["o2", "u"]);
    }
}
