//! A server that is gone, or does not get on: a typed fault in time, and then on as before.

use std::{
    io::{BufRead, BufReader, Write as _},
    process::{Child, ChildStdin, Stdio},
    time::Duration,
};

use futures::{StreamExt, future::join};
use holdfast::{
    Error, Expected, Query, Revision, Update, Version,
    backend::{Backend, PostgresFault},
};
use serde_json::json;

use super::{connected, engine};
use crate::support::{
    ada, adas, id,
    postgres_server::{Disk, PostgresServer},
    store,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_a_typed_fault_in_time_and_its_return_is_noticed() {
    let server = PostgresServer::start(Disk::Unsynced);
    let backend = connected(&server.database()).await;
    let states = engine(&backend);
    states.register(store("s"), &ada()).await.unwrap();
    let mut changes = states.watch(None, Revision(1));
    server.kill();

    let patch = || Update::Merge(json!({"n": 1}));
    let written = async || {
        states
            .update(&adas(), &id("s"), patch(), Expected::Any, &ada())
            .await
    };
    let scope = adas();
    let s = id("s");
    let (read, written_now) = join(states.get(&scope, &s), written()).await;
    let found = states.search(&scope, Query::default()).await;
    // Not `Error::Timeout`: the backend answered before the engine lost its patience.
    for failed in [read.map(drop), written_now.map(drop), found.map(drop)] {
        let Err(Error::Failed { source, .. }) = failed else {
            panic!("there is no server: {failed:?}");
        };
        let fault = source.downcast_ref::<PostgresFault>().unwrap();
        assert!(matches!(
            fault,
            PostgresFault::Unreachable(_) | PostgresFault::InDoubt(_)
        ));
    }

    server.start_again();
    assert_eq!(
        states.get(&scope, &s).await.unwrap().unwrap().version,
        Version(1)
    );
    assert_eq!(written().await.unwrap().version, Version(2));
    let change = changes.next().await.unwrap().unwrap();
    assert_eq!(change.revision, Revision(2));
}

/// Somebody in a `psql` session who holds the end of the log.
struct Blocker(Child, ChildStdin);

impl Blocker {
    fn start(server: &PostgresServer, url: &str) -> Self {
        let database = url
            .rsplit('/')
            .find_map(|part| part.split_once('?'))
            .unwrap();
        let mut child = server
            .psql(database.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut orders = child.stdin.take().unwrap();
        writeln!(orders, "BEGIN; SELECT revision FROM head FOR UPDATE;").unwrap();
        let mut answer = String::new();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "1");
        Self(child, orders)
    }

    fn let_go(self) {
        let Self(mut child, orders) = self;
        drop(orders);
        child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_too_slow_is_a_typed_fault_and_nothing_is_half_done() {
    let server = PostgresServer::shared();
    let url = server.database();
    let backend = connected(&url).await;
    let states = engine(&backend);
    states.register(store("s"), &ada()).await.unwrap();
    let blocker = Blocker::start(&server, &url);
    let patch = || Update::Merge(json!({"n": 1}));
    let written = async || {
        states
            .update(&adas(), &id("s"), patch(), Expected::Any, &ada())
            .await
    };
    let slow = written().await;
    let Err(Error::Failed { source, .. }) = slow else {
        panic!("it should have been too slow: {slow:?}");
    };
    let fault = source.downcast_ref::<PostgresFault>().unwrap();
    assert!(matches!(fault, PostgresFault::Slow(after) if *after > Duration::ZERO));
    // Readers never wait for writers.
    assert_eq!(
        states
            .get(&adas(), &id("s"))
            .await
            .unwrap()
            .unwrap()
            .version,
        Version(1)
    );
    blocker.let_go();
    assert_eq!(written().await.unwrap().version, Version(2));
    assert_eq!(backend.revision().await.unwrap(), Revision(2));
}
