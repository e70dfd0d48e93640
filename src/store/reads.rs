//! Reading, on whichever of the two databases it is.

use std::sync::Arc;

use sqlx::{Executor as _, PgPool};

use super::row::{Row, Statement, limited};
use super::sqlite::{self, Readers};
use super::{Result, postgres};

/// Where rows are read.
#[derive(Clone)]
pub(super) enum Reads {
    Sqlite(Arc<Readers>),
    Postgres(PgPool),
}

impl Reads {
    /// The first row, if there is one.
    pub(super) async fn one(&self, statement: Statement<'_>) -> Result<Option<Row>> {
        match self {
            Self::Sqlite(readers) => {
                readers.with(|reader| sqlite::one(reader, &statement).map_err(|error| sqlite::failed(&error)))
            }
            Self::Postgres(pool) => {
                let row = limited(pool.fetch_optional(postgres::bound(statement))).await?;
                row.map(|row| postgres::taken(&row)).transpose()
            }
        }
    }

    /// Every row.
    pub(super) async fn all(&self, statement: Statement<'_>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(readers) => {
                readers.with(|reader| sqlite::all(reader, &statement).map_err(|error| sqlite::failed(&error)))
            }
            Self::Postgres(pool) => {
                let rows = limited(pool.fetch_all(postgres::bound(statement))).await?;
                rows.iter().map(postgres::taken).collect()
            }
        }
    }
}
