//! Files of the size that people complain about: time and memory.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;
use workbench::{Limits, Study, data::find_keys};

use super::Desk;

/// Visits of people: ten columns as a lab has them.
fn write_labs(path: &Path, rows: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "id,visit,day,bili,chol,albumin,sex,site,date,note").unwrap();
    let mut x = 7_u64;
    for row in 0..rows {
        x = x
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let (id, visit) = (row / 4 + 1, row % 4 + 1);
        let (bili, chol, albumin) = ((x >> 20) % 400, (x >> 30) % 1_700, (x >> 40) % 600);
        let sex = if id % 7 == 0 { "m" } else { "f" };
        let (site, day) = ((x >> 50) % 9, (x >> 55) % 28 + 1);
        writeln!(
            file,
            "{id},{visit},{row},{}.{},{chol},{}.{:02},{sex},site{site},2024-03-{day:02},n{x:x}",
            bili / 10,
            bili % 10,
            albumin / 100,
            albumin % 100
        )
        .unwrap();
    }
}

/// Most memory this process ever had, bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    let kilobytes = line
        .split_whitespace()
        .nth(1)
        .and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}

#[tokio::test]
async fn a_million_rows_of_ten_columns_go_in_within_seconds_and_their_keys_are_checked() {
    let desk = Desk::new();
    let path = desk.folder.path().join("mine/labs.csv");
    write_labs(&path, 1_000_000);
    let start = Instant::now();
    let labs = desk
        .workbench
        .import(&path, "labs.csv", &CancellationToken::new())
        .await
        .unwrap();
    let import = start.elapsed();
    assert_eq!((labs.rows, labs.columns.len()), (1_000_000, 10));
    assert_eq!(labs.column("bili").map(|c| c.decimals), Some(1));
    let distinct = labs.column("day").map_or(0, |c| c.distinct);
    assert!(distinct.abs_diff(1_000_000) < 20_000, "{distinct}");
    assert!(labs.notes.is_empty(), "{:?}", labs.notes);

    let mut exams = labs.clone();
    exams.name = "exams".to_owned();
    let tables = vec![labs, exams];
    let keys = find_keys(&tables).unwrap();
    let start = Instant::now();
    let report = desk
        .workbench
        .key_report(&Study { tables, keys })
        .await
        .unwrap();
    let keyed = start.elapsed();
    assert_eq!(report.tables[0].unique, 1_000_000);
    assert!(report.shared_columns.iter().all(|shared| shared.agrees));
    eprintln!("1 M rows x 10 columns: import {import:?}, key report of two such tables {keyed:?}");
    // Far above what it takes, so that a busy machine does not fail it.
    assert!(import < Duration::from_secs(60) && keyed < Duration::from_secs(60));
}

#[tokio::test]
#[ignore = "writes and reads a gigabyte; for the figures"]
async fn a_gigabyte_goes_in_within_bounded_memory() {
    let desk = Desk::with(Limits::default());
    let path = desk.folder.path().join("mine/labs.csv");
    write_labs(&path, 14_000_000);
    let bytes = std::fs::metadata(&path).unwrap().len();
    let before = peak_memory();
    let start = Instant::now();
    let labs = desk
        .workbench
        .import(&path, "labs.csv", &CancellationToken::new())
        .await
        .unwrap();
    let peak = peak_memory();
    eprintln!(
        "{bytes} bytes: import {:?}, memory before {before}, at most {peak}",
        start.elapsed()
    );
    assert_eq!(labs.rows, 14_000_000);
    assert!(peak < 600 << 20, "{peak}");
}

#[tokio::test]
#[ignore = "writes and reads two gigabytes; for the figures"]
async fn a_quote_that_swallows_two_gigabytes_is_found_within_bounded_memory() {
    let desk = Desk::new();
    let path = desk.folder.path().join("mine/labs.csv");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    file.write_all(b"id,note\n1,\"open\n").unwrap();
    let block = "2,closed\n".repeat(100_000);
    for _ in 0..2_380 {
        file.write_all(block.as_bytes()).unwrap();
    }
    file.flush().unwrap();
    let before = peak_memory();
    let start = Instant::now();
    let error = desk
        .workbench
        .import(&path, "labs.csv", &CancellationToken::new())
        .await
        .unwrap_err();
    eprintln!(
        "{error} after {:?}, memory {before} -> {}",
        start.elapsed(),
        peak_memory()
    );
    assert!(
        error
            .to_string()
            .starts_with("labs.csv, line 2, column note: the quote that opens here"),
        "{error}"
    );
    assert!(peak_memory() - before < 64 << 20);
}
