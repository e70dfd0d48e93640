//! Passwords tried from everywhere at once (security.md §0, rule 12).

use hufu::login::attempts::{PASSWORDS, PASSWORDS_ALL};
use hufu::login::interaction::{Notice, Purpose};

use super::house::{House, PASSWORD, houses};
use crate::support::stores::TestStore;

const HOME: &str = "2001:db8:1:2::3";
const ELSEWHERE: &str = "198.51.100.7";

/// Whether this name and password sign in from there; a refusal says the same of each.
async fn signs_in(house: &House, name: &str, password: &str, address: &str) -> bool {
    let mut browser = house.browser();
    address.clone_into(&mut browser.visitor.address);
    let id = browser.open_page(Purpose::Account).await;
    let done = browser.password(&id, name, password).await;
    assert!(done || matches!(browser.notice(&id).await, Some(Notice::WrongPassword)), "{}", house.name());
    done
}

/// Leaves one wrong password to everybody together.
async fn flood(house: &House) {
    let now = house.world.clock.now();
    let charge =
        house.store().write(move |tx| Box::pin(async move { tx.charge_attempt(PASSWORDS_ALL, PASSWORDS, now).await }));
    charge.await.unwrap();
    spent(&house.world.database, PASSWORDS_ALL, PASSWORDS.tries - 1).await;
}

/// Puts so many failures under a name that was charged before.
pub async fn spent(database: &TestStore, name: &str, failures: i64) {
    let mut beside = database.raw().await;
    let update = format!("UPDATE attempts SET failures = {failures} WHERE name = '{name}'");
    sqlx::query(sqlx::AssertSqlSafe(update)).execute(&mut beside).await.unwrap();
    sqlx::Connection::close(beside).await.unwrap();
}

#[tokio::test]
async fn passwords_tried_from_everywhere_stop_where_nobody_is_known() {
    for house in houses().await {
        house.person("alice").await;
        house.person("bob").await;
        assert!(signs_in(&house, "alice", PASSWORD, HOME).await);
        flood(&house).await;
        assert!(signs_in(&house, "bob", PASSWORD, ELSEWHERE).await, "{}: a success is not counted", house.name());
        assert!(!signs_in(&house, "nobody", "wrong-1-wrong", ELSEWHERE).await);
        assert!(!signs_in(&house, "alice", PASSWORD, ELSEWHERE).await, "{}: a stranger's place", house.name());
        // The same network, not the same address: browsers change those by themselves.
        let home = "2001:db8:1:2::4";
        assert!(signs_in(&house, "alice", PASSWORD, home).await, "{}: where she signs in", house.name());
        assert!(!signs_in(&house, "bob", PASSWORD, home).await, "{}: her place is not his", house.name());
        assert!(!signs_in(&house, "alice", PASSWORD, "192.0.2.99").await, "{}: it goes on", house.name());
        house.world.clock.advance(PASSWORDS.block);
        assert!(signs_in(&house, "alice", PASSWORD, "192.0.2.99").await, "{}: it ends", house.name());
    }
}

#[tokio::test]
async fn whoever_has_a_network_of_addresses_has_one_budget_of_passwords() {
    for house in houses().await {
        house.person("alice").await;
        for number in 0..hufu::login::attempts::ADDRESS.tries {
            let address = format!("2001:db8:9:9::{number:x}");
            assert!(!signs_in(&house, &format!("nobody{number}"), "wrong-1-wrong", &address).await);
        }
        assert!(!signs_in(&house, "alice", PASSWORD, "2001:db8:9:9:ffff::1").await, "{}", house.name());
        assert!(signs_in(&house, "alice", PASSWORD, "2001:db8:9:a::1").await, "{}", house.name());
    }
}
