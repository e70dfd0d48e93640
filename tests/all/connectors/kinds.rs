//! What every kind owes the gallery, and the one kind that asks no platform.

use std::collections::{BTreeMap, HashSet};

use hufu::base::lang::Lang;
use hufu::base::secret::Secret;
use hufu::connectors::{Form, Input, Reply, Step, Trouble, kinds};
use serde_json::{Map, Value};

use super::turns::{callback, open, turn, wrong};
use crate::support::upstream::Upstream;

#[test]
fn every_kind_has_its_words_in_both_languages() {
    let mut ids = HashSet::new();
    for kind in kinds() {
        assert!(ids.insert(kind.id));
        let mut texts = vec![kind.name, kind.about, kind.guide];
        texts.extend(kind.fields.iter().flat_map(|field| [field.label, field.help]));
        for text in texts {
            for lang in Lang::ALL {
                assert!(!text.get(lang).is_empty() && !text.get(lang).contains(['!', '！']), "{} {text:?}", kind.id);
            }
        }
        if !matches!(kind.id, "password" | "sms") {
            // WeChat wants a host where others want the whole address.
            let ours = ["{callback_url}", "{host}"];
            let names = |lang| ours.iter().any(|ours| kind.guide.get(lang).contains(ours));
            assert!(Lang::ALL.into_iter().all(names), "{}", kind.id);
        }
        let keys = kind.fields.iter().map(|field| field.key).collect::<HashSet<_>>();
        assert_eq!(keys.len(), kind.fields.len(), "{}", kind.id);
    }
}

#[test]
fn practice_settings_and_defaults_open_every_kind() {
    for kind in kinds() {
        let mut settings = Map::new();
        for field in kind.fields {
            // As the console stores a form on which nothing else was touched.
            let value = match field.input {
                Input::Flag => Value::Bool(field.default == "true"),
                Input::List => Value::Array(Vec::new()),
                _ => Value::from(field.default),
            };
            settings.insert(field.key.to_owned(), value);
        }
        for (key, value) in kind.practice {
            settings.insert((*key).to_owned(), Value::from(*value));
        }
        assert_eq!(wrong(kind.id, &Value::Object(settings)), Vec::<String>::new(), "{}", kind.id);
    }
}

#[test]
fn nothing_and_no_object_are_refused_field_by_field() {
    for kind in kinds() {
        let required = kind.fields.iter().filter(|field| field.required).map(|field| field.key).collect::<Vec<_>>();
        let refused = wrong(kind.id, &Value::Object(Map::new()));
        assert!(required.iter().all(|key| refused.iter().any(|field| field == key)), "{} {refused:?}", kind.id);
        assert!(!wrong(kind.id, &Value::Null).is_empty());
        assert!(wrong(kind.id, &serde_json::json!({ "no_such": 1 })).contains(&"no_such".to_owned()));
    }
}

#[tokio::test]
async fn the_password_kind_shows_a_form_and_knows_whom_login_knows() {
    let upstream = Upstream::start().await;
    let (connector, turn) = (open("password", &Value::Object(Map::new())), turn(&upstream));
    let step = connector.begin(&turn).await.unwrap();
    assert!(matches!(step, Step::Ask { form: Form::NameAndPassword, .. }));
    let form = |pairs: &[(&str, &str)]| {
        Reply::Form(pairs.iter().map(|(k, v)| ((*k).to_owned(), Secret::new(*v))).collect::<BTreeMap<_, _>>())
    };
    let right = form(&[("username", "lilei"), ("password", "hunter22")]);
    let Ok(Step::Known(identity)) = connector.answer(&turn, right).await else { panic!("not known") };
    assert_eq!(identity.local.map(|user| user.to_string()).as_deref(), Some("user-1"));
    assert_eq!((identity.keys.len(), identity.amr), (0, vec!["pwd".to_owned()]));
    for pairs in [vec![("username", "lilei"), ("password", "x")], vec![("username", "lilei")], vec![]] {
        assert!(matches!(connector.answer(&turn, form(&pairs)).await, Err(Trouble::Wrong)));
    }
    assert!(matches!(connector.answer(&turn, callback(&[("code", "c")])).await, Err(Trouble::BadReply(_))));
}
