//! Results in memory: loaded once, evicted under pressure, right whoever reads them, and never gone from disk.

use std::{collections::BTreeSet, sync::Arc};

use workbench::simulation::{
    Amendment, Order, RunInfo, Suggestion,
    runs::{Runs, RunsError},
    tables::Tables,
};

use super::{
    runs::{Bench, ada, bench, by, names, small},
    support::STANDARD,
};

async fn completed(b: &Bench, count: u64) -> Vec<RunInfo> {
    let mut runs = Vec::new();
    for seed in 0..count {
        let order = Order { seed, ..small() };
        let run = b.runs.start(&ada(), order).await.unwrap();
        runs.push(b.runs.wait(&ada(), &run.id).await.unwrap());
    }
    runs
}

async fn pin(runs: &Runs, run: &RunInfo, is_pinned: bool) {
    let run = runs.get(&ada(), &run.id).await.unwrap();
    let amendment = Amendment {
        name: run.name,
        tags: run.tags,
        notes: run.notes,
        is_pinned,
    };
    runs.amend(&ada(), &run.id, run.version, &amendment)
        .await
        .unwrap();
}

/// What a reader computes of a result.
fn sum(tables: &Tables) -> f64 {
    use arrow::{array::AsArray as _, datatypes::Float32Type};
    let visions = tables.visits.iter().map(|batch| {
        let vision = batch.column_by_name("vision").unwrap();
        let letters = vision.as_primitive::<Float32Type>().values().iter();
        letters.map(|letters| f64::from(*letters)).sum::<f64>()
    });
    visions.sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_readers_under_pressure_read_what_was_simulated_and_what_is_pinned_stays() {
    let b = bench().await;
    let runs = completed(&b, 6).await;
    let mut right = Vec::new();
    for run in &runs {
        let stored = b.runs.tables(&ada(), &run.id).await.unwrap();
        right.push(sum(&stored.load().unwrap()));
    }
    let distinct: BTreeSet<u64> = right.iter().map(|sum| sum.to_bits()).collect();
    assert_eq!(distinct.len(), 6, "another seed, another result");
    drop(b.runs.results(&ada(), &runs[0].id).await.unwrap());
    let one = b.runs.memory().held;
    // Room for two results and a half.
    b.runs.set_memory_budget(one * 5 / 2);
    pin(&b.runs, &runs[0], true).await;

    let (runs, right) = (Arc::new(runs), Arc::new(right));
    let readers = (0..8_usize).map(|reader| {
        let (all, runs, right) = (b.runs.clone(), Arc::clone(&runs), Arc::clone(&right));
        tokio::spawn(async move {
            for turn in 0..30 {
                let at = (reader * 7 + turn * 5) % runs.len();
                let tables = all.results(&ada(), &runs[at].id).await.unwrap();
                assert_eq!(sum(&tables).to_bits(), right[at].to_bits(), "{at}");
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
    let report = b.runs.memory();
    assert!(report.held <= report.budget, "{report:?}");
    assert!(report.evictions > 0, "{report:?}");
    assert_eq!(report.hits + report.misses, 8 * 30 + 1);
    let pinned = report
        .items
        .iter()
        .find(|item| item.id == runs[0].id)
        .unwrap();
    assert!(pinned.is_held && pinned.evictions == 0 && pinned.loads == 1);
    assert!(report.items.iter().all(|item| !item.is_open));
    for run in runs.iter() {
        assert!(b.runs.verify(&ada(), &run.id).await.unwrap());
    }
    let on_disk = names(b.folder.path()).into_iter();
    assert_eq!(on_disk.filter(|name| !name.starts_with('.')).count(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_at_the_same_moment_shares_one_load() {
    let b = bench().await;
    let run = completed(&b, 1).await.remove(0);
    let ada = ada();
    let ask = || b.runs.results(&ada, &run.id);
    let all = futures::future::try_join_all((0..16).map(|_| ask()));
    let all = all.await.unwrap();
    assert!(all.iter().all(|one| Arc::ptr_eq(one, &all[0])));
    let report = b.runs.memory();
    assert_eq!((report.misses, report.hits), (1, 15));
    assert_eq!(report.items[0].loads, 1);
    assert_eq!(
        (report.staying, report.held),
        (report.held, report.items[0].bytes)
    );
    let read = b.runs.get(&ada, &run.id).await.unwrap();
    assert_eq!(read.access_count, 16);
    drop(all);
    assert_eq!(b.runs.memory().staying, 0);
}

#[tokio::test]
async fn a_result_without_room_is_served_and_only_its_owner_gets_it() {
    let b = bench().await;
    let run = completed(&b, 1).await.remove(0);
    b.runs.set_memory_budget(1000);
    let tables = b.runs.results(&ada(), &run.id).await.unwrap();
    let report = b.runs.memory();
    assert_eq!(report.held, 0);
    assert!(report.beside > 1000 && report.events == 1, "{report:?}");
    drop(tables);
    assert_eq!(b.runs.memory().beside, 0);

    let bob = by(holdfast::Scope::User("bob".into()));
    let refused = b.runs.results(&bob, &run.id).await;
    assert!(matches!(refused, Err(RunsError::Missing(_))));
    assert!(b.runs.memory_of(&bob).items.is_empty());
    assert_eq!(b.runs.memory_of(&ada()).items.len(), 1);
}

#[tokio::test]
async fn a_deleted_result_leaves_and_one_that_is_read_again_and_again_is_to_be_pinned() {
    let b = bench().await;
    let runs = completed(&b, 2).await;
    drop(b.runs.results(&ada(), &runs[0].id).await.unwrap());
    b.runs.set_memory_budget(b.runs.memory().held * 3 / 2);
    for _ in 0..3 {
        for run in [&runs[1], &runs[0]] {
            drop(b.runs.results(&ada(), &run.id).await.unwrap());
        }
    }
    let report = b.runs.memory_of(&ada());
    let is_pin =
        |it: &Suggestion, run: &RunInfo| matches!(it, Suggestion::Pin { id, .. } if *id == run.id);
    assert!(
        report.suggestions.iter().any(|it| is_pin(it, &runs[0])),
        "{report:?}"
    );
    assert!(
        report
            .suggestions
            .iter()
            .any(|it| matches!(it, Suggestion::Raise { .. }))
    );
    b.runs.delete(&ada(), &runs[0].id).await.unwrap();
    assert_eq!(b.runs.memory().held, 0);
    assert!(b.runs.results(&ada(), &runs[0].id).await.is_err());
    b.runs.restore(&ada(), &runs[0].id).await.unwrap();
    assert!(b.runs.results(&ada(), &runs[0].id).await.is_ok());
}

#[tokio::test]
async fn tables_that_lost_rows_are_not_served() {
    let b = bench().await;
    let runs = completed(&b, 1).await;
    let order = Order {
        patients: 50,
        ..super::support::order(STANDARD)
    };
    let other = b.runs.start(&ada(), order).await.unwrap();
    b.runs.wait(&ada(), &other.id).await.unwrap();
    let root = b.folder.path();
    for file in ["patients.parquet", "visits.parquet"] {
        let (from, to) = (
            root.join(&other.id).join(file),
            root.join(&runs[0].id).join(file),
        );
        std::fs::copy(from, to).unwrap();
    }
    let refused = b.runs.results(&ada(), &runs[0].id).await.unwrap_err();
    assert!(refused.to_string().contains("50 patients"), "{refused}");
    assert_eq!(b.runs.memory().held, 0);
}
