//! Random states, questions and changes in between: every backend answers as the plain definition does.

use std::{sync::Arc, time::Duration};

use holdfast::{
    Expected, Kind, ManualClock, New, Query, Scope, StateManager, Timestamp, Ttl,
    backend::{Backend, Memory},
    search::{Filter, Total},
};
use proptest::{prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::support::{ada, adas, bobs, id, postgres, redis, sqlite};

#[derive(Debug, Clone)]
enum Step {
    Put {
        scope: Scope,
        id: &'static str,
        kind: Kind,
        name: String,
        data: Value,
        ttl: Option<u64>,
    },
    Delete {
        scope: Scope,
        id: &'static str,
    },
    Advance(u64),
    /// All pages of a question; before each of them something happens.
    Search {
        query: Query,
        between: Vec<Step>,
    },
}

const IDS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "ä"];

fn scalar() -> impl Strategy<Value = Value> {
    let own = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(1.5),
        json!(-7),
        json!("1"),
        json!(u64::MAX),
    ];
    let texts = [
        "x",
        "Blood pressure",
        "pressure-free",
        "Ünïcode ß",
        "blöd",
        "",
    ]
    .map(Value::from);
    select(own.into_iter().chain(texts).collect::<Vec<_>>())
}

fn field() -> impl Strategy<Value = &'static str> {
    select(vec!["p", "q", "deep", "$sealed", "a.b"])
}

fn data() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((field(), inner), 0..4).prop_map(|fields| fields
                .into_iter()
                .map(|(field, value)| (field.to_owned(), value))
                .collect()),
        ]
    })
}

fn change() -> impl Strategy<Value = Step> {
    let scope = || select(vec![adas(), adas(), adas(), bobs()]);
    let kind = select(vec![Kind::STORE, Kind::USER, Kind::TRANSACTION]);
    let name = select(vec!["Blood", "x", "Name of it"]).prop_map(str::to_owned);
    let put = (
        scope(),
        select(&IDS[..]),
        kind,
        name,
        data(),
        prop::option::of(0_u64..5000),
    );
    let put = put.prop_map(|(scope, id, kind, name, data, ttl)| Step::Put {
        scope,
        id,
        kind,
        name,
        data,
        ttl,
    });
    let delete = (scope(), select(&IDS[..])).prop_map(|(scope, id)| Step::Delete { scope, id });
    prop_oneof![6 => put, 1 => delete, 1 => (0_u64..3000).prop_map(Step::Advance)]
}

fn filter() -> impl Strategy<Value = Filter> {
    let roots = vec![
        "data",
        "data.p",
        "data.q",
        "data.deep.p",
        "data.p.q",
        "data.\"a.b\"",
        "metadata.tags",
        "data.deep",
    ];
    let fixed = vec![
        "id",
        "kind",
        "name",
        "status",
        "version",
        "created_at",
        "updated_at",
        "expires_at",
    ];
    let path = select(roots.into_iter().chain(fixed).collect::<Vec<_>>());
    let op = select(vec![
        "=", "!=", "<", "<=", ">", ">=", "in", "prefix", "contains", "exists",
    ]);
    (path, op, scalar(), scalar()).prop_map(|(path, op, value, other)| {
        let text = |value: &Value| Value::from(value.as_str().unwrap_or("b"));
        let written = match op {
            "exists" => format!("exists {path}"),
            "in" => format!("{path} in [{value}, {other}]"),
            "prefix" | "contains" => format!("{path} {op} {}", text(&value)),
            "=" | "!=" => format!("{path} {op} {value}"),
            _ if value.is_number() || value.is_string() => format!("{path} {op} {value}"),
            _ => format!("{path} {op} 1"),
        };
        written.parse().unwrap()
    })
}

fn query() -> impl Strategy<Value = Query> {
    let text = select(vec![
        "blood",
        "PRESSURE",
        "pres",
        "unicode SS",
        "x",
        "name blo",
        "st",
        "free pressure",
    ]);
    let order = select(vec![
        "updated_at",
        "name",
        "created_at",
        "data.p",
        "data",
        "kind",
        "data.deep.q",
    ]);
    let filters = prop::collection::vec(filter(), 0..3);
    (
        filters,
        prop::option::of(text),
        order,
        any::<bool>(),
        1_usize..5,
    )
        .prop_map(|(filters, text, order, is_descending, limit)| Query {
            filters,
            text: text.map(str::to_owned),
            sort: format!("{}{order}", if is_descending { "-" } else { "" })
                .parse()
                .unwrap(),
            after: None,
            limit,
        })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let search = (query(), prop::collection::vec(change(), 0..4));
    let search = search.prop_map(|(query, between)| Step::Search { query, between });
    prop::collection::vec(prop_oneof![3 => change(), 2 => search], 1..40)
}

struct Pair {
    clock: Arc<ManualClock>,
    plain: StateManager,
    other: StateManager,
}

impl Pair {
    fn of(other: Arc<dyn Backend>) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        let engine = |backend| StateManager::builder(backend).clock(clock.clone()).build();
        Self {
            plain: engine(Arc::new(Memory::new())),
            other: engine(other),
            clock: clock.clone(),
        }
    }

    async fn change(&self, step: &Step) {
        for states in [&self.plain, &self.other] {
            match step.clone() {
                Step::Put {
                    scope,
                    id: name,
                    kind,
                    name: title,
                    data,
                    ttl,
                } => {
                    let new = New::of(kind, title, scope, data).with_id(id(name));
                    let new = match ttl {
                        Some(millis) => new.with_ttl(Ttl::For(Duration::from_millis(millis))),
                        None => new,
                    };
                    // Refused, for instance, where another kind is; by both.
                    let _ = states.put(new, Expected::Any, &ada()).await;
                }
                Step::Delete { scope, id: name } => {
                    let _ = states
                        .delete(&scope, &id(name), Expected::Any, &ada())
                        .await;
                }
                Step::Advance(_) | Step::Search { .. } => {}
            }
        }
        if let Step::Advance(millis) = step {
            self.clock.advance(Duration::from_millis(*millis));
        }
    }

    async fn search(&self, query: &Query, between: &[Step]) {
        let mut query = query.clone();
        let mut between = between.iter();
        loop {
            let plain = self.plain.search(&adas(), query.clone()).await.unwrap();
            let other = self.other.search(&adas(), query.clone()).await.unwrap();
            assert_eq!(other, plain, "{query:?}");
            if query.after.is_none() {
                let listed = self.plain.list(&adas(), None, None, 1000).await.unwrap();
                let fits = listed
                    .iter()
                    .filter(|state| query.filters.iter().all(|filter| filter.matches(state)));
                let fitting = fits.count() as u64;
                let Total::Exact(total) = plain.total else {
                    panic!("{plain:?}")
                };
                assert!(
                    total == fitting || query.text.is_some() && total <= fitting,
                    "{query:?}"
                );
            }
            let Some(next) = plain.next else { return };
            query.after = Some(next);
            if let Some(step) = between.next() {
                self.change(step).await;
            }
        }
    }
}

fn agrees<G>(cases: u32, backend: impl AsyncFn() -> (G, Arc<dyn Backend>)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    let result = TestRunner::new(config).run(&steps(), |steps| {
        runtime.block_on(async {
            let (_guard, backend) = backend().await;
            let pair = Pair::of(backend);
            for step in &steps {
                match step {
                    Step::Search { query, between } => pair.search(query, between).await,
                    change => pair.change(change).await,
                }
            }
        });
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn sqlite_answers_random_questions_as_the_definition_does() {
    agrees(80, sqlite);
}

#[test]
fn postgres_answers_random_questions_as_the_definition_does() {
    agrees(8, postgres);
}

#[test]
fn redis_answers_random_questions_as_the_definition_does() {
    agrees(8, redis);
}

/// Questions that never find anything agree with everything.
#[test]
fn random_questions_find_something() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::deterministic();
    let (mut found, mut pages) = (0, 0);
    for _ in 0..60 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let pair = Pair::of(Arc::new(Memory::new()));
        runtime.block_on(async {
            for step in &steps {
                pair.change(step).await;
                if let Step::Search { query, .. } = step {
                    let page = pair.plain.search(&adas(), query.clone()).await.unwrap();
                    found += u32::from(!page.states.is_empty());
                    pages += u32::from(page.next.is_some());
                }
            }
        });
    }
    assert!(
        found > 80 && pages > 20,
        "{found} questions found something, {pages} had another page"
    );
}
