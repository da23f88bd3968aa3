//! Count, first page, merge and pages over three tables of a million rows, and DuckDB's merge of
//! the same files in the same run.
//!
//!     cargo bench --bench query
//!
//! DuckDB comes from Python: `python3 -m venv ~/.cache/holdfast/duckdb` and
//! `~/.cache/holdfast/duckdb/bin/pip install duckdb` once, or any interpreter that has it in
//! `HOLDFAST_BENCH_PYTHON`. Without it the rest is still measured.
//!
//! Each part runs in a process of its own, so that caches are cold and peak memory is its own.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that fails should say where"
)]

#[path = "query/data.rs"]
mod data;

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use workbench::{
    Limits, Study, Workbench,
    query::{
        CardRule, CohortFilters, ExportFormat, FilterCard, MergeSpec, PageRequest, Range, SortKey,
        default_selection,
    },
};

/// Names the part that a child process measures.
const PART: &str = "HOLDFAST_BENCH_PART";
/// Runs of the merges; the median counts.
const RUNS: usize = 5;

fn main() {
    if let Ok(part) = env::var(PART) {
        let folder = PathBuf::from(env::var("HOLDFAST_BENCH_FOLDER").unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let mut figures = runtime.block_on(measure(&part, &folder));
        figures["peak_mib"] = json!(peak_mib());
        say(&figures.to_string());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("tables");
    fs::create_dir_all(&tables).unwrap();
    let study = data::write(&tables);
    let plain = json!({ "tables": study.tables, "keys": study.keys });
    fs::write(folder.path().join("study.json"), plain.to_string()).unwrap();

    say(&format!(
        "three tables of {} rows, {} cores",
        data::ROWS,
        cores()
    ));
    let count = child("count", folder.path());
    say(&format!(
        "count, one of four filters changed   p50 {} ms   p95 {} ms   first {} ms   peak {} MiB",
        count["p50"], count["p95"], count["first"], count["peak_mib"]
    ));
    let preview = child("preview", folder.path());
    say(&format!(
        "first page, cold                     {} ms   peak {} MiB",
        preview["ms"], preview["peak_mib"]
    ));
    // Turn by turn, so that whatever else the machine does falls on both.
    let turn = |_| {
        (
            child("merge", folder.path()),
            duckdb(&tables, folder.path()),
        )
    };
    let (ours, theirs): (Vec<Value>, Vec<Option<Value>>) = (0..RUNS).map(turn).unzip();
    let theirs: Vec<Value> = theirs.into_iter().flatten().collect();
    let (us, them) = (median(&ours), median(&theirs));
    say(&format!(
        "whole result on disk, cold           {:.2} s   peak {} MiB   {} rows, {} MiB",
        us, ours[0]["peak_mib"], ours[0]["rows"], ours[0]["file_mib"]
    ));
    match theirs.first() {
        Some(duck) => say(&format!(
            "DuckDB {}                        {:.2} s   peak {} MiB   {} rows   ratio {:.2}",
            duck["version"].as_str().unwrap_or_default(),
            them,
            duck["peak_mib"],
            duck["rows"],
            us / them
        )),
        None => say("DuckDB is not here: see the head of benches/query.rs"),
    }
    say(&format!("pages: {}", child("pages", folder.path())));
}

async fn measure(part: &str, folder: &Path) -> Value {
    let workbench = Workbench::open(folder, Limits::default()).unwrap();
    let text = fs::read_to_string(folder.join("study.json")).unwrap();
    let plain: Value = serde_json::from_str(&text).unwrap();
    let study = Study {
        tables: serde_json::from_value(plain["tables"].clone()).unwrap(),
        keys: serde_json::from_value(plain["keys"].clone()).unwrap(),
    };
    let spec = MergeSpec {
        selection: default_selection(&study),
        ..MergeSpec::default()
    };
    match part {
        "count" => count(&workbench, &study, &spec).await,
        "preview" => {
            let start = Instant::now();
            let first = PageRequest {
                limit: 100,
                ..PageRequest::default()
            };
            let (_, page) = workbench.preview(&study, &spec, &first).await.unwrap();
            assert_eq!(page.rows.len(), 100);
            json!({ "ms": round(start) })
        }
        "merge" => {
            let start = Instant::now();
            let result = workbench
                .merge(&study, &spec, 0, &CancellationToken::new())
                .await
                .unwrap();
            let seconds = start.elapsed().as_secs_f64();
            fs::remove_file(workbench.result_path(&result.id)).unwrap();
            json!({ "seconds": seconds, "rows": result.row_count, "file_mib": result.bytes >> 20 })
        }
        _ => pages(&workbench, &study, &spec).await,
    }
}

/// Four filters, one of which changes with every call.
async fn count(workbench: &Workbench, study: &Study, spec: &MergeSpec) -> Value {
    let card = |table: &str, column: &str, rule| FilterCard {
        id: column.into(),
        table: table.into(),
        column: column.into(),
        rule,
        enabled: true,
    };
    let mut filters = CohortFilters {
        age: Some(Range {
            min: Some(30.0),
            max: Some(60.0),
        }),
        sex: vec!["f".into()],
        cards: vec![
            card(
                "labs",
                "bili",
                CardRule::Range(Range {
                    min: Some(1.0),
                    max: Some(30.0),
                }),
            ),
            card(
                "exams",
                "stage",
                CardRule::Categories {
                    values: vec!["1".into(), "2".into()],
                },
            ),
        ],
        ..CohortFilters::default()
    };
    let start = Instant::now();
    workbench
        .count(study, &filters, &spec.selection)
        .await
        .unwrap();
    let first = round(start);
    let mut times = Vec::new();
    for turn in 0..200_u32 {
        let step = f64::from(turn) / 100.0;
        match turn % 4 {
            0 => {
                filters.age = Some(Range {
                    min: Some(30.0 + step),
                    max: Some(60.0),
                })
            }
            1 => {
                filters.sex = vec![
                    ["f", "m"][(turn / 4 % 2) as usize].into(),
                    format!("x{turn}"),
                ]
            }
            2 => {
                filters.cards[0].rule = CardRule::Range(Range {
                    min: Some(step),
                    max: Some(30.0),
                })
            }
            _ => {
                let values = vec![(turn / 4 % 4).to_string(), format!("x{turn}")];
                filters.cards[1].rule = CardRule::Categories { values };
            }
        }
        let start = Instant::now();
        workbench
            .count(study, &filters, &spec.selection)
            .await
            .unwrap();
        times.push(round(start));
    }
    times.sort_by(f64::total_cmp);
    json!({ "first": first, "p50": times[times.len() / 2], "p95": times[times.len() * 95 / 100] })
}

/// Pages of the merged result, each in milliseconds.
async fn pages(workbench: &Workbench, study: &Study, spec: &MergeSpec) -> Value {
    let result = workbench
        .merge(study, spec, 0, &CancellationToken::new())
        .await
        .unwrap();
    let bench = Workbench::open(workbench.incoming().parent().unwrap(), Limits::default()).unwrap();
    let time = async |offset: u64, sort: &str| {
        let sort = Some(sort).filter(|name| !name.is_empty());
        let key = |name: &str| SortKey {
            column: name.into(),
            descending: true,
        };
        let sort = sort.map(key).into_iter().collect();
        let request = PageRequest {
            offset,
            limit: 100,
            sort,
            ..PageRequest::default()
        };
        let start = Instant::now();
        bench.page(&result, &request).await.unwrap();
        round(start)
    };
    let mut figures = json!({
        "first": time(0, "").await,
        "deep": time(900_000, "").await,
        "sorted by a number, first": time(0, "bili").await,
        "sorted by a number, deep": time(900_000, "bili").await,
        "sorted by a text, first": time(0, "site").await,
        "sorted by a text, deep": time(500_000, "site").await,
    });
    let start = Instant::now();
    let mut csv = std::pin::pin!(
        bench
            .export(&result, ExportFormat::Csv, &PageRequest::default())
            .unwrap()
    );
    let mut bytes = 0;
    while let Some(piece) = futures::StreamExt::next(&mut csv).await {
        bytes += piece.unwrap().len();
    }
    figures["CSV"] = json!(format!("{} ms, {} MiB", round(start), bytes >> 20));
    figures
}

fn child(part: &str, folder: &Path) -> Value {
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command
        .env(PART, part)
        .env("HOLDFAST_BENCH_FOLDER", folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{part}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn duckdb(tables: &Path, folder: &Path) -> Option<Value> {
    let own = env::home_dir()?.join(".cache/holdfast/duckdb/bin/python");
    let python = env::var("HOLDFAST_BENCH_PYTHON").map_or(own, PathBuf::from);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/duckdb_merge.py");
    let target = folder.join("duckdb.parquet");
    let output = Command::new(python)
        .arg(script)
        .arg(tables)
        .arg(target)
        .output()
        .ok()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        say(said.lines().last().unwrap_or("DuckDB failed"));
    }
    serde_json::from_slice(&output.stdout).ok()
}

fn median(figures: &[Value]) -> f64 {
    let mut seconds: Vec<f64> = figures
        .iter()
        .filter_map(|f| f["seconds"].as_f64())
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The most memory this process had, in MiB (Linux).
fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| {
        line.trim()
            .trim_end_matches(" kB")
            .trim()
            .parse::<u64>()
            .ok()
    })
    .unwrap_or(0)
        >> 10
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn round(start: Instant) -> f64 {
    (start.elapsed().as_secs_f64() * 1e4).round() / 10.0
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
}
