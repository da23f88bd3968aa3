//! What people search for: any text is a filter or is refused with its column, a filter is written as it is
//! read, and a database's index finds what the definition says.

use std::sync::Arc;

use holdfast::{
    Expected, Kind, ManualClock, New, Query, Scope, StateId, StateManager, Timestamp, Ttl,
    search::{Filter, MAX_FILTER_BYTES, Misread, Sort, Total},
};
use serde_json::Value;

use crate::{backends, bytes::Fuzzer, support::ada};

const FILTERS: [&str; 18] = [
    "data.status = \"active\"",
    "data.status != null",
    "data.age >= 50",
    "data.age < -1.5e3",
    "data.age <= 18446744073709551615",
    "data.deep.\"a.b\".c > \"x\"",
    "data.site in [\"a\", 1, true, null, \"\u{e9}\"]",
    "id prefix \"query.\"",
    "data.note contains \"x y\"",
    "exists data.email",
    "metadata.tags = \"trial\"",
    "kind = \"feature\"",
    "version > 1",
    "expires_at != 5",
    "data = 1",
    "exists data.\"$sealed\"",
    "data.in in []",
    "exists data.exists",
];

/// A column that is there, and something said about it.
fn is_told(text: &str, misread: &Misread) {
    assert!(misread.column >= 1 && misread.column <= text.chars().count() + 1);
    assert!(!misread.problem.is_empty());
}

#[test]
fn every_text_is_a_filter_that_is_written_as_it_is_read_or_is_refused_with_its_column() {
    let mut corpus: Vec<Vec<u8>> = FILTERS.map(|it| it.as_bytes().to_vec()).into();
    corpus.extend(["-updated_at", "name", "-data.\"a b\".c"].map(|it| it.as_bytes().to_vec()));
    corpus.push([b"data.".as_slice(), &[b'x'; MAX_FILTER_BYTES]].concat());
    corpus.push([b"data.x in [".as_slice(), &[b'['; 4000]].concat());
    // As long as may be, and longer once it is written with blanks, or with every digit.
    let tight = format!(
        "data.{}<18446744073709551615",
        "x".repeat(MAX_FILTER_BYTES - 26)
    );
    assert_eq!(tight.len(), MAX_FILTER_BYTES);
    corpus.push(tight.into_bytes());
    corpus.push(format!("data.x in [1e37{}]", ",1e37".repeat(300)).into_bytes());
    let mut fuzzer = Fuzzer::over(corpus);
    while let Some(input) = fuzzer.next() {
        let text = String::from_utf8_lossy(&input);
        let (filter, order) = (text.parse::<Filter>(), text.parse::<Sort>());
        if let Ok(order) = &order {
            assert_eq!(order.to_string().parse().as_ref(), Ok(order));
        }
        let answer = match &filter {
            Ok(filter) => {
                let written = filter.to_string();
                assert_eq!(written.parse().as_ref(), Ok(filter), "{written}");
                let is_exists = written.starts_with("exists ");
                let signs = [" = ", " != ", " in ", " prefix ", " contains "];
                let sign = signs.iter().find(|sign| written.contains(**sign));
                if is_exists {
                    "exists"
                } else {
                    sign.map_or("compares", |sign| sign.trim())
                }
            }
            Err(misread) => {
                is_told(&text, misread);
                if order.is_ok() { "an order" } else { "refused" }
            }
        };
        if let Err(misread) = &order {
            is_told(&text, misread);
        }
        fuzzer.answered(answer);
    }
    fuzzer.finish(&["=", "in", "exists", "compares", "an order", "refused"]);
}

/// States that a question is asked about; they change all the time.
const STATES: u64 = 24;

/// A line each: a filter, an order, words; the rest is the data of a state.
fn question(input: &[u8]) -> (Result<Filter, Misread>, Query, Value) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (filter, order, words, data) = (line(), line(), line(), line());
    let mut query = Query::default()
        .sort(order.parse().unwrap_or(Sort::NEWEST))
        .limit(7);
    query.text = (!words.is_empty() && words.len() < 1000).then(|| words.to_owned());
    let data = serde_json::from_str(data).unwrap_or_else(|_| Value::from(data));
    (filter.parse(), query, data)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_backend_finds_what_a_filter_means_among_states_of_any_shape() {
    let (_guards, backends) = backends().await;
    let engines = backends.into_iter().map(|backend| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        StateManager::builder(backend).clock(clock).build()
    });
    let engines: Vec<StateManager> = engines.collect();
    let (scope, actor) = (Scope::Tenant("clinic".into()), ada());
    let data = [
        "{\"status\":\"active\",\"age\":50,\"site\":[\"a\",1,null],\"note\":\"x y\",\"email\":null}",
        "{\"deep\":{\"a.b\":{\"c\":\"y\"}},\"age\":-1.5e3,\"exists\":{},\"in\":[]}",
        "{\"$sealed\":{\"fields\":[\"/age\"]},\"age\":null,\"status\":\"active\"}",
        "[{\"age\":18446744073709551615},{\"age\":\"50\"},[[{\"status\":true}]]]",
        "1",
    ];
    let corpus = FILTERS.iter().enumerate().map(|(n, filter)| {
        let order = ["-updated_at", "name", "data.age", "-created_at"][n % 4];
        let words = ["", "x", "", "active y"][n % 4];
        format!("{filter}\n{order}\n{words}\n{}", data[n % data.len()]).into_bytes()
    });
    let mut fuzzer = Fuzzer::over(corpus.collect());
    let mut n = 0;
    while let Some(input) = fuzzer.next() {
        let (filter, mut query, data) = question(&input);
        let name = format!("s{}", n % STATES);
        n += 1;
        let new = New::of(Kind::FEATURE, &name, scope.clone(), data);
        let new = new.with_id(StateId::new(name)).with_ttl(Ttl::Never);
        let mut is_put = true;
        for states in &engines {
            let put = states.put(new.clone(), Expected::Any, &actor).await;
            is_put = is_put && put.is_ok();
        }
        let Ok(filter) = filter else {
            fuzzer.answered("refused");
            continue;
        };
        query.filters.push(filter.clone());
        let wanted = engines[0].search(&scope, query.clone()).await.unwrap();
        for states in &engines[1..] {
            let found = states.search(&scope, query.clone()).await.unwrap();
            assert_eq!(found, wanted, "{filter}");
        }
        // As many as the plain definition says, where no words are asked for.
        if query.text.is_none() {
            let all = engines[0].list(&scope, None, None, 1000).await.unwrap();
            let matching = all.iter().filter(|state| filter.matches(state)).count();
            assert_eq!(wanted.total, Total::Exact(matching as u64), "{filter}");
        }
        fuzzer.answered(match wanted.states.len() {
            _ if !is_put => "not a state",
            0 => "nothing",
            7 => "more than a page",
            _ => "some",
        });
    }
    fuzzer.finish(&["refused", "nothing", "some", "more than a page"]);
}
