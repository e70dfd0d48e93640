//! Budgets of tries, and the log of what happened.

use hufu::store::attempts::{Charge, Limit};

use super::make::{audit_entry, write};
use crate::support::stores::{START, stores};

const LIMIT: Limit = Limit { tries: 3, window: 600, block: 300, longest: None };

#[tokio::test]
async fn a_spent_budget_blocks_and_starts_again_after_the_block() {
    for (name, at) in stores().await {
        for left in [2, 1, 0] {
            assert_eq!(write!(at.store, charge_attempt("a", LIMIT, START)).expect(name), Charge::Allowed { left });
        }
        let blocked = Charge::Blocked { until: START + 300 };
        assert_eq!(write!(at.store, charge_attempt("a", LIMIT, START + 299)).expect(name), blocked, "{name}");
        let after = write!(at.store, charge_attempt("a", LIMIT, START + 300)).expect(name);
        assert_eq!(after, Charge::Allowed { left: 2 }, "{name}: one full budget a block");
        let other = write!(at.store, charge_attempt("b", LIMIT, START)).expect(name);
        assert_eq!(other, Charge::Allowed { left: 2 }, "{name}: another name");
    }
}

#[tokio::test]
async fn tries_count_together_only_within_the_window() {
    for (name, at) in stores().await {
        write!(at.store, charge_attempt("a", LIMIT, START)).expect(name);
        let within = write!(at.store, charge_attempt("a", LIMIT, START + 599)).expect(name);
        assert_eq!(within, Charge::Allowed { left: 1 }, "{name}");
        let after = write!(at.store, charge_attempt("a", LIMIT, START + 600)).expect(name);
        assert_eq!(after, Charge::Allowed { left: 2 }, "{name}");
    }
}

#[tokio::test]
async fn a_success_clears_and_a_budget_of_nothing_refuses() {
    for (name, at) in stores().await {
        write!(at.store, charge_attempt("a", LIMIT, START)).expect(name);
        write!(at.store, clear_attempts("a")).expect(name);
        let fresh = write!(at.store, charge_attempt("a", LIMIT, START)).expect(name);
        assert_eq!(fresh, Charge::Allowed { left: 2 }, "{name}");
        let none = Limit { tries: 0, ..LIMIT };
        let refused = write!(at.store, charge_attempt("z", none, START)).expect(name);
        assert_eq!(refused, Charge::Blocked { until: START + 300 }, "{name}");
        let one = Limit { tries: 1, ..LIMIT };
        assert_eq!(write!(at.store, charge_attempt("o", one, START)).expect(name), Charge::Allowed { left: 0 });
        let refused = write!(at.store, charge_attempt("o", one, START)).expect(name);
        assert_eq!(refused, Charge::Blocked { until: START + 300 }, "{name}: the first try spent it");
    }
}

#[tokio::test]
async fn s67_growing_blocks_double_and_are_forgotten_after_a_quiet_window() {
    for (name, at) in stores().await {
        let growing = Limit { tries: 3, window: 600, block: 1, longest: Some(10) };
        for _ in 0..3 {
            write!(at.store, charge_attempt("a", growing, START)).expect(name);
        }
        let mut now = START;
        for wait in [1, 2, 4, 8, 10, 10] {
            let refused = write!(at.store, charge_attempt("a", growing, now + wait - 1)).expect(name);
            assert_eq!(refused, Charge::Blocked { until: now + wait }, "{name}");
            now += wait;
            assert_eq!(write!(at.store, charge_attempt("a", growing, now)).expect(name), Charge::Allowed { left: 0 });
        }
        assert_eq!(write!(at.store, sweep_attempts(now + 10, 100)).expect(name), 0, "{name}: not forgotten yet");
        let later = write!(at.store, charge_attempt("a", growing, now + 10 + 600)).expect(name);
        assert_eq!(later, Charge::Allowed { left: 2 }, "{name}: forgotten");
    }
}

#[tokio::test]
async fn a_block_outlives_the_sweep() {
    for (name, at) in stores().await {
        let long = Limit { tries: 1, window: 10, block: 1000, longest: None };
        write!(at.store, charge_attempt("a", long, START)).expect(name);
        assert_eq!(write!(at.store, sweep_attempts(START + 999, 100)).expect(name), 0, "{name}");
        assert_eq!(write!(at.store, sweep_attempts(START + 1000, 100)).expect(name), 1, "{name}");
    }
}

#[tokio::test]
async fn the_log_is_read_backwards_in_pages() {
    for (name, at) in stores().await {
        for id in ["01", "02", "03"] {
            write!(at.store, audit(&audit_entry(id))).expect(name);
        }
        let ids = async |before: Option<&str>, limit: i64| {
            let page = at.store.audit(before, limit).await.expect("a page");
            page.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(None, 2).await, ["03", "02"], "{name}");
        assert_eq!(ids(Some("02"), 2).await, ["01"], "{name}");
        let entry = at.store.audit(None, 1).await.expect(name).remove(0);
        assert_eq!((entry.actor.as_str(), entry.action.as_str(), entry.at), ("system", "test", START), "{name}");
    }
}
