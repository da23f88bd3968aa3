//! Every change, in order for each state, different states side by side.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use holdfast::{
    Change, Interest, Kind, Revision, StateManager,
    callbacks::{HandlerError, Schedule, Subscriber},
};
use tokio::sync::Semaphore;

use super::{Seen, number, put, put_in, subscribed, subscriber, until};
use crate::support::{adas, bobs, memory, worlds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_state_is_handled_in_order_and_whole_while_many_write_and_handlers_fail() {
    const WRITERS: u32 = 8;
    const WRITES: u32 = 60;
    for world in worlds().await {
        let states = world.states.clone();
        let (seen, failed) = (Seen::default(), Mutex::new(HashSet::new()));
        let handled = seen.clone();
        let retried = Subscriber {
            schedule: Schedule::new([Duration::ZERO]),
            ..subscriber("all")
        };
        // Every seventh change fails once.
        let subscription = subscribed(&states, retried, &Seen::default(), move |change| {
            let revision = change.revision;
            if revision.0.is_multiple_of(7) && failed.lock().unwrap().insert(revision) {
                return Err(HandlerError::retry("not now"));
            }
            handled.add(change);
            Ok(())
        })
        .await;
        let writers = (0..WRITERS).map(|writer| {
            let states = states.clone();
            tokio::spawn(async move {
                for n in 0..WRITES {
                    put(&states, &format!("w{writer}"), n).await;
                }
            })
        });
        for writer in join_all(writers).await {
            writer.unwrap();
        }
        let total = u64::from(WRITERS * WRITES);
        until(&subscription, |it| it.tally.handled == total).await;
        assert_eq!(subscription.progress().tally.retries, total / 7);
        for writer in 0..WRITERS {
            let expected: Vec<u64> = (0..u64::from(WRITES)).collect();
            assert_eq!(seen.of(&format!("w{writer}")), expected, "{}", world.name);
        }
        subscription.stop().await;
        let [status] = &states.subscribers().await.unwrap()[..] else {
            panic!("there is one");
        };
        assert_eq!((status.position, status.lag), (Revision(total), 0));
        assert_eq!((status.in_flight, status.is_held), (0, false));
    }
}

#[tokio::test]
async fn a_slow_state_has_one_change_under_way_and_the_others_as_many_as_are_allowed() {
    let states = StateManager::builder(memory().await.1).build();
    let (gate, running) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let most = Arc::new(AtomicUsize::new(0));
    let handler = {
        let (gate, running, most) = (gate.clone(), running.clone(), most.clone());
        let busy = Arc::new(Mutex::new(HashMap::new()));
        move |change: Arc<Change>| {
            let (gate, running, most) = (gate.clone(), running.clone(), most.clone());
            let busy = busy.clone();
            async move {
                let name = change.after.name.clone();
                let other = busy.lock().unwrap().insert(name.clone(), number(&change));
                assert_eq!(other, None, "two of {name} at once");
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                running.fetch_sub(1, Ordering::SeqCst);
                busy.lock().unwrap().remove(&name);
                Ok(())
            }
        }
    };
    let three = Subscriber {
        at_once: 3,
        ..subscriber("three")
    };
    let subscription = states.subscribe(three, handler).await.unwrap();
    for n in 0..4 {
        for name in ["a", "b", "c", "d", "e"] {
            put(&states, name, n).await;
        }
    }
    until(&subscription, |it| it.in_flight == 3).await;
    gate.add_permits(20);
    until(&subscription, |it| it.tally.handled == 20).await;
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(subscription.progress().tally.retries, 0);
}

#[tokio::test]
async fn a_subscriber_hears_of_what_is_of_interest_from_the_moment_it_subscribed() {
    for world in worlds().await {
        let states = &world.states;
        put(states, "old", 0).await;
        let seen = Seen::default();
        let interest = Interest {
            scope: Some(adas()),
            id_prefix: Some("new".into()),
            ..Interest::from(Kind::STORE)
        };
        let own = Subscriber::new("own", interest);
        let subscription = subscribed(states, own, &seen, |_| Ok(())).await;
        put(states, "old", 1).await;
        put(states, "new", 2).await;
        put_in(states, bobs(), "new", 3).await;
        put(states, "newer", 4).await;
        // The position goes on with what is passed over, so that nobody reads that again.
        put(states, "old", 5).await;
        until(&subscription, |it| it.tally.handled == 2).await;
        let expected = [("new".to_owned(), 2), ("newer".to_owned(), 4)];
        assert_eq!(seen.all(), expected, "{}", world.name);
        subscription.stop().await;
        let status = states.subscribers().await.unwrap();
        assert!(status.first().unwrap().position >= Revision(5));
    }
}

#[tokio::test]
async fn a_range_is_handled_again_in_order_while_new_changes_go_on() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..10 {
            put(states, "a", n).await;
            put(states, "b", n).await;
        }
        let seen = Seen::default();
        let subscription = subscribed(states, subscriber("all"), &seen, |_| Ok(())).await;
        until(&subscription, |it| it.tally.handled == 20).await;
        let range = Revision(5)..=Revision(14);
        assert!(states.replay("all", range.clone()).await.unwrap());
        assert!(!states.replay("nobody", range).await.unwrap());
        put(states, "a", 10).await;
        until(&subscription, |it| it.tally.handled == 31).await;
        let (a, b) = (seen.of("a"), seen.of("b"));
        assert_eq!(b.get(10..).unwrap(), [2, 3, 4, 5, 6], "{}", world.name);
        let again: Vec<u64> = a.into_iter().skip(10).filter(|n| *n < 10).collect();
        assert_eq!(again, [2, 3, 4, 5, 6]);
        assert_eq!(seen.of("a").iter().filter(|n| **n == 10).count(), 1);
    }
}
