//! What an error shows of the state that it is about, and which errors say that there is no room left.

use std::{io, sync::Arc, time::Duration};

use holdfast::{
    Error, Expected, Kind, StateManager, Update, Version,
    backend::{Fault, PostgresFault, RedisFault, SealedFault, SqliteFault},
};
use serde_json::json;

use crate::support::{ada, adas, id, memory, new};

const NUMBER: &str = "4111 1111 1111 1111";

#[tokio::test]
async fn a_conflict_in_a_log_names_the_state_and_shows_nothing_of_its_data() {
    let (_folder, backend) = memory().await;
    let states = StateManager::builder(backend).build();
    let card = new(Kind::STORE, "card", json!({"number": NUMBER}));
    states.register(card, &ada()).await.unwrap();
    let name = |name: &str| Update::Merge(json!({ "name": name }));
    let (scope, card, by) = (adas(), id("card"), ada());
    let late = Expected::Version(Version(7));
    let alone = states.update(&scope, &card, name("a"), late, &by).await;
    let alone = alone.unwrap_err();
    let shown = "Conflict { id: StateId(\"card\"), expected: Version(Version(7)), current: Some(State { \
                 id: StateId(\"card\"), version: Version(1), status: Status(\"active\"), .. }) }";
    assert_eq!(format!("{alone:?}"), shown);

    let mut together = states.transaction(&by);
    let any = Expected::Any;
    together
        .update(&scope, &card, name("b"), any)
        .await
        .unwrap();
    let meanwhile = states.update(&scope, &card, name("c"), any, &by).await;
    meanwhile.unwrap();
    let together = together.commit().await.unwrap_err();
    let told = format!("{together:?} {together} {alone}");
    assert!(told.contains("version: Version(2)"), "{told}");
    assert!(!told.contains("4111") && !told.contains("data"), "{told}");
}

fn failed(source: impl Into<Fault>) -> Error {
    let source = source.into();
    Error::Failed {
        operation: "write",
        source,
    }
}

fn why() -> Arc<io::Error> {
    Arc::new(io::Error::other("why"))
}

#[test]
fn a_backend_without_room_is_told_from_every_other_that_fails_whatever_is_in_between() {
    let redis = || RedisFault::Full("OOM command not allowed".into());
    for full in [
        failed(SqliteFault::Full(why())),
        failed(PostgresFault::Full(Arc::new(sqlx::Error::WorkerCrashed))),
        failed(redis()),
        failed(SealedFault::Behind(redis().into())),
        failed(SealedFault::Behind(
            SealedFault::Behind(redis().into()).into(),
        )),
        failed(failed(redis())),
    ] {
        assert!(full.is_full(), "{full:?}");
    }
    let slow = Duration::from_secs(10);
    for other in [
        failed(SqliteFault::Unreachable(why())),
        failed(SqliteFault::ReadOnly(why())),
        failed(SqliteFault::Busy(why())),
        failed(SqliteFault::Stopped),
        failed(PostgresFault::InDoubt(Arc::new(sqlx::Error::WorkerCrashed))),
        failed(PostgresFault::Slow(slow)),
        failed(RedisFault::Unsure("no answer".into())),
        failed(RedisFault::Refused("ERR no room left".into())),
        failed(SealedFault::Random),
        failed(SealedFault::Behind(SqliteFault::Stopped.into())),
        failed("there is no room left"),
        Error::Timeout {
            operation: "write",
            after: slow,
        },
        Error::Absent { id: id("gone") },
    ] {
        assert!(!other.is_full(), "{other:?}");
    }
}
