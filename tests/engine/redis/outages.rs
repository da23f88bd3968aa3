//! Redis is killed, sleeps, or comes back empty.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use holdfast::{
    Expected, Revision, State, Timestamp, Update,
    backend::{Backend, Fault, Outcome, RedisFault},
};
use serde_json::json;
use tokio::sync::Notify;

use super::{announced, connect, engine, say, whole_log, write};
use crate::support::{ada, adas, id, redis_server::RedisServer, store};

/// Asks again and again until Redis is back; every refusal on the way must be a typed one.
async fn when_back<T>(ask: impl AsyncFn() -> Result<T, Fault>) -> T {
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(fault) => assert!(fault.is::<RedisFault>(), "{fault}"),
        }
        tokio::task::yield_now().await;
    }
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
                    match backend
                        .apply(vec![write(&name, last.as_ref(), n)].into())
                        .await
                    {
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
        let Outcome::Applied(changes) = backend.apply(vec![next].into()).await.unwrap() else {
            panic!("{name} goes on where it stands")
        };
        newest.0 += 1;
        assert_eq!(changes.last().unwrap().revision, newest);
    }
    let log = whole_log(&backend).await;
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
        backend.apply(vec![write("new", None, 1)].into()),
        backend.scan(&scope, None, None, 10),
        backend.due(Timestamp(0), 0, 10),
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
        .apply(vec![write("new", None, 1)].into())
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
        backend.apply(vec![write("s", None, 1)].into())
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
    let next = backend.apply(vec![write("s", Some(&kept), 2)].into()).await;
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
    backend.apply(vec![first, second].into()).await.unwrap();
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
    let outcome = backend
        .apply(vec![write("s", None, 3)].into())
        .await
        .unwrap();
    let Outcome::Applied(changes) = outcome else {
        panic!("there is nothing: {outcome:?}")
    };
    assert_eq!(changes.last().unwrap().revision, Revision(1));
    // The log began anew. Once that is noticed, what is written is announced again.
    let mut last = changes.last().unwrap().after.clone();
    let heard = loop {
        let next = write("s", Some(&last), 4);
        last = next.after.clone();
        backend.apply(vec![next].into()).await.unwrap();
        if let Ok(heard) = announcements.try_recv() {
            break heard;
        }
    };
    let before = Revision(heard.first().unwrap().revision.0 - 1);
    let log = backend.log(before, heard.len()).await.unwrap();
    assert_eq!(*heard, *log);
}
