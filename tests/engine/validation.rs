//! Nothing that breaks the rules of its kind is ever stored, and a refusal names every field.

use std::{sync::Arc, time::Duration};

use holdfast::{
    Builder, Error, Expected, Kind, ManualClock, New, Problem, Revision, StateManager, Status,
    Timestamp, Transition, Update, Version,
    backend::{Backend, Memory},
};
use serde_json::{Value, json};

use crate::support::{ada, adas, id, new, store, worlds_with};

fn account_schema() -> Value {
    json!({
        "type": "object",
        "required": ["email"],
        "properties": {
            "email": {"type": "string", "format": "email"},
            "age": {"type": "integer", "minimum": 0},
            "cards": {"type": "array", "items": {"$ref": "#/$defs/card"}},
        },
        "$defs": {"card": {"type": "object", "properties": {"number": {"type": "string"}}}},
    })
}

fn with_accounts(builder: Builder) -> Builder {
    builder.schema(Kind::USER, &account_schema()).unwrap()
}

fn paths(refused: Error) -> Vec<String> {
    assert!(matches!(refused, Error::Violations { .. }), "{refused:?}");
    let paths = refused.problems().into_iter().map(|problem| problem.path);
    paths.collect()
}

#[tokio::test]
async fn a_refusal_names_every_field_that_is_wrong_and_nothing_is_stored() {
    for world in worlds_with(with_accounts).await {
        let states = &world.states;
        let data = json!({"age": -1, "cards": [{"number": "4"}, {"number": 4}]});
        let refused = states.register(new(Kind::USER, "u", data), &ada()).await;
        let mut paths = paths(refused.unwrap_err());
        paths.sort();
        assert_eq!(paths, ["data", "data/age", "data/cards/1/number"]);
        assert_eq!(states.revision().await.unwrap(), Revision(0));
        assert_eq!(states.counts().rejections, 1, "{}", world.name);
        let other = new(Kind::STORE, "s", json!({"age": -1}));
        states.register(other, &ada()).await.unwrap();
    }
}

#[tokio::test]
async fn every_way_to_write_passes_the_schema() {
    for world in worlds_with(with_accounts).await {
        let states = &world.states;
        let good = json!({"email": "ada@lab.org"});
        let user = || new(Kind::USER, "u", good.clone());
        states.register(user(), &ada()).await.unwrap();
        let bad = || json!({"email": 1});
        let (scope, user_id) = (adas(), id("u"));
        let mut refusals = Vec::new();
        for update in [Update::Merge(bad()), Update::Replace(bad())] {
            let any = Expected::Any;
            let copy = update.clone();
            let updated = states.update(&scope, &user_id, copy, any, &ada()).await;
            refusals.push(updated.unwrap_err());
            let mut transaction = states.transaction(&ada());
            let updated = transaction.update(&scope, &user_id, update, any).await;
            refusals.push(updated.unwrap_err());
        }
        let bad = New {
            data: bad(),
            ..user()
        };
        let put = states.put(bad, Expected::Any, &ada()).await;
        refusals.push(put.unwrap_err());
        for refused in refusals {
            assert_eq!(paths(refused), ["data/email"]);
        }
        let kept = states.get(&scope, &id("u")).await.unwrap().unwrap();
        assert_eq!((&kept.data, kept.version), (&good, Version(1)));
        states
            .delete(&scope, &id("u"), Expected::Any, &ada())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_schema_for_a_name_holds_beside_the_one_for_the_kind() {
    let numbers = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
    let positive = json!({"properties": {"n": {"minimum": 1}}});
    let build = |builder: Builder| {
        let builder = builder.schema(Kind::STORE, &numbers).unwrap();
        builder.schema_for(Kind::STORE, "p", &positive).unwrap()
    };
    for world in worlds_with(build).await {
        let register = async |name: &str, n: Value| {
            let new = new(Kind::STORE, name, json!({"n": n}));
            world.states.register(new, &ada()).await
        };
        register("s", json!(0)).await.unwrap();
        assert_eq!(
            paths(register("p", json!(0)).await.unwrap_err()),
            ["data/n"]
        );
        assert_eq!(
            paths(register("p", json!("1")).await.unwrap_err()),
            ["data/n"]
        );
        register("p", json!(1)).await.unwrap();
    }
}

#[test]
fn a_schema_that_is_none_or_that_asks_another_server_is_refused_when_the_engine_is_built() {
    for schema in [
        json!({"type": "strnig"}),
        json!({"$ref": "#/$defs/nowhere"}),
        json!({"$ref": "https://example.com/account.json"}),
        json!({"properties": {"a": {"$ref": "file:///etc/hostname"}}}),
        json!({"pattern": "("}),
    ] {
        let builder = StateManager::builder(Arc::new(Memory::new()));
        let refused = builder.schema(Kind::USER, &schema).unwrap_err();
        assert!(matches!(refused, Error::Invalid { .. }), "{schema}");
        assert!(refused.to_string().contains("schema of user"), "{refused}");
    }
}

#[tokio::test]
async fn no_refusal_repeats_what_was_written() {
    let schema = json!({"properties": {"pin": {"type": "integer"}, "name": {"maxLength": 3}, "a": {"enum": [1]}}});
    for world in worlds_with(|builder| builder.schema(Kind::USER, &schema).unwrap()).await {
        let data = json!({"pin": "hush", "name": "hush hush", "a": {"b": "hush"}});
        let refused = world
            .states
            .register(new(Kind::USER, "u", data), &ada())
            .await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.problems().len(), 3);
        assert!(!format!("{refused} {refused:?}").contains("hush"));
    }
}

#[tokio::test]
async fn a_refusal_stays_short_however_much_is_wrong() {
    let schema = json!({"items": {"type": "integer"}});
    for world in worlds_with(|builder| builder.schema(Kind::STORE, &schema).unwrap()).await {
        let data = Value::from_iter(std::iter::repeat_n("x", 10_000));
        let refused = world
            .states
            .register(new(Kind::STORE, "s", data), &ada())
            .await;
        assert_eq!(refused.unwrap_err().problems().len(), 100);
    }
}

#[tokio::test]
async fn a_guard_sees_what_was_and_what_would_be() {
    let never_less = |builder: Builder| {
        builder.guard(Kind::STORE, |before, after| {
            let (old, new) = (
                before.and_then(|state| state.data["n"].as_i64()),
                after.data["n"].as_i64(),
            );
            if new < old {
                return Err(vec![
                    Problem::new("data/n", "must not become less"),
                    Problem::new("data", "is refused"),
                ]);
            }
            Ok(())
        })
    };
    for world in worlds_with(never_less).await {
        let states = &world.states;
        let set = async |n: i64| {
            let update = Update::Merge(json!({"n": n}));
            states
                .update(&adas(), &id("s"), update, Expected::Any, &ada())
                .await
        };
        states.register(store("s"), &ada()).await.unwrap();
        set(5).await.unwrap();
        assert_eq!(paths(set(4).await.unwrap_err()), ["data/n", "data"]);
        let back = states
            .rollback(&adas(), &id("s"), Version(1), Expected::Any, &ada())
            .await;
        assert_eq!(
            paths(back.unwrap_err()).len(),
            2,
            "the way back is a write too"
        );
        // What was deleted is not what was.
        states
            .delete(&adas(), &id("s"), Expected::Any, &ada())
            .await
            .unwrap();
        states.register(store("s"), &ada()).await.unwrap();
        let mut transaction = states.transaction(&ada());
        let merge = |n: i64| Update::Merge(json!({"n": n}));
        let (scope, any) = (adas(), Expected::Any);
        transaction
            .update(&scope, &id("s"), merge(7), any)
            .await
            .unwrap();
        let refused = transaction.update(&scope, &id("s"), merge(6), any).await;
        assert_eq!(
            paths(refused.unwrap_err()).len(),
            2,
            "it sees its own writes"
        );
    }
}

#[tokio::test]
async fn a_guard_may_refuse_a_step_of_the_lifecycle() {
    let confirmed = |builder: Builder| {
        builder.guard(Kind::USER, |_, after| {
            if after.status == Status::ACTIVE && after.data["confirmed"] != true {
                return Err(vec![Problem::new(
                    "data/confirmed",
                    "confirm the address first",
                )]);
            }
            Ok(())
        })
    };
    for world in worlds_with(confirmed).await {
        let user = new(Kind::USER, "u", json!({}));
        world.states.register(user, &ada()).await.unwrap();
        let step = async || {
            let activate = Transition::ACTIVATE;
            world
                .states
                .transition(&adas(), &id("u"), activate, Expected::Any, &ada())
                .await
        };
        assert_eq!(paths(step().await.unwrap_err()), ["data/confirmed"]);
        let update = Update::Merge(json!({"confirmed": true}));
        world
            .states
            .update(&adas(), &id("u"), update, Expected::Any, &ada())
            .await
            .unwrap();
        step().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_stored_before_there_was_a_schema_still_ends_and_can_be_deleted() {
    let backend: Arc<dyn Backend> = Arc::new(Memory::new());
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let lax = StateManager::builder(Arc::clone(&backend)).clock(clock.clone());
    let lax = lax.build();
    for name in ["ends", "goes"] {
        lax.register(store(name), &ada()).await.unwrap();
    }
    let strict = StateManager::builder(backend).clock(clock.clone());
    let strict = strict.schema(Kind::STORE, &json!(false)).unwrap().build();
    let merge = Update::Merge(json!({"m": 1}));
    let refused = strict
        .update(&adas(), &id("goes"), merge, Expected::Any, &ada())
        .await;
    assert_eq!(paths(refused.unwrap_err()), ["data"]);
    strict
        .delete(&adas(), &id("goes"), Expected::Any, &ada())
        .await
        .unwrap();
    clock.advance(Duration::from_secs(7200));
    assert_eq!(strict.sweep().await.unwrap(), 1);
}
