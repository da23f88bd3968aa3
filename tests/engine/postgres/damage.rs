//! What somebody did by hand to records is one reader's trouble, and is told.

use futures::future::join_all;
use holdfast::{
    Revision, State,
    backend::{Backend, Outcome},
    verify::Problem,
};
use sqlx::Connection;

use super::{connected, engine, template, write};
use crate::support::{ada, id, postgres_server::PostgresServer, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_cannot_be_read_fails_nobody_elses_write() {
    let server = PostgresServer::shared();
    let url = server.database();
    let states = engine(&connected(&url).await);
    states.register(store("damaged"), &ada()).await.unwrap();
    let mut by_hand = sqlx::PgConnection::connect(&url).await.unwrap();
    let damage = sqlx::query("UPDATE log SET state = '{}'");
    damage.execute(&mut by_hand).await.unwrap();
    let backend = connected(&url).await;
    // They are gathered: most of them are in one group.
    let written = join_all((0..40).map(|n| {
        let name = match n {
            20 => "damaged".to_owned(),
            n => format!("s{n}"),
        };
        let new = State {
            id: id(&name),
            ..template()
        };
        backend.apply(vec![write(None, new)].into())
    }));
    for (n, outcome) in written.await.into_iter().enumerate() {
        let is_written = matches!(outcome, Ok(Outcome::Applied(_)));
        assert_eq!(is_written, n != 20, "{n}: {outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_lost_its_end_is_found_out() {
    let server = PostgresServer::shared();
    let url = server.database();
    let states = engine(&connected(&url).await);
    for name in ["a", "b", "c"] {
        states.register(store(name), &ada()).await.unwrap();
    }
    let mut by_hand = sqlx::PgConnection::connect(&url).await.unwrap();
    let damage = sqlx::query("DELETE FROM log WHERE revision = 3");
    damage.execute(&mut by_hand).await.unwrap();
    let found = states.verify().await.unwrap().findings;
    let found: Vec<_> = found.iter().map(|it| (it.revision, it.problem)).collect();
    assert_eq!(found, [(Revision(3), Problem::Cut)]);
}
