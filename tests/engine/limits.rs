//! Each limit has its own refusal, which names the setting; nothing refused is stored.

use std::time::Duration;

use holdfast::{Bound, Error, Expected, Limits, New, Scope, StateId, Update, Version};
use serde_json::{Value, json};

use crate::support::{World, ada, adas, bobs, id, store, worlds, worlds_within};

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

async fn refusal(world: &World, new: New) -> (Bound, u64, u64) {
    match world.states.register(new, &ada()).await {
        Err(Error::TooLarge { what, size, limit }) => (what, size, limit),
        other => panic!("{}: should be too large: {other:?}", world.name),
    }
}

#[tokio::test]
async fn ids_names_data_metadata_and_depth_are_bounded_to_the_byte() {
    const MIB: usize = 1024 * 1024;
    // A JSON text of a string has two quotes more.
    let text = |bytes: usize| Value::from("x".repeat(bytes - 2));
    for world in worlds().await {
        let with_data = |name: &str, data| New {
            data,
            ..store(name)
        };
        let fits = [
            store(&"i".repeat(256)),
            with_data("data", text(MIB)),
            with_data("depth", nested(32)),
            New {
                metadata: json!({"a": "x".repeat(65_536 - 8)}),
                ..store("metadata")
            },
        ];
        for new in fits {
            world.states.register(new, &ada()).await.unwrap();
        }
        let name = New {
            name: "n".repeat(1025),
            ..store("x")
        };
        let metadata = New {
            metadata: json!({"a": "x".repeat(65_536 - 7)}),
            ..store("x")
        };
        let long = New {
            id: Some(StateId::new("i".repeat(257))),
            ..store("x")
        };
        assert_eq!(refusal(&world, long).await, (Bound::Id, 257, 256));
        assert_eq!(refusal(&world, name).await, (Bound::Name, 1025, 1024));
        assert_eq!(
            refusal(&world, metadata).await,
            (Bound::Metadata, 65_537, 65_536)
        );
        let large = with_data("x", text(MIB + 1));
        assert_eq!(
            refusal(&world, large).await,
            (Bound::Data, 1_048_577, 1_048_576)
        );
        assert_eq!(
            refusal(&world, with_data("x", nested(33))).await,
            (Bound::Depth, 33, 32)
        );
        assert_eq!(world.states.get(&adas(), &id("x")).await.unwrap(), None);
        assert_eq!(world.states.counts().rejections, 5);
    }
}

#[tokio::test]
async fn a_merge_is_bounded_by_what_comes_out_of_it_and_keeps_what_was_there() {
    let limits = Limits {
        data_bytes: 40,
        ..Limits::default()
    };
    for world in worlds_within(limits).await {
        let states = &world.states;
        let merge = async |patch| {
            states
                .update(
                    &adas(),
                    &id("s"),
                    Update::Merge(patch),
                    Expected::Any,
                    &ada(),
                )
                .await
        };
        states.register(store("s"), &ada()).await.unwrap();
        merge(json!({"a": "0123456789"})).await.unwrap();
        let large = merge(json!({"b": "0123456789"})).await;
        assert!(matches!(
            large,
            Err(Error::TooLarge {
                what: Bound::Data,
                size: 41,
                limit: 40
            })
        ));
        let kept = states.get(&adas(), &id("s")).await.unwrap().unwrap();
        assert_eq!(
            (&kept.data, kept.version),
            (&json!({"n": 0, "a": "0123456789"}), Version(2))
        );
        let deep = merge(nested(40)).await;
        assert!(matches!(
            deep,
            Err(Error::TooLarge {
                what: Bound::Depth,
                ..
            })
        ));
    }
}

#[tokio::test]
async fn a_refused_replacement_is_not_half_taken() {
    let limits = Limits {
        data_bytes: 10,
        ..Limits::default()
    };
    for world in worlds_within(limits).await {
        let states = &world.states;
        states.register(store("s"), &ada()).await.unwrap();
        let large = Update::Replace(json!("0123456789"));
        let refused = states
            .update(&adas(), &id("s"), large, Expected::Any, &ada())
            .await;
        assert!(matches!(
            refused,
            Err(Error::TooLarge {
                what: Bound::Data,
                size: 12,
                limit: 10
            })
        ));
        let kept = states.get(&adas(), &id("s")).await.unwrap().unwrap();
        assert_eq!(
            (&kept.data, kept.version),
            (&json!({"n": 0}), Version(1)),
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn data_is_never_larger_than_ten_mebibytes_whatever_is_set() {
    let limits = Limits {
        data_bytes: u64::MAX,
        ..Limits::default()
    };
    for world in worlds_within(limits).await {
        let data = Value::from("x".repeat(10 * 1024 * 1024 - 1));
        let (what, size, limit) = refusal(&world, New { data, ..store("s") }).await;
        assert_eq!((what, size, limit), (Bound::Data, 10_485_761, 10_485_760));
        assert_eq!(what.setting(), "state.data_bytes");
    }
}

#[tokio::test]
async fn a_scope_holds_so_many_states_and_bytes_and_others_do_not_notice() {
    let limits = Limits {
        scope_states: 3,
        scope_bytes: 100,
        ..Limits::default()
    };
    for world in worlds_within(limits).await {
        for name in ["a", "b", "c"] {
            world.states.register(store(name), &ada()).await.unwrap();
        }
        let many = refusal(&world, store("d")).await;
        assert_eq!(many, (Bound::ScopeStates, 4, 3), "{}", world.name);
        world
            .states
            .delete(&adas(), &id("a"), Expected::Any, &ada())
            .await
            .unwrap();
        let heavy = New {
            data: json!("x".repeat(90)),
            ..store("d")
        };
        assert!(matches!(
            refusal(&world, heavy).await,
            (Bound::ScopeBytes, _, 100)
        ));
        world.states.register(store("d"), &ada()).await.unwrap();
        let his = New {
            scope: bobs(),
            ..store("d")
        };
        world.states.register(his, &ada()).await.unwrap();
    }
}

#[tokio::test]
async fn an_operation_ends_in_time_and_says_so() {
    let limits = Limits {
        timeout: Duration::ZERO,
        ..Limits::default()
    };
    for world in worlds_within(limits)
        .await
        .into_iter()
        .filter(|world| !world.name.ends_with("memory"))
    {
        // The one or other may be done before anybody looks at the clock.
        let mut late = 0;
        for n in 0..20 {
            match world.states.register(store(&format!("s{n}")), &ada()).await {
                Err(Error::Timeout { operation, .. }) => {
                    assert_eq!(operation, "register");
                    late += 1;
                }
                done => assert!(done.is_ok(), "{}: {done:?}", world.name),
            }
        }
        assert!(late > 0, "{}", world.name);
        assert_eq!(world.states.counts().timeouts, late);
    }
}

#[tokio::test]
async fn what_is_malformed_is_refused_with_the_field() {
    for world in worlds().await {
        let cases = [
            (
                "id",
                New {
                    id: Some(id("")),
                    ..store("s")
                },
            ),
            (
                "id",
                New {
                    id: Some(id("a\nb")),
                    ..store("s")
                },
            ),
            (
                "name",
                New {
                    name: String::new(),
                    ..store("s")
                },
            ),
            (
                "scope",
                New {
                    scope: Scope::User(String::new()),
                    ..store("s")
                },
            ),
            (
                "metadata",
                New {
                    metadata: json!([1]),
                    ..store("s")
                },
            ),
        ];
        for (field, new) in cases {
            let refused = world.states.register(new, &ada()).await;
            assert!(
                matches!(&refused, Err(Error::Invalid { path, .. }) if path == field),
                "{refused:?}"
            );
        }
        assert_eq!(world.states.revision().await.unwrap().0, 0);
    }
}
