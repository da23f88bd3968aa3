//! Brings the tables of a file up to date, while other programs may be doing the same.

use std::time::Duration;

use sqlx::{
    Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
};
use tokio::time::{Instant, sleep};

use super::{AGAIN, Fault, SqliteFault};

/// For how long another program may be at it. A large file is rewritten within minutes, and who gave up
/// before would have to be started again by hand.
pub(super) const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Brings the tables up to date. Another process may be doing the same, and SQLite has no lock for that: whoever was in its
/// way looks again while nobody else may write, and waits for that as long as `patience` says.
pub(super) async fn bring_up_to_date(
    connection: &mut SqliteConnection,
    patience: Duration,
) -> Result<(), Fault> {
    let migrations = sqlx::migrate!("./migrations/sqlite");
    // What `run` does, whose future cannot be sent to another thread.
    match migrations.run_direct(&mut *connection).await {
        Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) => {}
        done => return Ok(done?),
    }
    let began = Instant::now();
    let mut is_told = false;
    loop {
        match alone(&migrations, connection).await {
            Err(fault) if is_busy(&fault) && began.elapsed() < patience => {}
            done => return done,
        }
        if !is_told {
            tracing::info!(
                "another program is at work on this database, maybe on its tables; waiting for it"
            );
            is_told = true;
        }
        // SQLite waits by itself for most of what others do, not for all.
        sleep(AGAIN).await;
    }
}

/// Does what is left to do while nobody else may write.
async fn alone(migrations: &Migrator, connection: &mut SqliteConnection) -> Result<(), Fault> {
    let alone = connection.begin_with("BEGIN IMMEDIATE").await;
    let mut alone = alone.map_err(SqliteFault::from)?;
    let done = migrations.run_direct(&mut *alone).await;
    done.map_err(SqliteFault::of_migration)?;
    alone.commit().await.map_err(SqliteFault::from)?;
    Ok(())
}

fn is_busy(fault: &Fault) -> bool {
    matches!(fault.downcast_ref(), Some(SqliteFault::Busy(_)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]
    use sqlx::{
        ConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode},
    };

    use super::*;

    /// How long a connection of the test waits for another by itself.
    const SHORT: Duration = Duration::from_millis(10);

    #[tokio::test]
    async fn who_finds_another_program_at_work_waits_for_it_longer_than_sqlite_does() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("states.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(SHORT);
        let mut other = options.connect().await.unwrap();
        let mut ours = options.connect().await.unwrap();
        let work = other.begin_with("BEGIN IMMEDIATE").await.unwrap();

        let refused = bring_up_to_date(&mut ours, Duration::ZERO).await;
        let refused = refused.unwrap_err();
        assert!(is_busy(&refused), "{refused}");
        let patient = tokio::spawn(async move { bring_up_to_date(&mut ours, PATIENCE).await });
        sleep(SHORT * 20).await;
        assert!(!patient.is_finished());
        work.rollback().await.unwrap();
        patient.await.unwrap().unwrap();
        let states: i64 = sqlx::query_scalar("SELECT count(*) FROM states")
            .fetch_one(&mut other)
            .await
            .unwrap();
        assert_eq!(states, 0);
    }
}
