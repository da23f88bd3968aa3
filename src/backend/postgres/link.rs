//! How connections are made and what is set on each; and how a reader asks.

use std::time::Duration;

use sqlx::{
    ConnectOptions, FromRow, PgConnection, PgPool,
    pool::PoolConnection,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    query::QueryAs,
};
use tokio::time::{Instant, timeout};

use super::{
    Fault, PostgresFault,
    fault::{Tries, Trouble, unanswered},
};

/// Readers at once. Each is a process of the server; what waits here waits cheaper than there.
const READERS: u32 = 8;

/// The longest statement. The server ends a longer one and takes back what it did.
pub(super) const STATEMENT: Duration = Duration::from_secs(4);

/// How long an answer is waited for: a second more than the server may take, so that a silent
/// connection is told from a slow statement.
pub(super) const ANSWER: Duration = Duration::from_secs(5);

/// How long it may take to be let in.
const CONNECT: Duration = Duration::from_secs(3);

/// Prepared statements kept by each connection: all that there are.
const STATEMENTS: usize = 64;

/// The address, and what every connection of ours sets.
pub(super) fn options(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let limit = STATEMENT.as_millis().to_string();
    let options: PgConnectOptions = url.parse()?;
    Ok(options.statement_cache_capacity(STATEMENTS).options([
        ("statement_timeout", limit.as_str()),
        // The order of the log rests on a lock; a snapshot from before it would be a lie.
        ("default_transaction_isolation", "read\\ committed"),
        // Every statement of ours walks an index or is a handful of rows. A planner that has seen the
        // tables empty would keep scanning them until their first statistics.
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("jit", "off"),
    ]))
}

/// One connection, within a bounded time.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    timeout(CONNECT, options.connect())
        .await
        .unwrap_or_else(|_| Err(unanswered()))
}

/// A connection whose commits are on disk when they are acknowledged, even where the database is set
/// otherwise. Stricter settings (a standby that must have it too) stay.
pub(super) async fn connect_to_write(
    options: &PgConnectOptions,
) -> Result<PgConnection, sqlx::Error> {
    const DURABLE: &str = "
        SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off'";
    let mut connection = connect(options).await?;
    let set = timeout(ANSWER, sqlx::query(DURABLE).execute(&mut connection)).await;
    set.unwrap_or_else(|_| Err(unanswered()))?;
    Ok(connection)
}

/// A pool of connections that are made when they are needed.
#[derive(Debug, Clone)]
pub(super) struct Readers(PgPool);

impl Readers {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(CONNECT)
            // A round trip for each read, to find out what the read itself finds out.
            .test_before_acquire(false);
        Self(pool.connect_lazy_with(options))
    }

    /// A connection for more than one statement.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<sqlx::Postgres>, sqlx::Error> {
        self.0.acquire().await
    }

    /// All rows of `sql`. A lost connection is made again: a read can be repeated.
    pub(super) async fn rows<'q, T>(
        &self,
        sql: &'q str,
        bind: impl Fn(Question<'q, T>) -> Question<'q, T> + Send + Sync,
    ) -> Result<Vec<T>, Fault>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let mut tries = Tries::since(Instant::now());
        loop {
            let error = match self.once(bind(sqlx::query_as(sql))).await {
                Ok(rows) => return Ok(rows),
                Err(error) => error,
            };
            let trouble = Trouble::of(&error);
            if trouble.may_pass() && tries.again().await {
                continue;
            }
            return Err(PostgresFault::of_read(error).into());
        }
    }

    async fn once<T>(&self, question: Question<'_, T>) -> Result<Vec<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let mut connection = self.0.acquire().await?;
        let answer = timeout(ANSWER, question.fetch_all(&mut *connection)).await;
        answer.unwrap_or_else(|_| {
            // It would wait for ever to be given back.
            connection.close_on_drop();
            Err(unanswered())
        })
    }
}

/// A query whose parameters are being bound.
pub(super) type Question<'q, T> = QueryAs<'q, sqlx::Postgres, T, PgArguments>;
