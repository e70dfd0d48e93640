//! A kind's fields as a form, and a form as the fields.

use serde_json::Value;

use crate::admin::WrongField;
use crate::app::App;
use crate::connectors::{Field, Input, Kind, settings};
use crate::store::connectors::ConnectorRow;
use crate::web::form::PageForm;
use crate::web::page::Page;
use crate::web::texts::console::Texts;
use crate::web::texts::fill;

/// In front of a field's key in the form, so that no kind's field is taken for one of ours.
const PREFIX: &str = "field.";
/// A secret this long may show its end: the rest can't be guessed from it.
const SHOWS_ITS_END: usize = 12;

/// One field as the template writes it.
pub(super) struct Shown {
    pub id: String,
    pub name: String,
    pub label: &'static str,
    pub help: &'static str,
    /// `line`, `url`, `secret`, `flag`, `lines`, `choice`.
    pub input: &'static str,
    pub value: String,
    pub checked: bool,
    pub choices: Vec<(&'static str, &'static str, bool)>,
    pub required: bool,
    /// What a secret is said of instead of being shown.
    pub note: Option<String>,
    pub wrong: Option<String>,
    pub described: String,
}

/// What the fields are filled with.
pub(super) enum Filling<'a> {
    /// The kind's defaults.
    New,
    /// What stands in the row.
    Stored(&'a ConnectorRow),
    /// What was just typed, over the row if there is one.
    Typed(&'a [(String, String)], Option<&'a ConnectorRow>),
}

/// Every field of `kind`, with what is wrong beside it.
pub(super) fn shown(
    app: &App,
    page: &Page,
    kind: &'static Kind,
    filling: &Filling<'_>,
    wrong: &[WrongField],
) -> Vec<Shown> {
    let row = match filling {
        Filling::New => None,
        Filling::Stored(row) => Some(*row),
        Filling::Typed(_, row) => *row,
    };
    let stored = row.and_then(|row| settings::open(&app.sealer, kind, &row.id, &row.settings).ok());
    let one = |field: &'static Field| {
        let stands = stored.as_ref().and_then(|stored| stored.get(field.key));
        let wrong =
            wrong.iter().find(|wrong| wrong.field == field.key).map(|wrong| wrong.text.get(page.lang).to_owned());
        field_shown(page, field, (text(field, filling, stands), stands), wrong)
    };
    kind.fields.iter().map(one).collect()
}

fn field_shown(
    page: &Page,
    field: &'static Field,
    (value, stands): (String, Option<&Value>),
    wrong: Option<String>,
) -> Shown {
    let t = Texts::of(page.lang);
    let id = format!("field-{}", field.key.replace('_', "-"));
    let secret = matches!(field.input, Input::Secret);
    let note = stands.and_then(Value::as_str).filter(|text| secret && !text.is_empty()).map(|text| note(text, t));
    let (input, choices) = match field.input {
        Input::Line => ("line", Vec::new()),
        Input::Url => ("url", Vec::new()),
        Input::Secret => ("secret", Vec::new()),
        Input::Flag => ("flag", Vec::new()),
        Input::List | Input::Lines => ("lines", Vec::new()),
        Input::Choice(all) => {
            let choices = all.iter().map(|(key, label)| (*key, label.get(page.lang), *key == value)).collect();
            ("choice", choices)
        }
    };
    let mut described = Vec::new();
    if !field.help.get(page.lang).is_empty() {
        described.push(format!("{id}-help"));
    }
    if note.is_some() {
        described.push(format!("{id}-note"));
    }
    if wrong.is_some() {
        described.push(format!("{id}-wrong"));
    }
    Shown {
        name: format!("{PREFIX}{}", field.key),
        label: field.label.get(page.lang),
        help: field.help.get(page.lang),
        input,
        checked: value == "true",
        choices,
        required: field.required && note.is_none() && input != "flag",
        // A secret is never written into a page.
        value: if secret { String::new() } else { value },
        note,
        wrong,
        described: described.join(" "),
        id,
    }
}

fn note(secret: &str, t: &Texts) -> String {
    let letters = secret.chars().collect::<Vec<_>>();
    if letters.len() < SHOWS_ITS_END {
        return t.secret_stays.to_owned();
    }
    fill(t.secret_set, &[letters[letters.len() - 4..].iter().collect::<String>()])
}

fn text(field: &Field, filling: &Filling<'_>, stands: Option<&Value>) -> String {
    if let Filling::Typed(typed, _) = filling
        && let Some((_, text)) = typed.iter().rev().find(|(key, _)| key == field.key)
    {
        return text.clone();
    }
    match stands {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(on)) => on.to_string(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        _ => field.default.to_owned(),
    }
}

/// What was typed over what stands, as `(label, text)`: for whoever was told that somebody else was first.
pub(super) fn differing(typed: Vec<Shown>, stands: &[Shown], t: &Texts) -> Vec<(String, String)> {
    let differs = |one: &Shown| stands.iter().any(|other| other.name == one.name && other.says(t) != one.says(t));
    typed.into_iter().filter(differs).map(|one| (one.label.to_owned(), one.says(t))).collect()
}

impl Shown {
    /// What a person reads in it; nothing of a secret.
    fn says(&self, t: &Texts) -> String {
        match self.input {
            "flag" => if self.checked { t.on } else { t.off }.to_owned(),
            "choice" => self.choices.iter().find(|choice| choice.2).map_or("", |choice| choice.1).to_owned(),
            _ => self.value.clone(),
        }
    }
}

/// What was typed into the kind's fields; each key may come twice, a flag's "off" before its "on".
pub(super) fn typed(form: &PageForm) -> Vec<(String, String)> {
    let fields = form.params.iter().filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value)));
    fields.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
