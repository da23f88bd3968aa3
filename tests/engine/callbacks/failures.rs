//! What fails waits by itself, is tried again when the clock says so, and is given up in the end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use holdfast::{
    Change, Error, Revision, StateManager,
    callbacks::{HandlerError, Schedule, Subscriber},
};
use tokio::sync::Semaphore;

use super::{LEASE_OVER, Seen, put, subscribed, subscriber, until};
use crate::support::{
    adas, id,
    postgres_server::{Disk, PostgresServer},
    worlds,
};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_failing_state_waits_as_scheduled_while_others_and_other_subscribers_go_on() {
    for world in worlds().await {
        let (states, clock) = (&world.states, &world.clock);
        let is_well = Arc::new(AtomicBool::new(false));
        let (seen, others) = (Seen::default(), Seen::default());
        let patient = Subscriber {
            schedule: Schedule::new([10 * SECOND, 100 * SECOND]),
            ..subscriber("patient")
        };
        let subscription = subscribed(states, patient, &seen, {
            let is_well = is_well.clone();
            move |change| {
                if change.after.name == "bad" && !is_well.load(Ordering::SeqCst) {
                    return Err(HandlerError::retry("no"));
                }
                Ok(())
            }
        })
        .await;
        let other = subscribed(states, subscriber("other"), &others, |_| Ok(())).await;
        for n in 0..3 {
            put(states, "bad", n).await;
            put(states, "good", n).await;
        }
        until(&subscription, |it| it.tally.handled == 3 && it.waiting == 1).await;
        until(&other, |it| it.tally.handled == 6).await;
        assert_eq!((seen.of("bad"), seen.of("good")), (vec![0], vec![0, 1, 2]));

        clock.advance(9 * SECOND);
        put(states, "good", 3).await;
        until(&subscription, |it| it.tally.handled == 4).await;
        assert_eq!(seen.of("bad"), [0], "not before its time: {}", world.name);
        clock.advance(3 * SECOND);
        until(&subscription, |it| it.tally.retries == 2 && it.waiting == 1).await;
        is_well.store(true, Ordering::SeqCst);
        clock.advance(111 * SECOND);
        until(&subscription, |it| it.tally.handled == 7).await;
        assert_eq!(seen.of("bad"), [0, 0, 0, 1, 2], "{}", world.name);
        assert_eq!(seen.of("good"), [0, 1, 2, 3]);
    }
}

#[tokio::test]
async fn after_the_last_attempt_a_change_is_a_dead_letter_that_can_be_tried_again_or_discarded() {
    for world in worlds().await {
        let states = &world.states;
        let is_well = Arc::new(AtomicBool::new(false));
        let seen = Seen::default();
        let hasty = Subscriber {
            schedule: Schedule::new([Duration::ZERO; 2]),
            ..subscriber("hasty")
        };
        let subscription = subscribed(states, hasty, &seen, {
            let is_well = is_well.clone();
            move |change| match change.after.data.as_u64() {
                Some(1) if !is_well.load(Ordering::SeqCst) => Err(HandlerError::retry("no")),
                Some(2) => Err(HandlerError::give_up("never")),
                _ => Ok(()),
            }
        })
        .await;
        for n in 0..4 {
            put(states, "s", n).await;
        }
        until(&subscription, |it| it.tally.handled == 2).await;
        assert_eq!(seen.of("s"), [0, 1, 1, 1, 2, 3], "{}", world.name);
        let letters = states.dead_letters("hasty").await.unwrap();
        let told = letters
            .iter()
            .map(|it| (it.revision.0, it.attempts, it.why.as_str()));
        assert_eq!(told.collect::<Vec<_>>(), [(2, 3, "no"), (3, 1, "never")]);
        let status = states.subscribers().await.unwrap();
        assert_eq!(status.first().unwrap().dead_letters, 2);

        assert!(
            states
                .discard_dead_letter("hasty", Revision(3))
                .await
                .unwrap()
        );
        assert!(
            !states
                .discard_dead_letter("hasty", Revision(3))
                .await
                .unwrap()
        );
        is_well.store(true, Ordering::SeqCst);
        assert!(
            states
                .retry_dead_letter("hasty", Revision(2))
                .await
                .unwrap()
        );
        assert!(
            !states
                .retry_dead_letter("hasty", Revision(2))
                .await
                .unwrap()
        );
        until(&subscription, |it| it.tally.handled == 3).await;
        assert_eq!(seen.of("s").last(), Some(&1));
        assert_eq!(states.dead_letters("hasty").await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_dead_letter_that_fails_again_comes_back() {
    for world in worlds().await {
        let states = &world.states;
        let never = subscriber("never");
        let seen = Seen::default();
        let subscription =
            subscribed(states, never, &seen, |_| Err(HandlerError::give_up("no"))).await;
        put(states, "s", 0).await;
        until(&subscription, |it| it.tally.buried == 1).await;
        assert!(
            states
                .retry_dead_letter("never", Revision(1))
                .await
                .unwrap()
        );
        until(&subscription, |it| it.tally.buried == 2).await;
        let letters = states.dead_letters("never").await.unwrap();
        assert_eq!(letters.len(), 1, "{}", world.name);
    }
}

#[tokio::test]
async fn a_handler_that_panics_or_hangs_has_failed_and_nothing_more() {
    for world in worlds().await {
        let states = &world.states;
        let calls = Arc::new(AtomicU32::new(0));
        let handler = {
            let calls = calls.clone();
            move |_: Arc<Change>| {
                let call = calls.fetch_add(1, Ordering::SeqCst);
                async move {
                    match call {
                        0 => panic!("as planned"),
                        1 => std::future::pending().await,
                        _ => Ok(()),
                    }
                }
            }
        };
        let bounded = Subscriber {
            schedule: Schedule::new([Duration::ZERO; 2]),
            timeout: Duration::from_millis(20),
            ..subscriber("bounded")
        };
        let subscription = states.subscribe(bounded, handler).await.unwrap();
        put(states, "s", 0).await;
        let progress = until(&subscription, |it| it.tally.handled == 1).await;
        assert_eq!(progress.tally.retries, 2, "{}", world.name);
    }
}

#[tokio::test]
async fn a_busy_receiver_is_left_alone_as_long_as_it_asked() {
    for world in worlds().await {
        let (states, clock) = (&world.states, &world.clock);
        let calls = Arc::new(AtomicU32::new(0));
        let seen = Seen::default();
        let one = Subscriber {
            at_once: 1,
            ..subscriber("one")
        };
        let subscription = subscribed(states, one, &seen, move |_| {
            match calls.fetch_add(1, Ordering::SeqCst) {
                0 => Err(HandlerError::Busy {
                    why: "too many".into(),
                    pause: 20 * SECOND,
                }),
                _ => Ok(()),
            }
        })
        .await;
        put(states, "a", 0).await;
        until(&subscription, |it| it.waiting == 1).await;
        put(states, "b", 0).await;
        clock.advance(19 * SECOND);
        until(&subscription, |it| it.position == Revision(2)).await;
        assert_eq!(seen.all().len(), 1, "{}", world.name);
        clock.advance(SECOND);
        until(&subscription, |it| it.tally.handled == 2).await;
    }
}

#[tokio::test]
async fn a_crash_repeats_what_was_not_written_down_and_loses_nothing() {
    for world in worlds().await {
        let (states, clock) = (&world.states, &world.clock);
        // Handled and written down.
        let seen = Seen::default();
        let first = subscribed(states, subscriber("s"), &seen, |_| Ok(())).await;
        put(states, "a", 0).await;
        put(states, "b", 0).await;
        until(&first, |it| it.tally.handled == 2).await;
        first.stop().await;

        // Handled, and while another change is still under way the process ends.
        let gate = Arc::new(Semaphore::new(0));
        let handler = {
            let (seen, gate) = (seen.clone(), gate.clone());
            move |change: Arc<Change>| {
                let (seen, gate) = (seen.clone(), gate.clone());
                async move {
                    seen.add(&change);
                    if change.after.name == "slow" {
                        gate.acquire().await.unwrap().forget();
                    }
                    Ok(())
                }
            }
        };
        let second = states.subscribe(subscriber("s"), handler).await.unwrap();
        put(states, "slow", 1).await;
        put(states, "a", 1).await;
        until(&second, |it| it.tally.handled == 3 && it.in_flight == 1).await;
        drop(second);
        put(states, "a", 2).await;

        clock.advance(LEASE_OVER);
        let third = subscribed(states, subscriber("s"), &seen, |_| Ok(())).await;
        until(&third, |it| it.tally.handled == 5).await;
        assert_eq!(seen.of("b"), [0], "{}", world.name);
        assert_eq!(seen.of("slow"), [1, 1]);
        assert_eq!(seen.of("a"), [0, 1, 1, 2], "{}", world.name);
    }
}

#[tokio::test]
async fn what_waits_keeps_its_attempts_over_a_restart_and_a_long_history_catches_up_in_order() {
    const CHANGES: u32 = 100;
    for world in worlds().await {
        let (states, clock) = (&world.states, &world.clock);
        let seen = Seen::default();
        let patient = Subscriber {
            schedule: Schedule::new([SECOND, 1000 * SECOND]),
            ..subscriber("patient")
        };
        let failing = |_: &Change| Err(HandlerError::retry("no"));
        let first = subscribed(states, patient.clone(), &seen, failing).await;
        put(states, "s", 0).await;
        until(&first, |it| it.waiting == 1).await;
        clock.advance(2 * SECOND);
        until(&first, |it| it.tally.retries == 2 && it.waiting == 1).await;
        for n in 1..CHANGES {
            put(states, "s", n).await;
        }
        until(&first, |it| it.position == Revision(u64::from(CHANGES))).await;
        first.stop().await;
        assert_eq!(seen.of("s"), [0, 0]);

        clock.advance(500 * SECOND);
        let second = subscribed(states, patient, &seen, |_| Ok(())).await;
        until(&second, |it| it.waiting == 1).await;
        assert_eq!(seen.of("s"), [0, 0], "still not due: {}", world.name);
        clock.advance(700 * SECOND);
        until(&second, |it| it.tally.handled == u64::from(CHANGES)).await;
        let expected: Vec<u64> = [0, 0].into_iter().chain(0..u64::from(CHANGES)).collect();
        assert_eq!(seen.of("s"), expected, "{}", world.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_goes_on_when_the_database_is_back() {
    let server = PostgresServer::start(Disk::Unsynced);
    let backend = holdfast::backend::Postgres::connect(&server.database()).await;
    let states = StateManager::builder(Arc::new(backend.unwrap())).build();
    let seen = Seen::default();
    let subscription = subscribed(&states, subscriber("s"), &seen, |_| Ok(())).await;
    put(&states, "s", 0).await;
    until(&subscription, |it| it.tally.handled == 1).await;
    server.kill();
    let gone = states.get(&adas(), &id("s")).await;
    assert!(matches!(gone, Err(Error::Failed { .. })));
    server.start_again();
    put(&states, "s", 1).await;
    until(&subscription, |it| it.tally.handled >= 2).await;
    assert_eq!(seen.of("s").last(), Some(&1));
    subscription.stop().await;
    let status = states.subscribers().await.unwrap();
    assert_eq!(status.first().unwrap().lag, 0);
}
