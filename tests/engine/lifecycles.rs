//! Each kind changes as its table says, and in no other way.

use holdfast::{Error, Expected, HistoryQuery, Kind, Lifecycle, Status, Transition, Update};
use serde_json::json;

use crate::support::{ada, adas, id, new, worlds, worlds_with};

/// The table of the product's description: kind, transition, from, to.
const TABLE: &str = "
    user         activate pending -> active
    user         suspend  active -> suspended
    user         resume   suspended -> active
    user         expire   pending active suspended -> expired
    user         update   pending active suspended -> same
    transaction  activate pending -> completed
    transaction  expire   pending -> failed
    transaction  update   pending -> same
    subscription activate inactive expired -> active
    subscription suspend  active -> suspended
    subscription resume   suspended -> active
    subscription expire   active suspended -> expired
    subscription update   inactive active suspended -> same
    feature      activate disabled -> enabled
    feature      suspend  enabled -> disabled
    feature      expire   enabled -> expired
    feature      update   disabled enabled -> same
    session      suspend  active -> suspended
    session      resume   suspended -> active
    session      expire   active suspended -> expired
    session      update   active -> same
    store        expire   active -> expired
    store        update   active -> same
    dataset      expire   active -> expired
    dataset      update   active -> same
    webhook      activate disabled -> enabled
    webhook      suspend  enabled -> disabled
    webhook      update   disabled enabled -> same";

const FIRST: [(&str, &str); 8] = [
    ("user", "pending"),
    ("transaction", "pending"),
    ("subscription", "inactive"),
    ("feature", "disabled"),
    ("session", "active"),
    ("store", "active"),
    ("dataset", "active"),
    ("webhook", "enabled"),
];

fn target(kind: &str, transition: &str, from: &str) -> Option<String> {
    if from == "deleted" {
        return None;
    }
    if transition == "delete" {
        return Some("deleted".into());
    }
    let rows = TABLE
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    for row in rows.filter(|row| row.first() == Some(&kind) && row.get(1) == Some(&transition)) {
        let arrow = row.iter().position(|word| *word == "->").unwrap();
        if row.get(2..arrow).unwrap().contains(&from) {
            let to = row.last().unwrap();
            return Some(if *to == "same" {
                from.into()
            } else {
                (*to).into()
            });
        }
    }
    None
}

#[test]
fn every_kind_allows_exactly_what_the_table_says() {
    let transitions = [
        "create", "activate", "suspend", "resume", "expire", "update", "delete", "own",
    ];
    let statuses = [
        "pending",
        "active",
        "suspended",
        "expired",
        "completed",
        "failed",
        "inactive",
        "enabled",
        "disabled",
        "deleted",
        "own",
    ];
    for (kind, first) in FIRST {
        let lifecycle = Lifecycle::built_in(&Kind::new(kind)).unwrap();
        assert_eq!(lifecycle.first().as_str(), first);
        for from in statuses {
            let status = Status::new(from);
            let allowed = lifecycle.allowed(&status);
            for by in transitions {
                let transition = Transition::new(by);
                let next = lifecycle.next(&status, &transition);
                let expected = target(kind, by, from);
                assert_eq!(
                    next.map(|to| to.to_string()),
                    expected,
                    "{kind}: {by} from {from}"
                );
                assert_eq!(allowed.contains(&transition), expected.is_some());
            }
        }
    }
    assert_eq!(Lifecycle::built_in(&Kind::new("own")), None);
}

#[tokio::test]
async fn a_users_life_leaves_exactly_four_history_entries() {
    for world in worlds().await {
        let (states, scope, user) = (&world.states, adas(), id("u"));
        states
            .register(new(Kind::USER, "u", json!({"email": "a@b.c"})), &ada())
            .await
            .unwrap();
        for step in [
            Transition::ACTIVATE,
            Transition::SUSPEND,
            Transition::RESUME,
        ] {
            states
                .transition(&scope, &user, step, Expected::Any, &ada())
                .await
                .unwrap();
        }
        let history = states
            .history(&scope, &user, HistoryQuery::default())
            .await
            .unwrap();
        let steps: Vec<String> = history
            .iter()
            .map(|change| {
                let before = change
                    .before
                    .as_ref()
                    .map_or("", |state| state.status.as_str());
                format!("{} {before} -> {}", change.transition, change.after.status)
            })
            .collect();
        assert_eq!(
            steps,
            [
                "resume suspended -> active",
                "suspend active -> suspended",
                "activate pending -> active",
                "create  -> pending",
            ],
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn a_refusal_says_what_is_allowed_changes_nothing_and_is_counted() {
    for world in worlds().await {
        let (states, scope, user) = (&world.states, adas(), id("u"));
        let before = states
            .register(new(Kind::USER, "u", json!({})), &ada())
            .await
            .unwrap();
        let resume = Transition::RESUME;
        let refused = states
            .transition(&scope, &user, resume, Expected::Any, &ada())
            .await;
        let Err(Error::Refused {
            id,
            status,
            transition,
            allowed,
        }) = refused
        else {
            panic!("should be refused: {refused:?}");
        };
        assert_eq!(
            (id, status, transition),
            (user.clone(), Status::PENDING, Transition::RESUME)
        );
        assert_eq!(
            allowed,
            [
                Transition::ACTIVATE,
                Transition::EXPIRE,
                Transition::UPDATE,
                Transition::DELETE
            ]
        );
        assert_eq!(states.get(&scope, &user).await.unwrap(), Some(before));
        assert_eq!(states.revision().await.unwrap().0, 1);
        assert_eq!(states.counts().refusals, 1);

        let pay = new(Kind::TRANSACTION, "t", json!({}));
        states.register(pay, &ada()).await.unwrap();
        let done = Transition::ACTIVATE;
        states
            .transition(
                &scope,
                &crate::support::id("t"),
                done,
                Expected::Any,
                &ada(),
            )
            .await
            .unwrap();
        let late = Update::Merge(json!({"amount": 0}));
        let refused = states
            .update(
                &scope,
                &crate::support::id("t"),
                late,
                Expected::Any,
                &ada(),
            )
            .await;
        assert!(
            matches!(refused, Err(Error::Refused { allowed, .. }) if allowed == [Transition::DELETE])
        );
        assert_eq!(states.counts().refusals, 2);
    }
}

#[tokio::test]
async fn an_application_brings_its_own_kind_and_an_unknown_one_is_refused() {
    let review = || {
        Lifecycle::starting(Status::new("draft"))
            .step(
                Transition::new("submit"),
                [Status::new("draft")],
                Status::new("submitted"),
            )
            .update([Status::new("draft")])
    };
    for world in worlds_with(|builder| builder.lifecycle(Kind::new("review"), review())).await {
        let (states, scope) = (&world.states, adas());
        let made = states
            .register(new(Kind::new("review"), "r", json!({})), &ada())
            .await
            .unwrap();
        assert_eq!(made.status, Status::new("draft"));
        let submit = Transition::new("submit");
        let (review, actor, seen) = (id("r"), ada(), Expected::Version(made.version));
        let sent = states
            .transition(&scope, &review, submit, seen, &actor)
            .await;
        assert_eq!(sent.unwrap().status, Status::new("submitted"));
        let unknown = states
            .register(new(Kind::new("nothing"), "n", json!({})), &ada())
            .await;
        assert!(matches!(unknown, Err(Error::Invalid { path, .. }) if path == "kind"));
    }
}
