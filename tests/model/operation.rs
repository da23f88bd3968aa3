//! What can be asked of an engine, drawn at random from few names, so that it often meets itself.

use std::time::Duration;

use holdfast::{
    Actor, Expected, HistoryQuery, Kind, New, Scope, StateId, StateManager, Transition, Ttl,
    Update, Version,
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::model::Answer;

#[derive(Debug, Clone)]
pub enum Operation {
    Register(New),
    Put(New, Expected),
    Get(Scope, StateId),
    Update(Scope, StateId, Update, Expected),
    Step(Scope, StateId, Transition, Expected),
    Delete(Scope, StateId, Expected),
    History(Scope, StateId, HistoryQuery),
    Advance(u64),
    Sweep,
}

pub fn actor() -> Actor {
    Actor::new("somebody")
}

pub fn scopes() -> Vec<Scope> {
    vec![Scope::Shared, Scope::User("a".into())]
}

pub fn ids() -> Vec<StateId> {
    ["x", "y", "z"].into_iter().map(StateId::new).collect()
}

impl Operation {
    pub async fn run(&self, states: &StateManager) -> Answer {
        let by = &actor();
        match self.clone() {
            Self::Register(new) => states.register(new, by).await.into(),
            Self::Put(new, expected) => states.put(new, expected, by).await.into(),
            Self::Get(scope, id) => match states.get(&scope, &id).await {
                Ok(found) => Answer::Found(found),
                Err(error) => error.into(),
            },
            Self::Update(scope, id, update, expected) => states
                .update(&scope, &id, update, expected, by)
                .await
                .into(),
            Self::Step(scope, id, step, expected) => states
                .transition(&scope, &id, step, expected, by)
                .await
                .into(),
            Self::Delete(scope, id, expected) => {
                match states.delete(&scope, &id, expected, by).await {
                    Ok(()) => Answer::Deleted,
                    Err(error) => error.into(),
                }
            }
            Self::History(scope, id, query) => {
                Answer::History(states.history(&scope, &id, query).await.unwrap())
            }
            Self::Advance(_) | Self::Sweep => panic!("not a question"),
        }
    }
}

fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-c\u{e9}\"\\\\]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn expected() -> impl Strategy<Value = Expected> {
    prop_oneof![
        4 => Just(Expected::Any),
        1 => Just(Expected::Absent),
        3 => (1..6u64).prop_map(|version| Expected::Version(Version(version))),
    ]
}

fn new() -> impl Strategy<Value = New> {
    let kinds = vec![
        Kind::STORE,
        Kind::STORE,
        Kind::USER,
        Kind::TRANSACTION,
        Kind::SUBSCRIPTION,
        Kind::FEATURE,
        Kind::SESSION,
        Kind::new("unheard of"),
    ];
    let ttl = prop_oneof![
        Just(Ttl::Default),
        Just(Ttl::Never),
        (1..2000u64).prop_map(|millis| Ttl::For(Duration::from_millis(millis))),
    ];
    (select(scopes()), select(ids()), select(kinds), data(), ttl).prop_map(
        |(scope, id, kind, data, ttl)| New {
            id: Some(id),
            name: format!("a {kind}"),
            kind,
            data,
            metadata: json!({"tags": ["t"]}),
            scope,
            ttl,
        },
    )
}

fn operation() -> impl Strategy<Value = Operation> {
    let at = || (select(scopes()), select(ids()));
    let update = prop_oneof![
        data().prop_map(Update::Merge),
        data().prop_map(Update::Replace),
    ];
    let steps = select(vec![
        Transition::ACTIVATE,
        Transition::SUSPEND,
        Transition::RESUME,
        Transition::EXPIRE,
        Transition::UPDATE,
        Transition::CREATE,
        Transition::DELETE,
    ]);
    let kind_of_change = prop::option::weighted(
        0.2,
        prop::sample::select(vec![
            Transition::CREATE,
            Transition::UPDATE,
            Transition::DELETE,
        ]),
    );
    let query = (
        prop::option::of(0..4usize),
        prop::option::of(0..5u64),
        kind_of_change,
    )
        .prop_map(|(last, before, transition)| HistoryQuery {
            last,
            before: before.map(Version),
            transition,
            ..HistoryQuery::default()
        });
    prop_oneof![
        4 => new().prop_map(Operation::Register),
        3 => (new(), expected()).prop_map(|(new, expected)| Operation::Put(new, expected)),
        5 => at().prop_map(|(scope, id)| Operation::Get(scope, id)),
        6 => (at(), update, expected()).prop_map(|((scope, id), update, expected)| {
            Operation::Update(scope, id, update, expected)
        }),
        5 => (at(), steps, expected())
            .prop_map(|((scope, id), step, expected)| Operation::Step(scope, id, step, expected)),
        2 => (at(), expected())
            .prop_map(|((scope, id), expected)| Operation::Delete(scope, id, expected)),
        1 => (at(), query).prop_map(|((scope, id), query)| Operation::History(scope, id, query)),
        4 => (1..1500u64).prop_map(Operation::Advance),
        1 => Just(Operation::Sweep),
    ]
}

pub fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..60)
}
