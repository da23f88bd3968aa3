//! SQLite beside what one does with it by hand: a commit for each write.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use holdfast::backend::Sqlite;
use sqlx::{
    ConnectOptions, Connection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    load::{RUN, STATES, WRITERS, filled, id, reads, scope, writes},
    table::{Row, Table},
};

/// What one write in a hundred may take with 256 writers.
const P99: Duration = Duration::from_millis(30);

/// How many times as many writes a group commit has to bring.
const GAIN: f64 = 6.0;

pub async fn rows(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = filled(Arc::new(Sqlite::open(&file).await.unwrap())).await;
    let many = writes("SQLite: durable update, 256 writers", &states, WRITERS).await;
    let one = writes("SQLite: durable update, 1 writer", &states, 1).await;
    let by_hand = one_by_one(&file).await;
    table.rate(&many, Some(3e4));
    table.p99(&many, P99);
    table.rate(&one, None);
    table.rate(&by_hand, None);
    table.ratio("engine : one commit for each write", &many, &by_hand, GAIN);
    table.rate(&reads("SQLite: get", &states).await, None);
}

/// A guarded update and its log row in a transaction of their own, with the settings of the engine and
/// on tables like its own; less than the engine does, because nothing is counted or chained.
async fn one_by_one(file: &Path) -> Row {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5));
    let mut connection = options.connect().await.unwrap();
    for table in [
        "CREATE TABLE bench_states AS SELECT * FROM states",
        "CREATE UNIQUE INDEX bench_by_id ON bench_states (scope, id)",
        "CREATE TABLE bench_log AS SELECT * FROM log LIMIT 0",
    ] {
        sqlx::query(table).execute(&mut connection).await.unwrap();
    }
    let json = "x".repeat(480);
    let mut latencies = Vec::new();
    let start = Instant::now();
    while start.elapsed() < RUN {
        let n = latencies.len() % STATES;
        let asked = Instant::now();
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let updated = sqlx::query(
            "UPDATE bench_states SET version = version + 1, revision = revision + 1
             WHERE scope = ?1 AND id = ?2 AND version > 0",
        );
        let updated = updated.bind(scope(n).to_string()).bind(id(n).to_string());
        let updated = updated.execute(&mut *transaction).await.unwrap();
        assert_eq!(updated.rows_affected(), 1);
        let logged = sqlx::query(
            "INSERT INTO bench_log (revision, previous, scope, id, version, transition, actor, at, state)
             VALUES (?1, ?1, ?2, ?3, 1, 'update', 'system', 0, ?4)",
        );
        let logged = logged
            .bind(latencies.len() as i64)
            .bind(scope(n).to_string());
        let logged = logged.bind(id(n).to_string()).bind(&json);
        logged.execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        latencies.push(asked.elapsed());
    }
    let elapsed = start.elapsed();
    latencies.sort_unstable();
    Row {
        what: "SQLite: one commit for each write, by hand",
        operations: latencies.len(),
        elapsed,
        latencies,
        processor: None,
    }
}
