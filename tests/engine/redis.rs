//! What only Redis can do: be written by several servers at once, go away, and come back.

use std::{
    collections::HashMap,
    io::Write as _,
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use holdfast::{
    Change, Expected, New, Revision, State, StateManager, Transition, Update, Version,
    backend::{Backend, Outcome, Quota, Redis, RedisFault, Write},
};
use serde_json::json;
use tokio::sync::{Notify, broadcast::Receiver};

use crate::support::{ada, adas, bobs, id, redis_server::RedisServer, store};

async fn connect(server: &RedisServer) -> Arc<Redis> {
    Arc::new(Redis::connect(&server.url(), "test").await.unwrap())
}

fn engine(backend: &Arc<Redis>) -> StateManager {
    StateManager::builder(backend.clone()).build()
}

/// A write of `n` on top of `before`.
fn write(name: &str, before: Option<&Arc<State>>, n: u64) -> Write {
    let template = State {
        id: id(name),
        kind: holdfast::Kind::STORE,
        name: name.into(),
        status: holdfast::Status::ACTIVE,
        data: json!(n),
        metadata: json!({}),
        version: Version(before.map_or(1, |state| state.version.0 + 1)),
        schema_version: 1,
        scope: adas(),
        created_at: holdfast::Timestamp(1),
        updated_at: holdfast::Timestamp(2),
        expires_at: None,
    };
    Write {
        before: before.cloned(),
        after: Arc::new(template),
        transition: Transition::UPDATE,
        actor: ada(),
        bytes: 10,
        due: None,
        quota: Quota {
            states: 1_000_000,
            bytes: 1_000_000_000,
        },
    }
}

/// The next `count` changes that are announced.
async fn announced(
    mut announcements: Receiver<holdfast::backend::Announcement>,
    count: u64,
) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    while (changes.len() as u64) < count {
        changes.extend(announcements.recv().await.unwrap().iter().cloned());
    }
    changes
}

/// Asks again and again until Redis is back; every refusal on the way must be a typed one.
async fn when_back<T>(ask: impl AsyncFn() -> Result<T, holdfast::backend::Fault>) -> T {
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(fault) => assert!(fault.is::<RedisFault>(), "{fault}"),
        }
        tokio::task::yield_now().await;
    }
}

/// What Redis says to one line that comes past the client of the engine.
fn say(server: &RedisServer, command: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let lines = format!("{command}\r\nQUIT\r\n");
    stream.write_all(lines.as_bytes()).unwrap();
    let said = std::io::read_to_string(stream).unwrap();
    said.strip_suffix("\r\n+OK\r\n").unwrap().to_owned()
}

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
    let log = backends[0].log(Revision(0), 10_000).await.unwrap();
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
    theirs.apply(vec![first.clone()]).await.unwrap();
    let mut announcements = ours.announcements();
    theirs
        .apply(vec![write("s", Some(&first.after), 2)])
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
            tokio::spawn(async move { backend.apply(vec![write]).await.unwrap() })
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_is_there_after_kill_9_and_the_same_backend_goes_on() {
    const WRITERS: usize = 32;
    const ENOUGH: u64 = 500;
    let mut server = RedisServer::start();
    let backend = connect(&server).await;
    let announcements = backend.announcements();
    let count = Arc::new(AtomicU64::new(0));
    let enough = Arc::new(Notify::new());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (backend, count, enough) = (backend.clone(), count.clone(), enough.clone());
            // Writes until Redis is gone; what was acknowledged last, and whether anything is in doubt.
            tokio::spawn(async move {
                let name = format!("w{writer}");
                let mut last: Option<Arc<State>> = None;
                loop {
                    let n = last.as_ref().map_or(1, |state| state.version.0 + 1);
                    match backend.apply(vec![write(&name, last.as_ref(), n)]).await {
                        Ok(Outcome::Applied(changes)) => {
                            last = changes.last().map(|change| change.after.clone());
                        }
                        Ok(other) => panic!("nobody else writes {name}: {other:?}"),
                        Err(fault) => {
                            assert!(fault.is::<RedisFault>(), "{fault}");
                            return (name, last);
                        }
                    }
                    if count.fetch_add(1, Ordering::Relaxed) + 1 == ENOUGH {
                        enough.notify_one();
                    }
                }
            })
        })
        .collect();
    enough.notified().await;
    server.kill();
    let acknowledged: Vec<_> = join_all(writers)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    server.restart();

    let mut newest = when_back(async || backend.revision().await).await;
    for (name, last) in acknowledged {
        let found = backend.get(&adas(), &id(&name)).await.unwrap();
        let version =
            |state: &Option<Arc<State>>| state.as_ref().map_or(0, |state| state.version.0);
        let (kept, promised) = (version(&found), version(&last));
        // The write that was under way may have been done.
        assert!(
            (promised..=promised + 1).contains(&kept),
            "{name}: {promised} was acknowledged, {kept} is there"
        );
        let next = write(&name, found.as_ref(), kept + 1);
        let Outcome::Applied(changes) = backend.apply(vec![next]).await.unwrap() else {
            panic!("{name} goes on where it stands")
        };
        newest.0 += 1;
        assert_eq!(changes.last().unwrap().revision, newest);
    }
    let log = backend.log(Revision(0), 1_000_000).await.unwrap();
    assert_eq!(log.len() as u64, newest.0);
    assert!(announced(announcements, newest.0).await == log);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_gone_is_a_typed_fault_in_bounded_time_and_its_return_is_noticed() {
    let mut server = RedisServer::start();
    let backend = connect(&server).await;
    let states = engine(&backend);
    let state = states.register(store("s"), &ada()).await.unwrap();
    server.kill();

    let asked = Instant::now();
    let scope = adas();
    let (read, written, scanned, due) = tokio::join!(
        backend.get(&scope, &state.id),
        backend.apply(vec![write("new", None, 1)]),
        backend.scan(&scope, None, None, 10),
        backend.due(holdfast::Timestamp(0), 10),
    );
    assert!(asked.elapsed() < Duration::from_secs(10));
    for fault in [read.err(), written.err(), scanned.err(), due.err()] {
        let fault = fault.unwrap();
        let fault = fault.downcast_ref::<RedisFault>().unwrap();
        assert!(
            matches!(fault, RedisFault::Unreachable(_) | RedisFault::Unsure(_)),
            "{fault}"
        );
    }
    // By now it is known that there is no connection, so nothing can have been sent.
    let fault = backend
        .apply(vec![write("new", None, 1)])
        .await
        .unwrap_err();
    assert!(matches!(
        fault.downcast_ref(),
        Some(RedisFault::Unreachable(_))
    ));

    server.restart();
    let kept = when_back(async || backend.get(&scope, &state.id).await).await;
    assert_eq!(kept, Some(state.clone()));
    let patch = Update::Merge(json!({"n": 1}));
    let expected = Expected::Version(state.version);
    states
        .update(&scope, &state.id, patch, expected, &ada())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_redis_does_not_answer_is_said_to_be_in_doubt_in_bounded_time() {
    let server = RedisServer::start();
    let backend = connect(&server).await;
    let mut announcements = backend.announcements();
    server.signal("-STOP");
    let (scope, name) = (adas(), id("s"));
    let asked = Instant::now();
    let (read, written) = tokio::join!(
        backend.get(&scope, &name),
        backend.apply(vec![write("s", None, 1)])
    );
    assert!(asked.elapsed() < Duration::from_secs(10));
    server.signal("-CONT");
    assert!(read.unwrap_err().is::<RedisFault>());
    let fault = written.unwrap_err();
    assert!(matches!(fault.downcast_ref(), Some(RedisFault::Unsure(_))));

    // It was indeed done: Redis only slept. What it answers late is not taken for another answer.
    announcements.recv().await.unwrap();
    let kept = when_back(async || backend.get(&scope, &name).await)
        .await
        .unwrap();
    let next = backend.apply(vec![write("s", Some(&kept), 2)]).await;
    assert!(matches!(next.unwrap(), Outcome::Applied(_)));
    assert_eq!(backend.revision().await.unwrap(), Revision(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_comes_back_empty_gets_the_functions_again() {
    let mut server = RedisServer::start();
    let backend = connect(&server).await;
    let mut announcements = backend.announcements();
    let first = write("s", None, 1);
    let second = write("s", Some(&first.after), 2);
    backend.apply(vec![first, second]).await.unwrap();
    assert_eq!(announcements.recv().await.unwrap().len(), 2);
    server.kill();
    server.forget();
    server.restart();
    // The first to notice may be a reader or a writer.
    assert_eq!(
        when_back(async || backend.get(&adas(), &id("s")).await).await,
        None
    );
    assert!(say(&server, "FUNCTION FLUSH").starts_with("+OK"));
    let outcome = backend.apply(vec![write("s", None, 3)]).await.unwrap();
    let Outcome::Applied(changes) = outcome else {
        panic!("there is nothing: {outcome:?}")
    };
    assert_eq!(changes.last().unwrap().revision, Revision(1));
    // The log began anew. Once that is noticed, what is written is announced again.
    let mut last = changes.last().unwrap().after.clone();
    let heard = loop {
        let next = write("s", Some(&last), 4);
        last = next.after.clone();
        backend.apply(vec![next]).await.unwrap();
        if let Ok(heard) = announcements.try_recv() {
            break heard;
        }
    };
    let before = Revision(heard.first().unwrap().revision.0 - 1);
    let log = backend.log(before, heard.len()).await.unwrap();
    assert_eq!(*heard, *log);
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
    ours.apply(vec![write("s", None, 1)]).await.unwrap();
    let state = ours.get(&adas(), &id("s")).await.unwrap().unwrap();
    ours.apply(vec![write("s", Some(&state), 2)]).await.unwrap();

    assert_eq!(theirs.revision().await.unwrap(), Revision(0));
    assert_eq!(theirs.get(&adas(), &id("s")).await.unwrap(), None);
    assert_eq!(theirs.scan(&adas(), None, None, 10).await.unwrap(), []);
    assert_eq!(theirs.scan(&bobs(), None, None, 10).await.unwrap(), []);
    theirs.apply(vec![write("s", None, 3)]).await.unwrap();
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
        ("rediss://127.0.0.1", "a"),
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
    backend.apply(vec![write("s", None, 1)]).await.unwrap();
    let clients = || say(&server, "CLIENT LIST").matches(" addr=127").count();
    assert!(clients() > 1);
    drop(backend);
    while clients() > 1 {
        tokio::task::yield_now().await;
    }
}
