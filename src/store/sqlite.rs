//! SQLite, called where the caller stands.
//!
//! A point read is a few microseconds of work in this process, less than the
//! two thread hops that a driver with a thread of its own pays for it. A reader
//! waits for nobody (WAL), and lists are pages of bounded length.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OpenFlags, ffi};

use super::row::{Row, Statement};
use super::value::Value;
use super::{Error, Result};

/// Statements a connection keeps prepared; the product has fewer.
const PREPARED: usize = 512;

/// Readers that are kept open; no more than threads can be reading at once.
const KEPT: usize = 16;

const READER: &str = "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA query_only = ON";

/// A connection to a file that is there, set up by `setup`.
pub(super) fn open(file: &Path, setup: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|error| failed(&error))?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.execute_batch(setup).map_err(|error| failed(&error))?;
    Ok(connection)
}

/// Connections that only read.
pub(super) struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, idle: Mutex::default() }
    }

    /// Lends a connection out. One that met an error is not kept: its file may have been replaced.
    pub(super) fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| open(&self.file, READER), Ok)?;
        let answer = read(&connection)?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(connection);
        }
        Ok(answer)
    }
}

/// The first row, if there is one; what the statement changes is changed whole before it.
pub(super) fn one(connection: &Connection, statement: &Statement<'_>) -> rusqlite::Result<Option<Row>> {
    let mut prepared = bound(connection, statement)?;
    let columns = prepared.column_count();
    let mut rows = prepared.raw_query();
    rows.next()?.map(|row| taken(row, columns)).transpose()
}

/// Every row.
pub(super) fn all(connection: &Connection, statement: &Statement<'_>) -> rusqlite::Result<Vec<Row>> {
    let mut prepared = bound(connection, statement)?;
    let columns = prepared.column_count();
    let mut rows = prepared.raw_query();
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        read.push(taken(row, columns)?);
    }
    Ok(read)
}

/// How many rows it changed.
pub(super) fn run(connection: &Connection, statement: &Statement<'_>) -> rusqlite::Result<u64> {
    let mut prepared = bound(connection, statement)?;
    let mut rows = prepared.raw_query();
    while rows.next()?.is_some() {}
    Ok(connection.changes())
}

/// SQLite takes `$1` for a name, and numbers names as they appear in the text.
fn bound<'c>(connection: &'c Connection, statement: &Statement<'_>) -> rusqlite::Result<CachedStatement<'c>> {
    let mut prepared = connection.prepare_cached(statement.text)?;
    for place in 1..=prepared.parameter_count() {
        let number = prepared.parameter_name(place).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        let value = number.and_then(|number| statement.values.get(number.checked_sub(1)?));
        match value {
            Some(Value::Text(text)) => prepared.raw_bind_parameter(place, text.as_deref())?,
            Some(Value::Number(number)) => prepared.raw_bind_parameter(place, number)?,
            None => return Err(rusqlite::Error::InvalidParameterCount(statement.values.len(), place)),
        }
    }
    Ok(prepared)
}

fn taken(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Row> {
    let column = |index| match row.get_ref(index)? {
        ValueRef::Null => Ok(Value::Text(None)),
        ValueRef::Integer(number) => Ok(Value::Number(Some(number))),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|error| rusqlite::Error::Utf8Error(index, error))?;
            Ok(Value::from(text))
        }
        other @ (ValueRef::Real(_) | ValueRef::Blob(_)) => {
            Err(rusqlite::Error::InvalidColumnType(index, "a column".to_owned(), other.data_type()))
        }
    };
    Ok(Row::new((0..columns).map(column).collect::<rusqlite::Result<_>>()?))
}

/// What an error of SQLite means to a caller.
pub(super) fn failed(error: &rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, told) = error else { return Error::Corrupt(error.to_string()) };
    let told = told.clone().unwrap_or_else(|| code.to_string());
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Conflict("reference"),
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Error::Conflict("unique"),
        extended if matches!(extended & 0xff, ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB) => Error::Corrupt(told),
        _ => Error::Down(told),
    }
}
