//! The engine's door, asked directly: nothing gets past it, whichever program asks.

use app::people::Role;
use holdfast::{Actor, Expected, Kind, New, Scope, StateId, Ttl};
use serde_json::json;

use super::House;

fn operator() -> Actor {
    Actor::new("test")
}

#[tokio::test]
async fn the_door_refuses_whatever_a_program_writes_in_a_persons_name() {
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let bob = house.account("bob@lab.org", "Bob", Role::Editor).await;
    let states = server::application::states;
    let mut settings = server::Settings {
        data_dir: house.app.folder.path().join("data"),
        ..Default::default()
    };
    settings.state.cache_bytes = 0;
    let states = states(&settings, house.clock.clone()).await.unwrap();
    let new = |kind: Kind, scope: Scope| {
        New::of(kind, "x", scope, json!({"percentage": 1.0})).with_ttl(Ttl::Never)
    };
    let by = |name: String| Actor::new(name);
    let cases = [
        (by(ada.actor_name()), new(Kind::DATASET, ada.scope()), true),
        (by(ada.actor_name()), new(Kind::DATASET, bob.scope()), false),
        (
            by(ada.actor_name()),
            new(Kind::DATASET, Scope::Shared),
            false,
        ),
        (
            by(bob.actor_name()),
            new(Kind::DATASET, Scope::Shared),
            true,
        ),
        (
            by(bob.actor_name()),
            new(Kind::FEATURE, Scope::Shared),
            false,
        ),
        (
            by("user:nobody".into()),
            new(Kind::STORE, Scope::User("nobody".into())),
            false,
        ),
        (
            by("token:nothing".into()),
            new(Kind::STORE, ada.scope()),
            false,
        ),
        (
            by("session:abc".into()),
            new(Kind::DATASET, Scope::Session("abc".into())),
            true,
        ),
        (
            by("session:abc".into()),
            new(Kind::DATASET, Scope::Session("abd".into())),
            false,
        ),
        (
            by("session:abc".into()),
            new(Kind::SUBSCRIPTION, Scope::Shared),
            false,
        ),
        (operator(), new(Kind::SUBSCRIPTION, Scope::Shared), true),
    ];
    for (number, (actor, new, allowed)) in cases.into_iter().enumerate() {
        let id = StateId::new(format!("case {number}"));
        let new = new.with_id(id.clone());
        let (scope, name) = (new.scope.clone(), actor.name.clone());
        let mut together = states.transaction(&actor);
        let drafted = together.put(new.clone(), Expected::Any).await;
        assert_eq!(
            drafted.is_ok(),
            allowed,
            "{name} in {scope}, in a transaction: {drafted:?}"
        );
        let same = new.clone();
        let written = states.put(new, Expected::Any, &actor).await;
        assert_eq!(written.is_ok(), allowed, "{name} in {scope}: {written:?}");
        if !allowed {
            assert!(
                matches!(written, Err(holdfast::Error::Forbidden { .. })),
                "{written:?}"
            );
            states.put(same, Expected::Any, &operator()).await.unwrap();
            let gone = states.delete(&scope, &id, Expected::Any, &actor).await;
            assert!(
                matches!(gone, Err(holdfast::Error::Forbidden { .. })),
                "{name} deletes in {scope}: {gone:?}"
            );
        }
    }
    // Rolling back and switching are writes, too.
    let scope = Scope::Shared;
    let id = StateId::new("case 3");
    let back = states
        .rollback(
            &scope,
            &id,
            holdfast::Version(1),
            Expected::Any,
            &by(ada.actor_name()),
        )
        .await;
    assert!(
        matches!(back, Err(holdfast::Error::Forbidden { .. })),
        "{back:?}"
    );
}
