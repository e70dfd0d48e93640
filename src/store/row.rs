//! Statements, and rows read back column by column in the order of their list.

use std::marker::PhantomData;
use std::time::Duration;

use serde::de::DeserializeOwned;
use sqlx::error::DatabaseError;

use super::value::Value;
use super::{Error, Result, Store};
use crate::base::people::Email;

/// A statement with its values, which it owns; the lifetime is of what they were made from.
pub(super) struct Statement<'q> {
    pub(super) text: &'static str,
    pub(super) values: Vec<Value>,
    lent: PhantomData<&'q str>,
}

impl Statement<'_> {
    /// With the value of the next placeholder: the first call is `$1`.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
}

/// A statement whose text stands in this program.
pub(super) fn statement<'q>(text: &'static str) -> Statement<'q> {
    Statement { text, values: Vec::new(), lent: PhantomData }
}

/// A list of columns with a prefix before each, so that every SELECT and INSERT of a noun names the same ones.
macro_rules! listed {
    ($prefix:literal; $first:literal $(, $rest:literal)*) => {
        concat!($prefix, $first $(, ", ", $prefix, $rest)*)
    };
}
pub(super) use listed;

/// One row, read from its first column to its last.
pub(super) struct Row {
    columns: std::vec::IntoIter<Value>,
}

impl Row {
    pub(super) fn new(columns: Vec<Value>) -> Self {
        Self { columns: columns.into_iter() }
    }

    fn next(&mut self) -> Result<Value> {
        self.columns.next().ok_or_else(|| Error::Corrupt("a row has fewer columns than were asked for".to_owned()))
    }

    pub(super) fn text(&mut self) -> Result<String> {
        self.maybe_text()?.ok_or_else(|| Error::Corrupt("NULL where a text should be".to_owned()))
    }

    /// A text that may be NULL.
    pub(super) fn maybe_text(&mut self) -> Result<Option<String>> {
        match self.next()? {
            Value::Text(text) => Ok(text),
            Value::Number(None) => Ok(None),
            Value::Number(Some(_)) => Err(Error::Corrupt("a number where a text should be".to_owned())),
        }
    }

    pub(super) fn number(&mut self) -> Result<i64> {
        self.maybe_number()?.ok_or_else(|| Error::Corrupt("NULL where a number should be".to_owned()))
    }

    /// A number that may be NULL.
    pub(super) fn maybe_number(&mut self) -> Result<Option<i64>> {
        match self.next()? {
            Value::Number(number) => Ok(number),
            Value::Text(None) => Ok(None),
            Value::Text(Some(_)) => Err(Error::Corrupt("a text where a number should be".to_owned())),
        }
    }

    /// 0 or 1; anything else is damage.
    pub(super) fn flag(&mut self) -> Result<bool> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Error::Corrupt(format!("{other} where 0 or 1 should be"))),
        }
    }

    /// A column of JSON as its type. The text itself is never repeated: it may be private.
    pub(super) fn json<T: DeserializeOwned>(&mut self, what: &str) -> Result<T> {
        read_json(&self.text()?, what)
    }

    /// An address that may be NULL.
    pub(super) fn maybe_email(&mut self) -> Result<Option<Email>> {
        let Some(text) = self.maybe_text()? else { return Ok(None) };
        Email::parse(&text).map(Some).map_err(|_| Error::Corrupt("an e-mail address".to_owned()))
    }
}

/// JSON as its type, or `Corrupt` with its name.
pub(super) fn read_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Error::Corrupt(format!("{what}: {:?} at line {} column {}", error.classify(), error.line(), error.column()))
    })
}

/// JSON for a column. What is stored are plain structs and lists, whose writing can't fail.
pub(super) fn write_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// What an error of the driver means to a caller.
pub(super) fn failed(error: &sqlx::Error) -> Error {
    match error {
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::AnyDriverError(_) => Error::Corrupt(error.to_string()),
        sqlx::Error::Database(refused) => refusal(refused.as_ref()),
        _ => Error::Down(error.to_string()),
    }
}

fn refusal(refused: &dyn DatabaseError) -> Error {
    if refused.is_foreign_key_violation() {
        return Error::Conflict("reference");
    }
    if refused.is_unique_violation() {
        return Error::Conflict("unique");
    }
    match refused.code().as_deref() {
        // SQLITE_CORRUPT and SQLITE_NOTADB; data_corrupted and index_corrupted of PostgreSQL.
        Some("11" | "26" | "XX001" | "XX002") => Error::Corrupt(refused.message().to_owned()),
        _ => Error::Down(refused.message().to_owned()),
    }
}

/// A database that takes longer to answer is as good as away.
const ANSWER_LIMIT: Duration = Duration::from_secs(6);

/// The answer, or `Down` when it does not come: a network that swallows packets gives no error by itself.
pub(super) async fn limited<T>(answer: impl Future<Output = std::result::Result<T, sqlx::Error>>) -> Result<T> {
    match tokio::time::timeout(ANSWER_LIMIT, answer).await {
        Ok(answer) => answer.map_err(|error| failed(&error)),
        Err(_) => Err(Error::Down("it did not answer in time".to_owned())),
    }
}

impl Store {
    /// The first row of a SELECT, if there is one.
    pub(super) async fn one(&self, statement: Statement<'_>) -> Result<Option<Row>> {
        self.inner.reads.one(statement).await
    }

    /// Every row of a SELECT, read by `read`.
    pub(super) async fn all<T>(
        &self,
        statement: Statement<'_>,
        read: impl Fn(&mut Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let rows = self.inner.reads.all(statement).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }
}
