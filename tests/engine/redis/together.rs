//! Several servers on one Redis, and strangers beside them.

use std::{collections::HashMap, sync::Arc};

use futures::future::join_all;
use holdfast::{
    Expected, New, Revision, State,
    backend::{Backend, Outcome, Redis, RedisFault},
};
use serde_json::json;

use super::{announced, connect, engine, say, whole_log, write};
use crate::support::{ada, adas, bobs, id, redis_server::RedisServer, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_write_at_once_and_both_announce_every_change_in_one_order() {
    const WRITERS: u64 = 16;
    const WRITES: u64 = 50;
    let server = RedisServer::start();
    let backends = [connect(&server).await, connect(&server).await];
    let total = 2 * WRITERS * WRITES;
    let heard: Vec<_> = backends
        .iter()
        .map(|backend| tokio::spawn(announced(backend.announcements(), total)))
        .collect();
    let writers = (0..2 * WRITERS).map(|writer| {
        // Both servers write the same states, so they also meet in guards.
        let states = engine(&backends[usize::from(writer % 2 == 1)]);
        tokio::spawn(async move {
            for n in 0..WRITES {
                let name = format!("s{}", (writer + n) % 7);
                let new = New {
                    data: json!({"writer": writer, "n": n}),
                    ..store(&name)
                };
                states.put(new, Expected::Any, &ada()).await.unwrap();
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let log = whole_log(&backends[0]).await;
    let revisions: Vec<u64> = log.iter().map(|change| change.revision.0).collect();
    assert_eq!(revisions, (1..=total).collect::<Vec<_>>());
    let mut last: HashMap<_, Arc<State>> = HashMap::new();
    for change in &log {
        let before = last.insert(change.after.id.clone(), change.after.clone());
        assert_eq!(change.before, before, "at {:?}", change.revision);
    }
    for heard in heard {
        assert!(heard.await.unwrap() == log);
    }
}

#[tokio::test]
async fn what_one_server_writes_is_announced_by_another_that_slept() {
    let server = RedisServer::start();
    let (ours, theirs) = (connect(&server).await, connect(&server).await);
    let first = write("s", None, 1);
    theirs.apply(vec![first.clone()].into()).await.unwrap();
    let mut announcements = ours.announcements();
    theirs
        .apply(vec![write("s", Some(&first.after), 2)].into())
        .await
        .unwrap();
    // What was written shortly before may be announced too; nothing after it may be missing.
    loop {
        let changes = announcements.recv().await.unwrap();
        if changes.last().unwrap().revision == Revision(2) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_that_race_for_one_version_exactly_one_wins() {
    const ROUNDS: u64 = 300;
    let server = RedisServer::start();
    let backends = [connect(&server).await, connect(&server).await];
    let mut current: Option<Arc<State>> = None;
    let mut wins = [0, 0];
    for round in 1..=ROUNDS {
        let attempts = [0, 1].map(|side| {
            let (backend, name) = (backends[side].clone(), round * 2 + side as u64);
            let write = write("contested", current.as_ref(), name);
            tokio::spawn(async move { backend.apply(vec![write].into()).await.unwrap() })
        });
        let outcomes: Vec<Outcome> = join_all(attempts)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let winner = outcomes
            .iter()
            .position(|outcome| matches!(outcome, Outcome::Applied(_)));
        let winner = winner.unwrap();
        wins[winner] += 1;
        let Outcome::Applied(changes) = &outcomes[winner] else {
            unreachable!()
        };
        let [change] = changes.as_slice() else {
            panic!("one row of the log, not {changes:?}")
        };
        assert_eq!(change.revision, Revision(round));
        let Outcome::Stale(Some(seen)) = &outcomes[1 - winner] else {
            panic!("the other must be told who won: {outcomes:?}")
        };
        assert_eq!(seen, &change.after);
        current = Some(change.after.clone());
    }
    assert_eq!(backends[0].revision().await.unwrap(), Revision(ROUNDS));
    assert_eq!(wins[0] + wins[1], ROUNDS);
    let log = backends[1].log(Revision(0), 1000).await.unwrap();
    assert_eq!(log.len() as u64, ROUNDS);
}

#[tokio::test]
async fn nobody_elses_keys_are_touched_and_two_prefixes_do_not_meet() {
    let server = RedisServer::start();
    for foreign in [
        "SET log theirs",
        "SET test theirs",
        "SET testlog theirs",
        "SET tes/log theirs",
    ] {
        assert_eq!(say(&server, foreign), "+OK");
    }
    let load = "FUNCTION LOAD \"#!lua name=theirs\\n redis.register_function('theirs', function() return 7 end)\"";
    assert!(say(&server, load).starts_with('$'));
    let ours = connect(&server).await;
    let theirs = Redis::connect(&server.url(), "test:2").await.unwrap();
    let mut announcements = theirs.announcements();
    ours.apply(vec![write("s", None, 1)].into()).await.unwrap();
    let state = ours.get(&adas(), &id("s")).await.unwrap().unwrap();
    ours.apply(vec![write("s", Some(&state), 2)].into())
        .await
        .unwrap();

    assert_eq!(theirs.revision().await.unwrap(), Revision(0));
    assert_eq!(theirs.get(&adas(), &id("s")).await.unwrap(), None);
    assert_eq!(theirs.scan(&adas(), None, None, 10).await.unwrap(), []);
    assert_eq!(theirs.scan(&bobs(), None, None, 10).await.unwrap(), []);
    theirs
        .apply(vec![write("s", None, 3)].into())
        .await
        .unwrap();
    let heard = announcements.recv().await.unwrap();
    assert_eq!(heard.first().unwrap().after.data, json!(3));
    assert_eq!(ours.revision().await.unwrap(), Revision(2));

    for key in ["log", "test", "testlog", "tes/log"] {
        assert_eq!(say(&server, &format!("STRLEN {key}")), ":6");
    }
    assert_eq!(say(&server, "FCALL theirs 0"), ":7");
    // Theirs, and of each prefix: log, revision, scopes, states, one scope's ids, one history.
    assert_eq!(say(&server, "DBSIZE"), ":16");
}

#[tokio::test]
async fn what_cannot_be_connected_to_is_said_at_once() {
    let server = RedisServer::start();
    let url = server.url();
    for (url, prefix) in [
        (url.as_str(), ""),
        (url.as_str(), "a/b"),
        ("redis-cluster://127.0.0.1", "a"),
        ("nonsense", "a"),
    ] {
        let fault = Redis::connect(url, prefix).await.unwrap_err();
        assert!(
            matches!(fault.downcast_ref(), Some(RedisFault::Settings(_))),
            "{url} {prefix}: {fault}"
        );
    }
    drop(server);
    let fault = Redis::connect(&url, "a").await.unwrap_err();
    assert!(matches!(
        fault.downcast_ref(),
        Some(RedisFault::Unreachable(_))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_is_dropped_leaves_no_connection_behind() {
    let server = RedisServer::start();
    let backend = connect(&server).await;
    backend
        .apply(vec![write("s", None, 1)].into())
        .await
        .unwrap();
    let clients = || say(&server, "CLIENT LIST").matches(" addr=127").count();
    assert!(clients() > 1);
    drop(backend);
    while clients() > 1 {
        tokio::task::yield_now().await;
    }
}
