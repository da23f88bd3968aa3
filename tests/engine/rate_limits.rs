//! A scope that asks too often is told when to come back, and nobody else notices.

use std::{num::NonZeroU32, time::Duration};

use holdfast::{
    Error, Expected, HistoryQuery, Kind, New, Update,
    limits::{Access, Rate, RateLimits},
    schema::Mode,
    search::Query,
};
use serde_json::json;

use crate::support::{World, ada, adas, bobs, id, store, worlds, worlds_with};

fn rate(per_second: u32, burst: u32) -> Option<Rate> {
    Some(Rate {
        per_second: NonZeroU32::new(per_second).unwrap(),
        burst: NonZeroU32::new(burst).unwrap(),
    })
}

async fn limited(limits: RateLimits) -> Vec<World> {
    worlds_with(|builder| builder.rate_limits(limits)).await
}

fn wait<T: std::fmt::Debug>(refused: Result<T, Error>, access: Access) -> Duration {
    match refused {
        Err(Error::RateLimited { what, retry_after }) if what == access => retry_after,
        other => panic!("should be too often: {other:?}"),
    }
}

#[tokio::test]
async fn a_scope_writes_its_burst_and_then_at_its_rate() {
    let writes = rate(4, 3);
    for world in limited(RateLimits {
        writes,
        ..RateLimits::default()
    })
    .await
    {
        let states = &world.states;
        let register = async |name: &str| states.register(store(name), &ada()).await;
        for name in ["a", "b", "c"] {
            register(name).await.unwrap();
        }
        let after = wait(register("d").await, Access::Write);
        assert_eq!(after, Duration::from_millis(250), "{}", world.name);
        // Being refused costs nothing.
        assert_eq!(wait(register("d").await, Access::Write), after);
        world.clock.advance(after / 2);
        assert_eq!(wait(register("d").await, Access::Write), after / 2);
        world.clock.advance(after / 2);
        register("d").await.unwrap();
        wait(register("e").await, Access::Write);
        world.clock.advance(Duration::from_secs(3600));
        for name in ["e", "f", "g"] {
            register(name).await.unwrap();
        }
        wait(register("h").await, Access::Write);
        assert_eq!(states.counts().rate_limited, 5);
    }
}

#[tokio::test]
async fn scopes_and_reads_and_writes_are_counted_apart() {
    let limits = RateLimits {
        reads: rate(1, 1),
        writes: rate(1, 1),
    };
    for world in limited(limits).await {
        let states = &world.states;
        states.register(store("s"), &ada()).await.unwrap();
        assert!(states.get(&adas(), &id("s")).await.unwrap().is_some());
        wait(states.get(&adas(), &id("s")).await, Access::Read);
        let his = New {
            scope: bobs(),
            ..store("s")
        };
        states.register(his, &ada()).await.unwrap();
        assert!(states.get(&bobs(), &id("s")).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn every_way_to_read_and_to_write_is_counted() {
    let limits = RateLimits {
        reads: rate(1, 4),
        writes: rate(1, 7),
    };
    for world in limited(limits).await {
        let states = &world.states;
        let (scope, s, any) = (adas(), id("s"), Expected::Any);
        let merge = || Update::Merge(json!({}));
        states.register(store("s"), &ada()).await.unwrap();
        states.put(store("s"), any, &ada()).await.unwrap();
        states
            .update(&scope, &s, merge(), any, &ada())
            .await
            .unwrap();
        let first = holdfast::Version(1);
        states
            .rollback(&scope, &s, first, any, &ada())
            .await
            .unwrap();
        let mut transaction = states.transaction(&ada());
        for _ in 0..2 {
            transaction.update(&scope, &s, merge(), any).await.unwrap();
        }
        transaction.get(&scope, &s).await.unwrap();
        states.get(&scope, &s).await.unwrap();
        states.list(&scope, None, None, 10).await.unwrap();
        let history = || states.history(&scope, &s, HistoryQuery::last(1));
        history().await.unwrap();
        wait(history().await, Access::Read);
        wait(states.search(&scope, Query::default()).await, Access::Read);
        wait(states.list(&scope, None, None, 10).await, Access::Read);
        wait(transaction.get(&scope, &s).await, Access::Read);
        states.delete(&scope, &s, any, &ada()).await.unwrap();
        wait(states.delete(&scope, &s, any, &ada()).await, Access::Write);
        let late = transaction.update(&scope, &s, merge(), any).await;
        wait(late, Access::Write);
    }
}

#[tokio::test]
async fn the_engine_itself_is_never_too_often() {
    let writes = rate(1, 2);
    let build = |builder: holdfast::Builder| {
        let limits = RateLimits {
            writes,
            ..RateLimits::default()
        };
        builder.rate_limits(limits).upcaster(Kind::STORE, Ok)
    };
    for world in worlds_with(build).await {
        let old = holdfast::StateManager::builder(world.backend.clone());
        let old = old.clock(world.clock.clone()).build();
        for n in 0..5 {
            old.register(store(&format!("s{n}")), &ada()).await.unwrap();
        }
        let done = world.states.migrate_kind(&Kind::STORE, Mode::Apply).await;
        assert_eq!(done.unwrap().changed, 5, "{}", world.name);
        world.clock.advance(Duration::from_secs(7200));
        assert_eq!(world.states.sweep().await.unwrap(), 5);
    }
}

#[tokio::test]
async fn without_a_rate_nobody_is_refused() {
    for world in worlds().await {
        world.states.register(store("s"), &ada()).await.unwrap();
        for _ in 0..500 {
            world.states.get(&adas(), &id("s")).await.unwrap();
        }
        assert_eq!(world.states.counts().rate_limited, 0);
    }
}
