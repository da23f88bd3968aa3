//! What an authority does not allow is not written, whichever way it is tried; and notes of the application's own.

use std::sync::Arc;

use async_trait::async_trait;
use holdfast::{
    Actor, Authority, Deed, Error, Expected, Powers, Scope, StateManager, Transition, Update,
    Version,
};
use serde_json::json;

use crate::support::{ada, adas, bobs, id, store, worlds, worlds_with};

/// Ada may do everything but write `locked`; others nothing; the system is not asked.
#[derive(Debug)]
struct Ada;

#[async_trait]
impl Authority for Ada {
    async fn powers(&self, _: &StateManager, _: &Scope, actor: &Actor) -> Result<Powers, Error> {
        if *actor == Actor::system() {
            return Ok(Powers::all());
        }
        if *actor != ada() {
            return Ok(Powers::none("only Ada writes here"));
        }
        Ok(Powers::limited(|deed: &Deed<'_>| {
            match deed.after.name.as_str() {
                "locked" => Err(format!("`{}` is locked", deed.transition)),
                _ => Ok(()),
            }
        }))
    }
}

fn bob() -> Actor {
    Actor::new("bob")
}

fn assert_forbidden<T: std::fmt::Debug>(refused: Result<T, Error>) {
    assert!(
        matches!(refused, Err(Error::Forbidden { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_an_actor_may_not_write_is_refused_in_every_way_and_nothing_is_written() {
    for world in worlds_with(|builder| builder.authority(Arc::new(Ada))).await {
        let states = &world.states;
        states.register(store("open"), &ada()).await.unwrap();
        states
            .register(store("locked"), &Actor::system())
            .await
            .unwrap();
        let before = states.revision().await.unwrap();
        let (scope, any) = (adas(), Expected::Any);
        for (name, actor) in [("locked", ada()), ("open", bob())] {
            let at = id(name);
            let update = || Update::Merge(json!({"x": 1}));
            assert_forbidden(states.put(store(name), any, &actor).await);
            assert_forbidden(states.update(&scope, &at, update(), any, &actor).await);
            assert_forbidden(
                states
                    .transition(&scope, &at, Transition::EXPIRE, any, &actor)
                    .await,
            );
            assert_forbidden(states.rollback(&scope, &at, Version(1), any, &actor).await);
            assert_forbidden(states.delete(&scope, &at, any, &actor).await);
            let mut together = states.transaction(&actor);
            assert_forbidden(together.update(&scope, &at, update(), any).await);
            assert_forbidden(together.delete(&scope, &at, any).await);
        }
        assert_forbidden(states.register(store("new"), &bob()).await);
        assert_forbidden(states.end_scope(&scope, &bob()).await);
        assert_eq!(states.revision().await.unwrap(), before, "{}", world.name);
        assert!(states.counts().refusals > 0);
        states
            .delete(&scope, &id("open"), any, &ada())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_refusal_says_who_what_and_why() {
    for world in worlds_with(|builder| builder.authority(Arc::new(Ada))).await {
        let refused = world
            .states
            .register(store("locked"), &ada())
            .await
            .unwrap_err();
        let text = refused.to_string();
        assert!(
            text.contains("`create` is locked") && text.contains("locked"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_look_up_sees_what_a_reader_sees_and_is_not_counted() {
    for world in worlds().await {
        let (states, scope) = (&world.states, adas());
        assert_eq!(states.look_up(&scope, &id("a")).await.unwrap(), None);
        let written = states.register(store("a"), &ada()).await.unwrap();
        let found = states.look_up(&scope, &id("a")).await.unwrap().unwrap();
        assert_eq!(found.version, written.version);
        assert_eq!(states.look_up(&bobs(), &id("a")).await.unwrap(), None);
        states
            .delete(&scope, &id("a"), Expected::Any, &ada())
            .await
            .unwrap();
        assert_eq!(states.look_up(&scope, &id("a")).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_applications_notes_are_its_own_and_of_two_writers_one_wins() {
    for world in worlds().await {
        let states = &world.states;
        assert_eq!(states.note("account/a").await.unwrap(), None);
        assert!(
            states
                .write_note("account/a", 0, Some(&json!(1)))
                .await
                .unwrap()
        );
        assert!(
            !states
                .write_note("account/a", 0, Some(&json!(2)))
                .await
                .unwrap()
        );
        assert!(
            states
                .write_note("account/b", 0, Some(&json!(3)))
                .await
                .unwrap()
        );
        let note = states.note("account/a").await.unwrap().unwrap();
        assert_eq!((note.value, note.version), (json!(1), 1));
        let names: Vec<String> = states
            .notes("account/")
            .await
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["account/a", "account/b"]);
        assert!(states.write_note("account/a", 1, None).await.unwrap());
        assert_eq!(states.note("account/a").await.unwrap(), None);
        assert!(states.note("").await.is_err() || states.note("").await.unwrap().is_none());
        assert_eq!(states.revision().await.unwrap().0, 0, "notes are not news");
    }
}
