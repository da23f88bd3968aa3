//! The registry beyond the size at which trackers of experiments stop: 100,000 runs, a protocol text with 150 parameters of its own in
//! each tenth, 50 tags each. How long a first page, a search as one types and a change take.
//!
//!     cargo bench --bench registry
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark tells its figures, and one that fails should say where"
)]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use holdfast::{
    Actor, Expected, New, Scope, StateId, StateManager, SystemClock, Transition, backend::Memory,
};
use serde_json::{Value, json};
use workbench::simulation::{
    registry::{Browse, SortBy},
    runs::{By, Runs, SIMULATION, kinds, upcasted},
};

const RUNS: usize = 100_000;
const TAGS: usize = 50;
const PARAMETERS: usize = 150;
/// States of one transaction.
const AT_ONCE: usize = 250;
/// Searches that are measured.
const SEARCHES: usize = 200;
/// First page and search: 95 of 100 must be as quick.
const BARS: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(20)];

fn record(at: usize) -> Value {
    let protocol = at / 10;
    let parameters: Vec<String> = (0..PARAMETERS)
        .map(|parameter| {
            format!(
                "parameter_{parameter}: {}",
                (protocol * 31 + parameter) % 997
            )
        })
        .collect();
    json!({
        "protocol_name": format!("Protocol {}", protocol % 40), "protocol_version": "1.0",
        "protocol_checksum": format!("{protocol:064}"), "protocol": parameters.join("\n"),
        "engine": "visit-based 1", "model": if at.is_multiple_of(3) { "reactive" } else { "treat_and_extend" },
        "patients": 100 + at % 5000, "duration_years": 5.0, "seed": at, "recruitment": "all_at_once",
        "start_date": "2026-01-01", "created_by": "Ada", "trial": null, "carried": null, "reason": null,
        "result": {"patients": 100, "visits": at, "bytes": at * 77 % 1_000_003, "checksum": format!("{at:064x}"),
            "runtime_ms": at % 9000},
    })
}

fn p95(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

#[tokio::main]
async fn main() {
    let mut builder = StateManager::builder(Arc::new(Memory::new()));
    for (kind, lifecycle) in kinds() {
        builder = builder.lifecycle(kind, lifecycle);
    }
    let states = upcasted(builder).build();
    let scope = Scope::User("ada".into());
    let actor = Actor::new("user:ada");
    for first in (0..RUNS).step_by(AT_ONCE) {
        let mut writes = states.transaction(&actor);
        for at in first..first + AT_ONCE {
            let tags: Vec<String> = (0..TAGS)
                .map(|tag| format!("tag-{}", (at * 7 + tag * 13) % 400))
                .collect();
            let id = StateId::new(format!("sim_{at}"));
            let new = New {
                metadata: json!({"tags": tags, "notes": format!("agreed in meeting {}", at % 60), "pinned": false}),
                ..New::of(SIMULATION, format!("case {at}"), scope.clone(), record(at))
            };
            writes.register(new.with_id(id.clone())).await.unwrap();
            writes
                .transition(&scope, &id, Transition::ACTIVATE, Expected::Any)
                .await
                .unwrap();
        }
        writes.commit().await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::open(folder.path(), states, Arc::new(SystemClock))
        .await
        .unwrap();
    let by = By {
        scope,
        actor,
        name: "Ada".into(),
    };
    let begun = Instant::now();
    let all = runs.browse(&by, &Browse::default(), 0, 50).await.unwrap();
    println!(
        "{} runs read into the registry: {:?}",
        all.all,
        begun.elapsed()
    );
    let mut pages = Vec::new();
    let orders = [
        SortBy::Changed,
        SortBy::Name,
        SortBy::Patients,
        SortBy::Size,
        SortBy::Runtime,
    ];
    for at in 0..SEARCHES {
        let asked = Browse {
            sort: orders[at % orders.len()],
            ..Browse::default()
        };
        let begun = Instant::now();
        runs.browse(&by, &asked, 0, 50).await.unwrap();
        pages.push(begun.elapsed());
    }
    let mut searches = Vec::new();
    for at in 0..SEARCHES {
        let text = match at % 5 {
            0 => format!("case {}", at * 371),
            1 => format!("tag-{}", at % 400),
            2 => format!("meeting {} reactive", at % 60),
            3 => format!("parameter_{} {}", at % 150, at),
            _ => format!("prot {at}"),
        };
        let asked = Browse {
            text,
            ..Browse::default()
        };
        let begun = Instant::now();
        runs.browse(&by, &asked, 0, 50).await.unwrap();
        searches.push(begun.elapsed());
    }
    let (page, search) = (p95(pages), p95(searches));
    println!("first page with facets, p95: {page:?} (bar {:?})", BARS[0]);
    println!("search, p95: {search:?} (bar {:?})", BARS[1]);
    if page > BARS[0] || search > BARS[1] {
        std::process::exit(1);
    }
}
