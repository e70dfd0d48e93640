//! Reading answers leniently, and never believing two things at once.

use hufu::connectors::answer::{Unreadable, json, number_of, object, text_of, token, truth_of};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn a_key_named_twice_is_refused_at_any_depth() {
    for text in [r#"{"sub":1,"sub":2}"#, r#"{"a":[{"b":1,"b":1}]}"#, "{\"\\u0061\":1,\"a\":2}"] {
        assert_eq!(json(text.as_bytes()), Err(Unreadable::Twice), "{text}");
    }
    assert_eq!(object(b"[]"), Err(Unreadable::NotObject));
    assert_eq!(object(b"{} x"), Err(Unreadable::NotJson));
    assert_eq!(object(b"\xff"), Err(Unreadable::NotUtf8));
    assert_eq!(token(b"evil(alert){\"a\":1}"), Err(Unreadable::NotJson));
}

#[test]
fn booleans_and_numbers_may_be_texts_and_absent_is_not_true() {
    for yes in [json!(true), json!("true"), json!(1), json!("1")] {
        assert!(truth_of(Some(&yes)), "{yes}");
    }
    for no in [json!(false), json!("false"), json!(0), json!("TRUE?"), json!(null), json!([true]), json!(2)] {
        assert!(!truth_of(Some(&no)), "{no}");
    }
    assert!(!truth_of(None));
    assert_eq!(
        (number_of(&json!("7200")), number_of(&json!(7200)), number_of(&json!("x"))),
        (Some(7200), Some(7200), None)
    );
    assert_eq!((text_of(&json!(0)), text_of(&json!("")), text_of(&json!({}))), (Some("0".to_owned()), None, None));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_once_is_read_as_it_is(value in value()) {
        prop_assert_eq!(json(value.to_string().as_bytes()), Ok(value));
    }

    #[test]
    fn no_bytes_make_the_readers_stumble(bytes: Vec<u8>) {
        let _ = (json(&bytes), object(&bytes), token(&bytes));
    }
}
