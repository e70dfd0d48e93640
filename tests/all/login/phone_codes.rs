//! Codes: their limits, their life, and what they are bound to (security.md §2.10).

use std::sync::atomic::Ordering;

use hufu::admin::Admin;
use hufu::base::lang::Lang;
use hufu::connectors::Level;
use hufu::connectors::step::PhoneWrong;
use hufu::login::Stepped;
use hufu::login::interaction::Purpose;

use super::house::{House, houses};
use super::outbox::{E164, NUMBER};

async fn set_limits(house: &House, limits: &str) {
    let limits = limits.to_owned();
    let put = house.store().write(move |tx| {
        let limits = limits.clone();
        Box::pin(async move { tx.put_setting("phone_limits", &limits).await })
    });
    put.await.unwrap();
}

#[tokio::test]
async fn s190_s191_one_number_gets_one_code_in_45_seconds_however_it_is_spelled() {
    for house in houses().await {
        house.with_phones().await;
        let spellings = [NUMBER, "+86 138 0000 0001", "008613800000001", "１３８０００００００１", "138-0000-0001"];
        for spelling in &spellings[..4] {
            let mut browser = house.browser();
            let id = browser.open_page(Purpose::Account).await;
            browser.ask_code(&id, spelling).await;
            assert_eq!(browser.tries_left(&id).await, None, "the page is the same");
        }
        assert_eq!(house.outbox.count(), 1, "{}", house.name());
        house.world.clock.advance(44);
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, spellings[4]).await;
        assert_eq!(house.outbox.count(), 1);
        house.world.clock.advance(1);
        browser.answer(&id, "phone", &[("again", "1")]).await;
        assert_eq!(house.outbox.count(), 2);
    }
}

#[tokio::test]
async fn s190_fifty_requests_at_once_send_one_code() {
    for house in houses().await {
        house.with_phones().await;
        let mut asked = Vec::new();
        for _ in 0..50 {
            let mut browser = house.browser();
            asked.push(tokio::spawn(async move {
                let id = browser.open_page(Purpose::Account).await;
                browser.ask_code(&id, NUMBER).await;
            }));
        }
        for one in asked {
            one.await.unwrap();
        }
        assert_eq!(house.outbox.count(), 1, "{}", house.name());
    }
}

#[tokio::test]
async fn s190_s110_every_budget_ends_and_says_the_same() {
    let cases = [
        (r#"{"number_hour": 2}"#, false, false),
        (r#"{"number_day": 2}"#, false, false),
        (r#"{"address_hour": 2}"#, true, false),
        (r#"{"network_day": 2}"#, true, true),
        (r#"{"unused_prefix": 2}"#, true, true),
        (r#"{"country_day": 2}"#, true, true),
        (r#"{"day": 2}"#, true, true),
    ];
    for house in houses().await {
        house.with_phones().await;
        for (round, (limits, other_numbers, other_addresses)) in cases.into_iter().enumerate() {
            house.world.clock.advance(2 * 86_400);
            set_limits(&house, limits).await;
            let before = house.outbox.count();
            for turn in 0..3 {
                house.world.clock.advance(46);
                let mut browser = house.browser();
                let last = if other_addresses { turn } else { 0 };
                browser.visitor.address = format!("198.51.{round}.{last}");
                let number = format!("1390000{round:03}{}", if other_numbers { turn } else { 0 });
                let id = browser.open_page(Purpose::Account).await;
                browser.ask_code(&id, &number).await;
                if turn == 2 {
                    assert_eq!(browser.number_wrong(&id).await, Some(PhoneWrong::TooMany), "{limits}");
                }
            }
            assert_eq!(house.outbox.count() - before, 2, "{}: {limits}", house.name());
        }
    }
}

#[tokio::test]
async fn s194_codes_that_are_typed_leave_the_neighbours_budget_alone() {
    for house in houses().await {
        house.with_phones().await;
        set_limits(&house, r#"{"unused_prefix": 2, "address_hour": 100, "number_hour": 100, "number_day": 100}"#).await;
        for turn in 0..6 {
            house.world.clock.advance(46);
            let mut browser = house.browser();
            let id = browser.open_page(Purpose::Account).await;
            browser.ask_code(&id, &format!("1390000000{turn}")).await;
            let code = house.outbox.code(&format!("+861390000000{turn}"));
            browser.answer(&id, "phone", &[("code", &code)]).await;
        }
        assert_eq!(house.outbox.count(), 6, "{}", house.name());
    }
}

#[tokio::test]
async fn s194_whoever_runs_it_is_told_when_a_prefix_is_shut_and_while_it_is() {
    for house in houses().await {
        house.with_phones().await;
        set_limits(&house, r#"{"unused_prefix": 2}"#).await;
        let admin = Admin::new(&house.world.oidc, house.login.clone());
        for (turn, closed) in [0, 1, 1].into_iter().enumerate() {
            house.world.clock.advance(46);
            let mut browser = house.browser();
            let id = browser.open_page(Purpose::Account).await;
            browser.ask_code(&id, &format!("1390000000{turn}")).await;
            let rows = house.store().audit(None, 100).await.unwrap();
            let told: Vec<_> = rows.iter().filter(|row| row.action == "sms.brake").collect();
            assert_eq!(told.len(), closed, "{}: after {turn}", house.name());
            for row in told {
                assert_eq!((row.target.as_str(), row.outcome.as_str()), ("country:CN", "closed"));
                assert!(!row.detail.contains("1390000"), "{}", row.detail);
            }
            let found = admin.sender_findings(Lang::En).await.unwrap();
            assert_eq!(found.len(), closed, "{}: {found:?}", house.name());
            let says = |word: &str| found.iter().all(|one| one.level == Level::Warning && one.text.contains(word));
            assert!(says("unused_prefix") && says("1 groups"), "{}: {found:?}", house.name());
        }
        house.world.clock.advance(3600);
        assert!(admin.sender_findings(Lang::Zh).await.unwrap().is_empty(), "{}: it is open again", house.name());
    }
}

#[tokio::test]
async fn s110_only_the_countries_that_are_open_get_codes() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, "+852 5123 4567").await;
        assert_eq!(browser.number_wrong(&id).await, Some(PhoneWrong::Country));
        house.change_connector("phone", |row| row.settings = r#"{"countries":["HK"]}"#.to_owned()).await;
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, "+852 5123 4567").await;
        assert_eq!(browser.tries_left(&id).await, None, "{}", house.name());
        house.world.clock.advance(46);
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, NUMBER).await;
        assert_eq!(browser.number_wrong(&id).await, Some(PhoneWrong::Country));
        assert_eq!(house.outbox.count(), 1);
    }
}

#[tokio::test]
async fn s192_the_sixth_try_is_refused_even_if_right_and_the_page_counts_down() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, NUMBER).await;
        let (code, wrong) = (house.outbox.code(E164), house.outbox.wrong(E164));
        for left in [4, 3, 2, 1, 0] {
            assert!(!browser.answer(&id, "phone", &[("code", &wrong)]).await);
            assert_eq!(browser.tries_left(&id).await, Some(left), "{}", house.name());
        }
        assert!(!browser.answer(&id, "phone", &[("code", &code)]).await);
        assert_eq!(browser.tries_left(&id).await, Some(0));
        assert_eq!(house.people().await, 0);
    }
}

#[tokio::test]
async fn s192_a_code_ends_after_five_minutes_and_when_another_is_sent() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, NUMBER).await;
        let first = house.outbox.code(E164);
        house.world.clock.advance(46);
        browser.answer(&id, "phone", &[("again", "1")]).await;
        let second = house.outbox.code(E164);
        if first != second {
            assert!(!browser.answer(&id, "phone", &[("code", &first)]).await);
            assert_eq!(browser.tries_left(&id).await, Some(4), "{}", house.name());
        }
        house.world.clock.advance(300);
        browser.answer(&id, "phone", &[("code", &second)]).await;
        assert_eq!(browser.tries_left(&id).await, Some(0), "one second too late is too late");
    }
}

#[tokio::test]
async fn s192_a_code_belongs_to_its_number_and_its_browser() {
    for house in houses().await {
        house.with_phones().await;
        let (mut mine, mut theirs) = (house.browser(), house.browser());
        let (here, there) = (mine.open_page(Purpose::Account).await, theirs.open_page(Purpose::Account).await);
        mine.ask_code(&here, NUMBER).await;
        theirs.ask_code(&there, "13800000002").await;
        let (one, two) = (house.outbox.code(E164), house.outbox.code("+8613800000002"));
        if one != two {
            assert!(!theirs.answer(&there, "phone", &[("code", &one)]).await);
            assert_eq!(theirs.tries_left(&there).await, Some(4), "the code of another number");
        }
        // The number in the form is none of the browser's business once a code is out.
        theirs.answer(&there, "phone", &[("code", &one), ("number", E164)]).await;
        assert_eq!(theirs.user().await, None, "{}", house.name());
        // The same number asked for in another browser: nothing was sent there, and the code is no good there.
        let mut third = house.browser();
        let id = third.open_page(Purpose::Account).await;
        third.ask_code(&id, NUMBER).await;
        assert!(!third.answer(&id, "phone", &[("code", &one)]).await);
        assert_eq!(third.tries_left(&id).await, Some(0));
    }
}

#[tokio::test]
async fn s61_s192_twenty_right_codes_at_once_are_one_success() {
    for house in houses().await {
        house.with_phones().await;
        let mut owner = house.browser();
        super::sms::sign_up(&house, &mut owner, "Li Lei").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, NUMBER).await;
        let code = house.outbox.code(E164);
        let mut tries = Vec::new();
        for _ in 0..20 {
            let (browser, id, code) = (browser.clone(), id.clone(), code.clone());
            tries.push(tokio::spawn(async move {
                let fields = super::outbox::fields(&[("code", &code)]);
                let stepped = browser.login.answer_form(&id, "phone", fields, &browser.visitor).await;
                // Some of them lose the race for the interaction; none of those is signed in.
                matches!(stepped, Ok(Stepped::Interaction(_, progress)) if progress.signed_in.is_some())
            }));
        }
        let mut right = 0;
        for one in tries {
            right += usize::from(one.await.unwrap());
        }
        assert_eq!(right, 1, "{}", house.name());
        assert!(!browser.answer(&id, "phone", &[("code", &code)]).await, "it is used up");
    }
}

#[tokio::test]
async fn r23_a_code_that_could_not_be_sent_costs_nothing() {
    for house in houses().await {
        house.with_phones().await;
        set_limits(&house, r#"{"number_hour": 1}"#).await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        house.outbox.broken.store(true, Ordering::SeqCst);
        for _ in 0..3 {
            browser.ask_code(&id, NUMBER).await;
            assert_eq!(browser.number_wrong(&id).await, Some(PhoneWrong::NotSent), "{}", house.name());
        }
        house.outbox.broken.store(false, Ordering::SeqCst);
        browser.ask_code(&id, NUMBER).await;
        assert_eq!(house.outbox.count(), 1);
    }
}

#[tokio::test]
async fn s110_a_number_that_no_sender_serves_costs_what_a_sent_code_costs() {
    for house in houses().await {
        house.with_phones().await;
        set_limits(&house, r#"{"address_hour": 2}"#).await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        house.outbox.bad_number.store(true, Ordering::SeqCst);
        for number in ["13800000002", "13800000003"] {
            browser.ask_code(&id, number).await;
            assert_eq!(browser.number_wrong(&id).await, Some(PhoneWrong::NotSent), "{}", house.name());
        }
        house.outbox.bad_number.store(false, Ordering::SeqCst);
        browser.ask_code(&id, NUMBER).await;
        assert_eq!(house.outbox.count(), 0, "{}: the address has spent its budget", house.name());
    }
}
