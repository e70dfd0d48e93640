//! The words themselves.

use hufu::base::lang::Lang;
use hufu::web::texts;

fn every_sentence() -> Vec<(&'static str, &'static str, &'static str)> {
    let areas = |lang| {
        [
            texts::account::Texts::of(lang).all(),
            texts::common::Texts::of(lang).all(),
            texts::console::Texts::of(lang).all(),
            texts::errors::Texts::of(lang).all(),
            texts::landing::Texts::of(lang).all(),
            texts::confirm::Texts::of(lang).all(),
            texts::login::Texts::of(lang).all(),
            texts::phone::Texts::of(lang).all(),
            texts::ways::Texts::of(lang).all(),
            texts::setup::Texts::of(lang).all(),
        ]
        .concat()
    };
    areas(Lang::En).into_iter().zip(areas(Lang::Zh)).map(|((name, en), (_, zh))| (name, en, zh)).collect()
}

#[test]
fn every_sentence_is_said_in_both_languages_with_the_same_places() {
    for (name, en, zh) in every_sentence() {
        assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{name} is empty");
        assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{name} has other places");
    }
}

#[test]
fn nobody_is_shouted_at() {
    for (name, en, zh) in every_sentence() {
        assert!(!en.contains('!') && !zh.contains(['!', '！']), "{name} has an exclamation mark");
    }
}

#[test]
fn values_fill_their_places_in_order_and_are_not_read_as_places() {
    assert_eq!(texts::fill("{} and {}", &["{}", "b"]), "{} and b");
    assert_eq!(texts::fill("{} and {}", &["a"]), "a and ");
    assert_eq!(texts::fill("none", &["a"]), "none");
}
