//! Transactions that are in each other's way: PostgreSQL ends one of them, and it is done again.

use std::{sync::Arc, time::Duration};

use holdfast::{
    Change, Revision, State, Version,
    backend::{Backend, Outcome, Postgres},
};
use sqlx::{Connection, PgConnection};

use super::{connected, template, write};
use crate::support::postgres_server::PostgresServer;

async fn written(backend: &Postgres, before: Option<&Arc<State>>, version: u64) -> Change {
    let after = State {
        version: Version(version),
        ..template()
    };
    let outcome = backend.apply(vec![write(before, after)].into()).await;
    let Outcome::Applied(changes) = outcome.unwrap() else {
        panic!("nobody else wrote it");
    };
    changes.into_iter().next().unwrap()
}

async fn run(other: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(sql).execute(other).await.unwrap();
}

/// Whether somebody waits for this connection's locks.
async fn is_waited_for(other: &mut PgConnection) -> bool {
    const SQL: &str = "
        SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))";
    sqlx::query_scalar(SQL).fetch_one(other).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_ends_a_deadlock_is_done_when_the_other_transaction_is() {
    // Who has waited for so long looks for a deadlock once, and is ended where there is one: the write is, never the other.
    const WHO_LOOKS: &str = "
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''3s''', current_database());
        END $$;
        SET deadlock_timeout = '1h';";
    let server = PostgresServer::shared();
    let url = server.database();
    let mut other = PgConnection::connect(&url).await.unwrap();
    run(&mut other, WHO_LOOKS).await;
    let backend = connected(&url).await;
    let first = written(&backend, None, 1).await.after;
    run(&mut other, "BEGIN").await;
    run(&mut other, "SELECT FROM states WHERE id = 's' FOR UPDATE").await;
    let writing = tokio::spawn(async move { written(&backend, Some(&first), 2).await });
    while !is_waited_for(&mut other).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The write holds the end of the log and waits for the state.
    run(&mut other, "SELECT FROM head FOR UPDATE").await;
    run(&mut other, "COMMIT").await;
    let change = writing.await.unwrap();
    assert_eq!(
        (change.revision, change.after.version),
        (Revision(2), Version(2))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_cannot_be_serialized_is_tried_until_it_can_and_done_once() {
    // What a sequence has counted stays counted when its transaction is undone.
    const THREE_CLASHES: &str = "
        CREATE SEQUENCE clashes;
        CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('clashes') <= 3 THEN
                RAISE 'could not serialize access' USING ERRCODE = 'serialization_failure';
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER clash AFTER INSERT ON log EXECUTE FUNCTION clash();";
    let server = PostgresServer::shared();
    let url = server.database();
    let backend = connected(&url).await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    run(&mut other, THREE_CLASHES).await;
    let change = written(&backend, None, 1).await;
    assert_eq!(change.revision, Revision(1));
    let tried = sqlx::query_scalar("SELECT last_value FROM clashes");
    let tried: i64 = tried.fetch_one(&mut other).await.unwrap();
    assert_eq!(tried, 4);
    assert_eq!(backend.revision().await.unwrap(), Revision(1));
    assert_eq!(backend.log(Revision(0), 10).await.unwrap().len(), 1);
}
