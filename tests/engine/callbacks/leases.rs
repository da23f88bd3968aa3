//! On several servers a subscriber runs on exactly one, and another takes over.

use std::sync::Arc;

use holdfast::{
    Change, ManualClock, StateManager, Timestamp,
    backend::{Backend, Postgres, Sqlite},
};
use tokio::sync::Semaphore;

use super::{LEASE_OVER, Seen, put, subscribed, subscriber, until};
use crate::support::{memory, postgres_server::PostgresServer};

struct Pair {
    name: &'static str,
    clock: Arc<ManualClock>,
    one: StateManager,
    other: StateManager,
    /// What `one` stands on.
    backend: Arc<dyn Backend>,
    _guard: Box<dyn std::any::Any>,
}

/// Two engines on one place, on every backend that two may share.
async fn pairs() -> Vec<Pair> {
    let pair = |name, guard, one: Arc<dyn Backend>, other: Arc<dyn Backend>| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        let engine = |backend| StateManager::builder(backend).clock(clock.clone()).build();
        Pair {
            name,
            backend: one.clone(),
            one: engine(one),
            other: engine(other),
            clock: clock.clone(),
            _guard: guard,
        }
    };
    let (folder, shared) = memory().await;
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("states.db");
    let in_file: Arc<dyn Backend> = Arc::new(Sqlite::open(path).await.unwrap());
    let server = PostgresServer::shared();
    let url = server.database();
    let (a, b) = (Postgres::connect(&url).await, Postgres::connect(&url).await);
    vec![
        pair("memory", Box::new(folder), shared.clone(), shared),
        pair("sqlite", Box::new(file), in_file.clone(), in_file),
        pair(
            "postgres",
            Box::new(server),
            Arc::new(a.unwrap()),
            Arc::new(b.unwrap()),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_works_the_other_takes_over_at_once_after_a_stop_and_later_after_a_crash() {
    for pair in pairs().await {
        let Pair {
            one, other, clock, ..
        } = &pair;
        let (here, there) = (Seen::default(), Seen::default());
        let first = subscribed(one, subscriber("s"), &here, |_| Ok(())).await;
        until(&first, |it| it.is_working).await;
        let second = subscribed(other, subscriber("s"), &there, |_| Ok(())).await;
        put(other, "s", 0).await;
        until(&first, |it| it.tally.handled == 1).await;
        // The holder renews its lease as time goes by.
        for handled in 2..12 {
            clock.advance(LEASE_OVER / 6);
            put(one, "t", 0).await;
            until(&first, |it| it.tally.handled == handled).await;
        }
        assert_eq!(there.all(), [], "{}", pair.name);
        assert!(!second.progress().is_working);

        // It crashes; the lease ends by itself.
        drop(first);
        here.is_left().await;
        put(other, "s", 1).await;
        assert!(!second.progress().is_working);
        clock.advance(LEASE_OVER);
        until(&second, |it| it.tally.handled >= 12).await;
        assert!(there.of("s").ends_with(&[1]), "{}", pair.name);

        // It stops; whoever comes next need not wait.
        second.stop().await;
        let third = subscribed(one, subscriber("s"), &here, |_| Ok(())).await;
        put(one, "s", 2).await;
        until(&third, |it| it.is_working && it.tally.handled >= 13).await;
        assert_eq!(here.of("s"), [0, 2], "{}", pair.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_hung_past_its_lease_cannot_write_down_a_position() {
    for pair in pairs().await {
        let Pair { other, clock, .. } = &pair;
        let gate = Arc::new(Semaphore::new(0));
        let here = Seen::default();
        let handler = {
            let (gate, here) = (gate.clone(), here.clone());
            move |change: Arc<Change>| {
                let (gate, here) = (gate.clone(), here.clone());
                async move {
                    gate.acquire().await.unwrap().forget();
                    here.add(&change);
                    Ok(())
                }
            }
        };
        // The first server's clock stands still: it does not know that its lease is over.
        let standing = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        let hung = StateManager::builder(pair.backend.clone());
        let hung = hung.clock(standing).build();
        let first = hung.subscribe(subscriber("s"), handler).await.unwrap();
        put(other, "s", 0).await;
        until(&first, |it| it.in_flight == 1).await;

        clock.advance(LEASE_OVER);
        let there = Seen::default();
        let second = subscribed(other, subscriber("s"), &there, |_| Ok(())).await;
        until(&second, |it| it.tally.handled == 1).await;
        put(other, "s", 1).await;
        until(&second, |it| it.tally.handled == 2).await;
        let end = second.progress().position;
        until(&first, |it| it.position == end).await;

        // What it had taken it repeats; then it finds out.
        gate.add_permits(2);
        until(&first, |it| !it.is_working).await;
        second.stop().await;
        let status = other.subscribers().await.unwrap();
        let status = status.first().unwrap();
        assert_eq!((status.lag, status.tally.handled), (0, 2), "{}", pair.name);
        assert_eq!((here.of("s"), there.of("s")), (vec![0, 1], vec![0, 1]));
    }
}
