//! Senders of short messages: their order, their switch, and what stays.

use hufu::base::id::SenderId;
use hufu::store::Error;
use hufu::store::senders::SenderRow;

use super::make::{sender, write};
use crate::support::stores::stores;

#[tokio::test]
async fn senders_stand_in_the_order_given() {
    for (name, at) in stores().await {
        for word in ["b", "a", "c"] {
            write!(at.store, insert_sender(&sender(word))).expect(name);
        }
        let again = || SenderRow { id: SenderId::new("other"), ..sender("a") };
        let taken = write!(at.store, insert_sender(&again()));
        assert!(matches!(taken, Err(Error::Conflict("name"))), "{name}: {taken:?}");
        let epoch = at.store.epoch();
        let first = || SenderRow { position: 0, enabled: false, practice: true, ..sender("c") };
        assert!(write!(at.store, update_sender(&first())).expect(name));
        assert!(!write!(at.store, update_sender(&first())).expect(name), "{name}: the version moved on");
        assert!(at.store.epoch() > epoch, "{name}: others are told");
        let rows = at.store.senders().await.expect(name);
        assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["c", "b", "a"], "{name}");
        assert_eq!((rows[0].enabled, rows[0].practice, rows[0].version), (false, false, 2), "{name}: born real");
        assert!(write!(at.store, delete_sender(&SenderId::new("s_c"))).expect(name));
        assert!(!write!(at.store, delete_sender(&SenderId::new("s_c"))).expect(name));
        assert_eq!(at.store.senders().await.expect(name).len(), 2, "{name}");
    }
}
