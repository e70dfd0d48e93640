//! What a command says: tables and sentences for people, JSON for programs.

use std::io::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use super::Failure;
use crate::base::clock::Seconds;

/// Where a command's words go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// One answer: `sentence` for people, `value` for programs.
    pub(super) fn say(self, sentence: &str, value: &impl Serialize) {
        if self.json { print_json(value) } else { print(sentence) }
    }

    /// A list: a table under `heads` for people, `values` for programs.
    pub(super) fn table(self, heads: &[&str], rows: &[Vec<String>], values: &impl Serialize) {
        if self.json {
            return print_json(values);
        }
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .chain([&heads[column].to_owned()])
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        print(&line(heads.iter().map(|head| (*head).to_owned()), &widths));
        for row in rows {
            print(&line(row.iter().cloned(), &widths));
        }
    }

    /// Says why it failed, on standard error, and gives the exit code.
    pub(super) fn failed(self, failure: &Failure) -> ExitCode {
        let mut stderr = std::io::stderr().lock();
        // Nobody is left to tell when standard error is closed.
        let _ = match failure {
            Failure::Found => Ok(()),
            Failure::Configuration(mistakes) if self.json => {
                writeln!(stderr, "{}", serde_json::json!({ "error": failure.to_string(), "mistakes": mistakes }))
            }
            Failure::Configuration(mistakes) => writeln!(stderr, "hufu: {failure}:")
                .and_then(|()| mistakes.iter().try_for_each(|mistake| writeln!(stderr, "  {mistake}"))),
            Failure::Said(sentence) if self.json => {
                writeln!(stderr, "{}", serde_json::json!({ "error": sentence }))
            }
            Failure::Said(sentence) => writeln!(stderr, "hufu: {sentence}"),
        };
        ExitCode::FAILURE
    }
}

/// A moment as RFC 3339 in UTC.
pub(super) fn moment(at: Seconds) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}

fn line(cells: impl Iterator<Item = String>, widths: &[usize]) -> String {
    let padded = cells.zip(widths).map(|(cell, width)| format!("{cell:width$}"));
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

fn print_json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => print(&text),
        Err(error) => print(&format!("{{\"error\":\"{error}\"}}")),
    }
}

fn print(text: &str) {
    // A closed pipe (`hufu user list | head`) is no failure of ours.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
