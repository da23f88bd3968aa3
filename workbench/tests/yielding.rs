//! What the system says of a simulation's threads. Alone in its program, so that no other test has threads beside it.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, thread};

use tokio_util::sync::CancellationToken;
use workbench::simulation::{Meter, Order, Recruitment, protocol::Protocol, simulate};

const STANDARD: &str = include_str!("../../samples/protocols/aflibercept_te.yaml");

/// How nice each thread of this program is.
fn nice() -> Vec<i32> {
    let mut all = Vec::new();
    for task in fs::read_dir("/proc/self/task").unwrap() {
        // A thread may end meanwhile.
        let Ok(stat) = fs::read_to_string(task.unwrap().path().join("stat")) else {
            continue;
        };
        // Its name, in brackets, may be anything; of what comes after, this is the 17th.
        let (_, rest) = stat.rsplit_once(')').unwrap();
        all.push(rest.split_whitespace().nth(16).unwrap().parse().unwrap());
    }
    all
}

#[test]
fn every_thread_of_a_simulation_yields_to_those_that_were_there_before() {
    const THREADS: usize = 3;
    let before = nice();
    let own = *before.iter().max().unwrap();
    let lower = own.max(10);
    let of = |all: &[i32], nice: i32| all.iter().filter(|it| **it == nice).count();
    let order = Order {
        name: None,
        protocol: STANDARD.to_owned(),
        patients: 1_000_000,
        duration_years: 5.0,
        seed: 42,
        recruitment: Recruitment::AllAtOnce,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    };
    let protocol = Protocol::read(&order.protocol).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    thread::scope(|scope| {
        let run = scope.spawn(|| {
            let folder = folder.path();
            simulate(&protocol, &order, folder, THREADS, &meter, &cancel)
        });
        let during = loop {
            let now = nice();
            if of(&now, lower) >= of(&before, lower) + THREADS || run.is_finished() {
                break now;
            }
            thread::yield_now();
        };
        cancel.cancel();
        let others = during.len() - of(&during, lower);
        // The one that waits for them is one more.
        let expected = before.len() - of(&before, lower) + usize::from(own < lower);
        assert_eq!(others, expected, "{during:?}");
        assert!(run.join().unwrap().is_err(), "it was cancelled");
    });
}
