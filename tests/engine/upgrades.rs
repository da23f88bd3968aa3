//! Data of an older schema version is read, written and rewritten in today's shape; data of a newer
//! one is never touched.

use std::{sync::Arc, time::Duration};

use holdfast::{
    Builder, Error, Expected, HistoryQuery, Kind, ManualClock, New, Revision, StateManager, Status,
    Timestamp, Transition, Update, Version,
    backend::{Backend, Memory},
    schema::Mode,
};
use serde_json::{Value, json};

use crate::support::{World, ada, adas, bobs, id, new, worlds};

/// Version 2 has the name in two parts, version 3 counts logins.
fn third(builder: Builder) -> Builder {
    builder
        .upcaster(Kind::USER, |data| {
            let name = data["name"].as_str().ok_or("no name")?;
            let (first, last) = name.split_once(' ').ok_or("a name in one part")?;
            Ok(json!({"first": first, "last": last}))
        })
        .upcaster(Kind::USER, |mut data| {
            data["logins"] = json!(0);
            Ok(data)
        })
}

fn engine(world: &World) -> Builder {
    StateManager::builder(Arc::clone(&world.backend)).clock(world.clock.clone())
}

fn user(name: &str, data: Value) -> New {
    new(Kind::USER, name, data)
}

fn ada_1() -> Value {
    json!({"name": "Ada King"})
}

fn ada_3() -> Value {
    json!({"first": "Ada", "last": "King", "logins": 0})
}

#[tokio::test]
async fn readers_see_todays_shape_and_the_history_what_was_stored() {
    for world in worlds().await {
        let old = world.states.register(user("u", ada_1()), &ada()).await;
        assert_eq!(old.unwrap().schema_version, 1);
        let states = third(engine(&world)).build();
        let read = states.get(&adas(), &id("u")).await.unwrap().unwrap();
        assert_eq!((&read.data, read.schema_version), (&ada_3(), 3));
        let listed = states.list(&adas(), None, None, 10).await.unwrap();
        assert_eq!(listed, [Arc::clone(&read)]);
        let mut transaction = states.transaction(&ada());
        let in_it = transaction.get(&adas(), &id("u")).await.unwrap();
        assert_eq!(in_it.as_ref(), Some(&read));
        let history = states
            .history(&adas(), &id("u"), HistoryQuery::last(1))
            .await
            .unwrap();
        let stored = &history.first().unwrap().after;
        assert_eq!((&stored.data, stored.schema_version), (&ada_1(), 1));
        assert_eq!(states.upgraded(stored).unwrap(), read, "{}", world.name);
    }
}

#[tokio::test]
async fn a_write_builds_on_todays_shape_and_the_log_says_what_was_there() {
    for world in worlds().await {
        world
            .states
            .register(user("u", ada_1()), &ada())
            .await
            .unwrap();
        let states = third(engine(&world)).build();
        let merge = Update::Merge(json!({"logins": 1}));
        let expected = Expected::Version(Version(1));
        let written = states
            .update(&adas(), &id("u"), merge, expected, &ada())
            .await
            .unwrap();
        let whole = json!({"first": "Ada", "last": "King", "logins": 1});
        assert_eq!((&written.data, written.schema_version), (&whole, 3));
        let log = states.log(Revision(0), 10).await.unwrap();
        let change = log.last().unwrap();
        assert_eq!(change.before.as_deref().unwrap().data, ada_1());
        // The way back leads to the content, not to the shape.
        let back = states
            .rollback(&adas(), &id("u"), Version(1), Expected::Any, &ada())
            .await
            .unwrap();
        assert_eq!((&back.data, back.schema_version), (&ada_3(), 3));
        let fresh = states.register(user("v", ada_3()), &ada()).await.unwrap();
        assert_eq!(fresh.schema_version, 3, "{}", world.name);
    }
}

#[tokio::test]
async fn a_step_of_the_lifecycle_brings_the_data_along() {
    for world in worlds().await {
        world
            .states
            .register(user("u", ada_1()), &ada())
            .await
            .unwrap();
        let states = third(engine(&world)).build();
        let activate = Transition::ACTIVATE;
        let active = states
            .transition(&adas(), &id("u"), activate, Expected::Any, &ada())
            .await
            .unwrap();
        assert_eq!(
            (&active.status, &active.data, active.schema_version),
            (&Status::ACTIVE, &ada_3(), 3)
        );
    }
}

#[tokio::test]
async fn what_cannot_be_upgraded_says_why_and_can_still_be_deleted() {
    for world in worlds().await {
        let broken = user("u", json!({"name": "Ada"}));
        world.states.register(broken, &ada()).await.unwrap();
        let states = third(engine(&world)).build();
        let read = states.get(&adas(), &id("u")).await.unwrap_err();
        assert!(matches!(read, Error::NotUpgraded { from: 1, .. }));
        assert!(read.to_string().contains("a name in one part"), "{read}");
        let merge = Update::Merge(json!({}));
        let written = states
            .update(&adas(), &id("u"), merge, Expected::Any, &ada())
            .await;
        assert!(matches!(written, Err(Error::NotUpgraded { .. })));
        states
            .delete(&adas(), &id("u"), Expected::Any, &ada())
            .await
            .unwrap();
        let back = states.register(user("u", ada_3()), &ada()).await.unwrap();
        assert_eq!((back.version, back.schema_version), (Version(3), 3));
        // What a tombstone says is not what the content of today is.
        states
            .delete(&adas(), &id("u"), Expected::Any, &ada())
            .await
            .unwrap();
        let back = states
            .rollback(&adas(), &id("u"), Version(3), Expected::Any, &ada())
            .await
            .unwrap();
        assert_eq!((&back.data, back.schema_version), (&ada_3(), 3));
    }
}

#[tokio::test]
async fn a_dry_run_tells_what_would_happen_and_applying_it_does_just_that() {
    for world in worlds().await {
        let old = &world.states;
        old.register(user("good", ada_1()), &ada()).await.unwrap();
        old.register(user("bad", json!({})), &ada()).await.unwrap();
        old.register(user("gone", ada_1()), &ada()).await.unwrap();
        old.delete(&adas(), &id("gone"), Expected::Any, &ada())
            .await
            .unwrap();
        let merge = Update::Merge(json!({"name": "Ada Lovelace"}));
        old.update(&adas(), &id("good"), merge, Expected::Any, &ada())
            .await
            .unwrap();
        let his = New {
            scope: bobs(),
            ..user("good", ada_1())
        };
        old.register(his, &ada()).await.unwrap();
        let states = third(engine(&world)).build();
        states.register(user("new", ada_3()), &ada()).await.unwrap();
        let before = states.revision().await.unwrap();

        let dry = states.migrate_kind(&Kind::USER, Mode::DryRun).await;
        let dry = dry.unwrap();
        assert_eq!((dry.examined, dry.changed), (4, 2), "{}", world.name);
        let failure = dry.failed.first().unwrap();
        assert_eq!(
            (&failure.scope, &failure.id, dry.failed.len()),
            (&adas(), &id("bad"), 1)
        );
        assert!(failure.problem.contains("no name"));
        assert_eq!(states.revision().await.unwrap(), before);

        let done = states.migrate_kind(&Kind::USER, Mode::Apply).await.unwrap();
        assert_eq!(done, dry);
        let log = states.log(before, 10).await.unwrap();
        assert_eq!(log.len(), 2);
        for change in &log {
            assert_eq!(change.transition, Transition::UPGRADE);
            assert_eq!(change.actor.name, "system");
            assert_eq!(change.after.schema_version, 3);
        }
        let again = states.migrate_kind(&Kind::USER, Mode::Apply).await.unwrap();
        assert_eq!((again.examined, again.changed), (4, 0));
    }
}

#[tokio::test]
async fn a_dry_run_finds_what_the_new_schema_would_refuse() {
    for world in worlds().await {
        world
            .states
            .register(user("u", ada_1()), &ada())
            .await
            .unwrap();
        let strict = third(engine(&world)).schema(Kind::USER, &json!({"required": ["email"]}));
        let states = strict.unwrap().build();
        let report = states.migrate_kind(&Kind::USER, Mode::DryRun).await;
        let failed = report.unwrap().failed;
        assert!(failed.first().unwrap().problem.contains("email"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_takes_thousands_of_states_while_others_write_and_loses_nothing() {
    let backend: Arc<dyn Backend> = Arc::new(Memory::new());
    let old = StateManager::builder(Arc::clone(&backend)).build();
    for n in 0..2500 {
        old.register(user(&format!("u{n}"), ada_1()), &ada())
            .await
            .unwrap();
    }
    let states = third(StateManager::builder(backend)).build();
    let writer = async {
        for n in (0..2500).step_by(3) {
            let merge = Update::Merge(json!({"mine": n}));
            let id = id(&format!("u{n}"));
            states
                .update(&adas(), &id, merge, Expected::Any, &ada())
                .await
                .unwrap();
            tokio::task::yield_now().await;
        }
    };
    let (report, ()) = tokio::join!(states.migrate_kind(&Kind::USER, Mode::Apply), writer);
    assert_eq!(report.unwrap().failed, []);
    let log = states.log(Revision(2500), 1000).await.unwrap();
    assert!(!log.is_empty());
    for n in 0..2500 {
        let id = id(&format!("u{n}"));
        let stored = states.history(&adas(), &id, HistoryQuery::last(1)).await;
        let stored = Arc::clone(&stored.unwrap().first().unwrap().after);
        assert_eq!(stored.schema_version, 3);
        let mine = (n % 3 == 0).then_some(n);
        assert_eq!(stored.data.get("mine").and_then(Value::as_i64), mine);
    }
}

#[tokio::test]
async fn an_older_program_does_not_start_on_newer_data() {
    for world in worlds().await {
        third(engine(&world)).open().await.unwrap();
        third(engine(&world)).open().await.unwrap();
        let second = engine(&world).upcaster(Kind::USER, Ok).open().await;
        let first = engine(&world).open().await;
        for (refused, knows) in [(second, 2), (first, 1)] {
            let refused = refused.unwrap_err();
            assert!(
                matches!(&refused, Error::TooNew { kind, found: 3, known }
                    if *kind == Kind::USER && *known == knows),
                "{}: {refused:?}",
                world.name
            );
        }
        let note = world.backend.note("schema/user").await.unwrap();
        assert_eq!(note.unwrap().value, json!(3));
    }
}

#[tokio::test]
async fn two_programs_that_open_at_once_leave_the_newer_version_noted() {
    for world in worlds().await {
        let second = engine(&world).upcaster(Kind::USER, Ok);
        let (newer, _) = tokio::join!(third(engine(&world)).open(), second.open());
        newer.unwrap();
        let note = world.backend.note("schema/user").await.unwrap();
        assert_eq!(note.unwrap().value, json!(3), "{}", world.name);
    }
}

#[tokio::test]
async fn an_older_program_that_runs_on_neither_reads_nor_overwrites_newer_data() {
    for world in worlds().await {
        let states = third(engine(&world)).build();
        states.register(user("u", ada_3()), &ada()).await.unwrap();
        let read = world.states.get(&adas(), &id("u")).await;
        assert!(matches!(
            read,
            Err(Error::TooNew {
                found: 3,
                known: 1,
                ..
            })
        ));
        let replace = Update::Replace(ada_1());
        let written = world
            .states
            .update(&adas(), &id("u"), replace, Expected::Any, &ada())
            .await;
        assert!(matches!(written, Err(Error::TooNew { .. })));
        assert_eq!(states.revision().await.unwrap(), Revision(1));
    }
}

#[tokio::test]
async fn the_sweeper_ends_states_of_every_version() {
    let backend: Arc<dyn Backend> = Arc::new(Memory::new());
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let engine = || StateManager::builder(Arc::clone(&backend)).clock(clock.clone());
    let hour = Duration::from_secs(3600);
    let old = engine().ttl(Kind::USER, hour).build();
    old.register(user("u", json!({"name": "Ada"})), &ada())
        .await
        .unwrap();
    clock.advance(hour);
    assert_eq!(third(engine()).build().sweep().await.unwrap(), 1);
}
