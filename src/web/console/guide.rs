//! A kind's set-up guide with our values filled in: what to paste over there, and the steps.

use crate::app::App;
use crate::connectors::Kind;
use crate::web::page::Page;
use crate::web::texts::console::Texts;

/// The guide beside a connector's form.
pub(super) struct Guide {
    /// What the platform has to know of us, each with its label and an id for the copy button.
    pub values: Vec<(&'static str, &'static str, String)>,
    /// What is to be known before the first step.
    pub notes: Vec<Vec<Part>>,
    /// The list numbers them itself.
    pub steps: Vec<Vec<Part>>,
}

/// A piece of a line.
pub(super) struct Part {
    pub text: String,
    /// Written letter by letter: a value or a command.
    pub code: bool,
}

/// The guide of `kind` for the connector called `name`.
pub(super) fn guide(app: &App, kind: &Kind, page: &Page, name: &str) -> Guide {
    let t = Texts::of(page.lang);
    let issuer = app.oidc.issuer().to_string();
    let host = url::Url::parse(&issuer).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let values = [
        ("{callback_url}", "callback", t.callback, format!("{issuer}/callback/{name}")),
        ("{host}", "host", t.host, host),
        ("{hook_url}", "hook", t.hook, format!("{issuer}/hook/{name}")),
    ];
    let text = kind.guide.get(page.lang);
    let mut filled = text.to_owned();
    for (place, _, _, value) in &values {
        filled = filled.replace(place, &format!("`{value}`"));
    }
    let numbered = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
    let lines = filled.lines().map(str::trim).filter(|line| !line.is_empty());
    let (steps, notes): (Vec<&str>, Vec<&str>) = lines.partition(numbered);
    let bare =
        |line: &&str| parts(line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('.').trim_start());
    Guide {
        values: values
            .into_iter()
            .filter(|(place, ..)| text.contains(place))
            .map(|(_, id, label, value)| (id, label, value))
            .collect(),
        notes: notes.into_iter().map(parts).collect(),
        steps: steps.iter().map(bare).collect(),
    }
}

/// Every second piece between backticks is code.
fn parts(line: &str) -> Vec<Part> {
    let pieces = line.split('`').enumerate().filter(|(_, piece)| !piece.is_empty());
    pieces.map(|(index, piece)| Part { text: piece.to_owned(), code: index % 2 == 1 }).collect()
}
