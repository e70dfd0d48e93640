//! What becomes of messages, written by 24 callers at once.

use hufu::base::id::SenderId;
use hufu::store::sent_messages::{Fate, SentMessage};

use super::make::{sender, sent_message, write};
use super::races::{CALLERS, race, sum, won, yes};
use crate::support::stores::{START, stores};

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_remembered_typed_and_swept_once() {
    for (name, at) in stores().await {
        write!(at.store, insert_sender(&sender("main"))).expect(name);
        assert_eq!(yes(&race!(at, _i => insert_sent_message(&sent_message("m", "main")))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => insert_sent_message(&sent_message("x", "gone")))), 0, "{name}: no such sender");
        assert_eq!(yes(&race!(at, _i => mark_typed("other"))), 0, "{name}");
        assert_eq!(yes(&race!(at, _i => mark_typed("c"))), 1, "{name}");
        let sent = at.store.sent_by(&SenderId::new("s_main"), START, 9).await.expect(name);
        assert_eq!((sent.len(), sent[0].typed), (1, true), "{name}");
        assert!(at.store.sent_by(&SenderId::new("s_main"), START - 1, 9).await.expect(name).is_empty(), "{name}");
        let told = race!(at, i => note_fate((&SenderId::new("s_main"), "Mm"), Fate::Failed, &format!("{i}")));
        assert_eq!(yes(&told), 1, "{name}: the first word stands");
        let other = race!(at, _i => note_fate((&SenderId::new("s_gone"), "Mm"), Fate::Failed, ""));
        assert_eq!(yes(&other), 0, "{name}: another sender's");
        let waits = || SentMessage { number: "sealed".to_owned(), ask_at: START, ..sent_message("w", "main") };
        assert!(write!(at.store, insert_sent_message(&waits())).expect(name));
        assert!(at.store.messages_to_ask(START - 1, 9).await.expect(name).is_empty(), "{name}: not yet");
        assert_eq!(at.store.messages_to_ask(START, 9).await.expect(name)[0].number, "sealed", "{name}");
        assert_eq!(yes(&race!(at, _i => ask_again("w", START, START + 9))), 1, "{name}: one asks");
        assert_eq!(yes(&race!(at, _i => ask_again("w", START + 9, 0))), 1, "{name}: and for the last time");
        let sent = at.store.sent_by(&SenderId::new("s_main"), START, 9).await.expect(name);
        assert_eq!(sent.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["", ""], "{name}");
        assert_eq!(yes(&race!(at, _i => set_untyped_since(&SenderId::new("s_main"), START))), 1, "{name}: news once");
        assert_eq!(at.store.senders().await.expect(name)[0].untyped_since, START, "{name}");
        assert_eq!(yes(&race!(at, _i => set_untyped_since(&SenderId::new("s_main"), 0))), 1, "{name}: and its end");
        assert_eq!(sum(&race!(at, _i => sweep_sent_messages(START, 10))), 0, "{name}");
        assert_eq!(sum(&race!(at, _i => sweep_sent_messages(START + 1, 10))), 2, "{name}");
        assert_eq!(
            won(&race!(at, i => insert_sent_message(&sent_message(&format!("{i}"), "main")))),
            CALLERS,
            "{name}"
        );
        assert!(write!(at.store, delete_sender(&SenderId::new("s_main"))).expect(name), "{name}: they go with it");
    }
}

#[tokio::test]
async fn only_the_newest_message_with_a_code_is_the_one_that_was_typed() {
    for (name, at) in stores().await {
        write!(at.store, insert_sender(&sender("main"))).expect(name);
        for (id, later) in [("a", 0), ("b", 60)] {
            let sent = move || SentMessage { sent_at: START + later, ..sent_message(id, "main") };
            assert!(write!(at.store, insert_sent_message(&sent())).expect(name));
        }
        assert!(write!(at.store, mark_typed("c")).expect(name));
        assert!(!write!(at.store, mark_typed("c")).expect(name), "{name}: it is already");
        let sent = at.store.sent_by(&SenderId::new("s_main"), START + 60, 9).await.expect(name);
        assert_eq!(
            sent.iter().map(|one| (one.id.as_str(), one.typed)).collect::<Vec<_>>(),
            [("b", true), ("a", false)]
        );
    }
}
