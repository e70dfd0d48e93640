//! PostgreSQL: a pool of connections, each a call over the network.

use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{Column as _, Connection as _, Executor as _, PgPool, Postgres, Row as _, TypeInfo as _};

use super::row::{Row, Statement, failed};
use super::value::Value;
use super::{Error, Result};

/// How long a caller waits for a connection before it is told `Down`.
const POOL_WAIT: Duration = Duration::from_millis(1500);

/// Connections that one node holds at most.
const CONNECTIONS: u32 = 16;

/// A connection that idled longer is asked whether it still lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// Statements a connection keeps prepared; the product has fewer.
const PREPARED: usize = 512;

const SETUP: &str =
    "SET statement_timeout = '5s'; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '30s'";

pub(super) async fn connect(options: PgConnectOptions) -> Result<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(POOL_WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < TRUSTED_IDLE {
                    return Ok(true);
                }
                Ok(connection.ping().await.is_ok())
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(sqlx::raw_sql(SETUP)).await.map(|_| ()) })
        })
        .connect_with(options.statement_cache_capacity(PREPARED));
    pool.await.map_err(|error| failed(&error))
}

/// The statement in the driver's own words.
pub(super) fn bound(statement: Statement<'_>) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    let mut query = sqlx::query(statement.text);
    for value in statement.values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
        };
    }
    query
}

/// A row of the driver with its columns read.
pub(super) fn taken(row: &PgRow) -> Result<Row> {
    let column = |index: usize| {
        let value = match row.column(index).type_info().name() {
            "INT8" => row.try_get(index).map(Value::Number),
            "INT4" => row.try_get::<Option<i32>, _>(index).map(|number| Value::Number(number.map(i64::from))),
            "TEXT" | "VARCHAR" | "NAME" => row.try_get(index).map(Value::Text),
            other => return Err(Error::Corrupt(format!("a column of type {other}"))),
        };
        value.map_err(|error| failed(&error))
    };
    Ok(Row::new((0..row.len()).map(column).collect::<Result<_>>()?))
}
