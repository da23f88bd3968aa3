//! Servers that share a database share one order, one guard and one quota.

use std::sync::Arc;

use futures::{
    StreamExt,
    future::{join, join_all},
};
use holdfast::{
    Change, Expected, New, Revision, State, Version,
    backend::{Announcement, Backend, Outcome},
};
use serde_json::json;
use tokio::sync::broadcast;

use super::{connected, engine, template, write};
use crate::support::{ada, adas, id, postgres_server::PostgresServer, store};

async fn announced(mut news: broadcast::Receiver<Announcement>, count: u64) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    while (changes.len() as u64) < count {
        changes.extend(news.recv().await.unwrap().iter().cloned());
    }
    changes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_at_once_on_an_empty_database_share_its_tables() {
    let server = PostgresServer::shared();
    let url = server.database();
    let started = join_all((0..4).map(|_| connected(&url))).await;
    for (n, backend) in started.iter().enumerate() {
        let states = engine(backend);
        states
            .register(store(&format!("s{n}")), &ada())
            .await
            .unwrap();
    }
    for backend in &started {
        assert_eq!(backend.revision().await.unwrap(), Revision(4));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_on_two_servers_see_every_change_of_both_once_and_in_order() {
    const WRITERS: u64 = 16;
    const WRITES: u64 = 40;
    const TOTAL: u64 = 2 * WRITERS * WRITES;
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let mut hearing = Vec::new();
    for backend in [&one, &other] {
        hearing.push(tokio::spawn(announced(backend.announcements(), TOTAL)));
        let changes = engine(backend)
            .watch(None, Revision(0))
            .take(TOTAL as usize);
        let changes = changes.map(|change| Change::clone(&change.unwrap()));
        let watching = changes.collect::<Vec<_>>();
        hearing.push(tokio::spawn(watching));
    }
    let writers = [&one, &other]
        .into_iter()
        .enumerate()
        .flat_map(|(n, backend)| {
            (0..WRITERS).map(move |writer| {
                let states = engine(backend);
                // Half of the names are written by both servers.
                let name = format!("{} {writer}", if writer % 2 == 0 { n } else { 9 });
                tokio::spawn(async move {
                    for n in 0..WRITES {
                        let new = New {
                            data: json!(n),
                            ..store(&name)
                        };
                        states.put(new, Expected::Any, &ada()).await.unwrap();
                    }
                })
            })
        });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let mut log = one.log(Revision(0), 1000).await.unwrap();
    log.extend(other.log(Revision(1000), 1000).await.unwrap());
    let revisions: Vec<u64> = log.iter().map(|change| change.revision.0).collect();
    assert_eq!(revisions, (1..=TOTAL).collect::<Vec<_>>());
    for heard in join_all(hearing).await {
        assert!(heard.unwrap() == log);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_that_write_the_same_version_exactly_one_wins() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let mut last: Option<Arc<State>> = None;
    for round in 1..=300 {
        let attempt = |who: &str| {
            let after = State {
                version: Version(round),
                data: json!(who),
                ..template()
            };
            vec![write(last.as_ref(), after)]
        };
        let (left, right) = join(
            one.apply(attempt("one").into()),
            other.apply(attempt("other").into()),
        )
        .await;
        let (won, lost) = match (left.unwrap(), right.unwrap()) {
            (Outcome::Applied(changes), Outcome::Stale(current))
            | (Outcome::Stale(current), Outcome::Applied(changes)) => (changes, current),
            both => panic!("one should have won: {both:?}"),
        };
        let winner = Arc::clone(&won.first().unwrap().after);
        assert_eq!(lost.as_ref(), Some(&winner));
        assert_eq!(one.revision().await.unwrap(), Revision(round));
        last = Some(winner);
    }
    assert_eq!(
        other
            .history(&adas(), &id("s"), None, 1000)
            .await
            .unwrap()
            .len(),
        300
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_holds_for_all_servers_together() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let attempts = (0..60).map(|n| {
        let backend = Arc::clone(if n % 2 == 0 { &one } else { &other });
        let after = State {
            id: id(&format!("s{n}")),
            ..template()
        };
        let mut write = write(None, after);
        write.quota.states = 10;
        tokio::spawn(async move { backend.apply(vec![write].into()).await.unwrap() })
    });
    let outcomes = join_all(attempts).await.into_iter();
    let applied = outcomes.filter(|outcome| matches!(outcome, Ok(Outcome::Applied(_))));
    assert_eq!(applied.count(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_write_never_fails_its_neighbours() {
    let server = PostgresServer::shared();
    let backend = connected(&server.database()).await;
    let attempts = (0..64).map(|n| {
        // The table refuses version 0, which fails the statement for the whole group.
        let is_bad = n % 16 == 5;
        let after = State {
            id: id(&format!("n{n}")),
            version: Version(u64::from(!is_bad)),
            ..template()
        };
        let backend = Arc::clone(&backend);
        tokio::spawn(async move { (is_bad, backend.apply(vec![write(None, after)].into()).await) })
    });
    for attempt in join_all(attempts).await {
        let (is_bad, result) = attempt.unwrap();
        let is_applied = matches!(result, Ok(Outcome::Applied(_)));
        assert_eq!(is_applied, !is_bad, "{result:?}");
    }
    assert_eq!(backend.revision().await.unwrap(), Revision(60));
}
