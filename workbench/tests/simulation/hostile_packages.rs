//! Packages that somebody made to do harm, or that broke on the way: refused, named, and nothing left behind.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, Date32Array, Float32Array, RecordBatch, UInt32Array},
    compute::take_record_batch,
};
use parquet::arrow::ArrowWriter;
use workbench::simulation::{
    Order,
    runs::RunsError,
    tables::{Select, Stored},
};
use zip::write::SimpleFileOptions;

use super::{
    packages::{
        Files, completed, everything, file, files, import, package, packed, vouched, with_manifest,
    },
    runs::{Bench, ada, bench, small, wanted},
};

struct Case {
    b: Bench,
    files: Files,
    before: Vec<String>,
}

impl Case {
    /// A package that would be taken in.
    async fn new() -> Self {
        let b = bench().await;
        let run = completed(&b, small()).await;
        let files = files(&package(&b.runs, &run.id).await);
        let before = everything(&b);
        Self { b, files, before }
    }

    /// It is refused, and everything is as before.
    async fn refused(&self, package: &[u8], because: &str) {
        let refused = import(&self.b, package).await.unwrap_err();
        let told = refused.to_string();
        assert!(matches!(refused, RunsError::Package(_)), "{told}");
        assert!(told.contains(because), "{told}");
        assert_eq!(everything(&self.b), self.before, "{because}");
        let found = self.b.runs.list(&ada(), &wanted()).await.unwrap();
        assert_eq!(found.total, 1, "{because}");
    }

    /// With one more file, of which the manifest knows.
    fn with_file(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut files = self.files.clone();
        files.push((name.to_owned(), bytes.to_vec()));
        packed(&files)
    }
}

/// Puts bytes in the place of others of the same length, everywhere.
fn replaced(package: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut package = package.to_vec();
    let mut found = 0;
    for at in 0..package.len() - from.len() {
        if package[at..].starts_with(from) {
            package[at..at + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0);
    package
}

/// The entry in the list at the end that is about the file of this name.
fn listed(package: &[u8], name: &str) -> usize {
    let is_it = |at: &usize| {
        package[*at..].starts_with(b"PK\x01\x02")
            && package[*at + 46..].starts_with(name.as_bytes())
    };
    (0..package.len()).rfind(is_it).unwrap()
}

#[tokio::test]
async fn bombs_are_not_unpacked() {
    let case = Case::new().await;
    let zeros = vec![0; 10_000_000];
    case.refused(&case.with_file("zeros.bin", &zeros), "more than 100 times")
        .await;
    // It only claims to be small, or large.
    let mut large = packed(&case.files);
    let at = listed(&large, "visits.parquet") + 24;
    large[at..at + 4].copy_from_slice(&2_000_000_000_u32.to_le_bytes());
    case.refused(&large, "unpacks to more than").await;
    let mut small = case.with_file("zeros.bin", &zeros);
    let at = listed(&small, "zeros.bin") + 24;
    small[at..at + 4].copy_from_slice(&100_000_u32.to_le_bytes());
    case.refused(&small, "this is no package").await;
}

#[tokio::test]
async fn names_that_lead_elsewhere_or_mean_a_device_are_refused() {
    let case = Case::new().await;
    for (name, because) in [
        ("../../evil.txt", "leads elsewhere"),
        ("/etc/cron.d/evil", "begins at the root"),
        ("a\\..\\evil", "has a \\"),
        ("C:evil", "has a \\ or a :"),
        ("CON", "means a device"),
        ("notes/nul.txt", "means a device"),
        ("visits.parquet ", "ends with a space"),
        ("a/b/c/d/e/f/g/h/i/j/k", "folders deep"),
    ] {
        case.refused(&case.with_file(name, b"evil"), because).await;
    }
    assert!(!Path::new("/etc/cron.d/evil").exists());
}

#[tokio::test]
async fn links_are_refused() {
    let case = Case::new().await;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    archive
        .add_symlink("visits.parquet", "/etc/passwd", plain)
        .unwrap();
    let linked = archive.finish().unwrap().into_inner();
    case.refused(&linked, "visits.parquet is a link").await;
}

#[tokio::test]
async fn two_thousand_files_are_too_many() {
    let case = Case::new().await;
    let mut files = case.files.clone();
    files.extend((0..2000).map(|at| (format!("{at}.txt"), b"1".to_vec())));
    case.refused(&packed(&files), "2003 files").await;
}

#[tokio::test]
async fn one_name_is_there_once() {
    let case = Case::new().await;
    let twice = case.with_file("visits.parqueX", b"other visits");
    let twice = replaced(&twice, b"visits.parqueX", b"visits.parquet");
    case.refused(&twice, "twice").await;
    let twice = case.with_file("VISITS.parquet", b"other visits");
    case.refused(&twice, "twice").await;
}

#[tokio::test]
async fn an_archive_that_can_be_read_in_two_ways_is_refused() {
    let case = Case::new().await;
    let whole = packed(&case.files);
    case.refused(&whole[..whole.len() - 30], "does not end as a ZIP")
        .await;
    case.refused(b"PK", "no ZIP file").await;
    case.refused(&[&whole[..], b"more"].concat(), "does not end as a ZIP")
        .await;
    case.refused(&[b"#!/bin/sh\n", &whole[..]].concat(), "not where it says")
        .await;
    let end = whole.len() - 22;
    let mut lying = whole.clone();
    lying[end + 8..end + 12].copy_from_slice(&[0xFF; 4]);
    case.refused(&lying, "64-bit").await;
    let mut lying = whole.clone();
    lying[end + 10] = 2;
    case.refused(&lying, "not where it says").await;
    // One name in the list, another before the file.
    let at = listed(&whole, "visits.parquet") + 46;
    let mut lying = whole.clone();
    lying[at] = b'V';
    case.refused(&lying, "this is no package").await;
}

#[tokio::test]
async fn files_that_are_not_what_the_manifest_says_are_refused() {
    let case = Case::new().await;
    let mut changed = case.files.clone();
    let visits = file(&mut changed, "visits.parquet");
    let middle = visits.len() / 2;
    visits[middle] ^= 1;
    case.refused(
        &packed(&changed),
        "visits.parquet is not what the manifest says: its SHA-256",
    )
    .await;
    let mut short = case.files.clone();
    file(&mut short, "patients.parquet").pop();
    case.refused(&packed(&short), "instead of").await;
    case.refused(&case.with_file("extra.txt", b"1"), "not in its manifest")
        .await;
    let mut without = case.files.clone();
    without.retain(|(name, _)| name != "patients.parquet");
    case.refused(&packed(&without), "has no patients.parquet")
        .await;
}

#[tokio::test]
async fn manifests_that_make_no_sense_are_refused() {
    let case = Case::new().await;
    let mut without = case.files.clone();
    without.retain(|(name, _)| name != "manifest.json");
    case.refused(&packed(&without), "no manifest.json").await;
    let mut large = case.files.clone();
    file(&mut large, "manifest.json").resize(2 << 20, b' ');
    case.refused(&packed(&large), "more than 1048576 bytes")
        .await;
    let mut broken = case.files.clone();
    file(&mut broken, "manifest.json").truncate(40);
    case.refused(&packed(&broken), "cannot be read").await;
    type Change = fn(&mut serde_json::Value);
    let changes: [(Change, &str); 9] = [
        (|it| it["format"] = "other".into(), "is of a \"other\""),
        (|it| it["format_version"] = 9.into(), "format 9"),
        (|it| it["run"]["schema_version"] = 9.into(), "shape 9"),
        (
            |it| it["run"]["record"]["result"] = serde_json::Value::Null,
            "not completed",
        ),
        (
            |it| it["run"]["record"]["protocol"] = "name: x".into(),
            "does not fit together",
        ),
        (
            |it| it["run"]["record"]["result"]["visits"] = u64::MAX.into(),
            "more than a run has",
        ),
        (
            |it| it["run"]["record"]["patients"] = 50.into(),
            "speaks of 50 patients, and its result of 100",
        ),
        (
            |it| it["run"]["record"]["result"]["patients"] = 99.into(),
            "speaks of 100 patients, and its result of 99",
        ),
        (
            |it| it["run"]["record"]["protocol_name"] = "x".repeat(201).into(),
            "a name of a protocol of more than 120 characters",
        ),
    ];
    for (change, because) in changes {
        let mut files = case.files.clone();
        with_manifest(&mut files, change);
        case.refused(&packed(&files), because).await;
    }
    let mut files = case.files.clone();
    with_manifest(&mut files, |it| it["run"]["name"] = "x".repeat(500).into());
    let refused = import(&case.b, &packed(&files)).await.unwrap_err();
    assert!(matches!(refused, RunsError::Order(_)), "{refused}");
    assert_eq!(everything(&case.b), case.before);
}

#[tokio::test]
async fn tables_that_are_cut_off_or_lie_are_refused_though_the_manifest_vouches_for_them() {
    let case = Case::new().await;
    let mut cut = case.files.clone();
    let visits = file(&mut cut, "visits.parquet");
    visits.truncate(visits.len() / 2);
    vouched(&mut cut);
    case.refused(&packed(&cut), "visits.parquet cannot be used")
        .await;

    // The footer as it was, over data that is not there.
    let mut lying = case.files.clone();
    let visits = file(&mut lying, "visits.parquet");
    let length = u32::from_le_bytes(
        visits[visits.len() - 8..visits.len() - 4]
            .try_into()
            .unwrap(),
    );
    let footer = visits.split_off(visits.len() - 8 - length as usize);
    visits.truncate(200);
    visits.extend_from_slice(&footer);
    vouched(&mut lying);
    case.refused(&packed(&lying), "its footer lies").await;

    // Noise where the columns are, behind a whole footer.
    let mut noise = case.files.clone();
    let visits = file(&mut noise, "visits.parquet");
    let end = visits.len() - 8 - length as usize;
    for (at, byte) in visits[4..end].iter_mut().enumerate() {
        *byte = (at * 31 % 251) as u8;
    }
    vouched(&mut noise);
    case.refused(&packed(&noise), "cannot be used").await;

    // Another run's tables, whole in themselves.
    let other = completed(&case.b, Order { seed: 7, ..small() }).await;
    let others = files(&package(&case.b.runs, &other.id).await);
    case.b.runs.delete(&ada(), &other.id).await.unwrap();
    let case = Case {
        before: everything(&case.b),
        ..case
    };
    let mut swapped = case.files.clone();
    for (name, bytes) in others.into_iter().take(2) {
        *file(&mut swapped, &name) = bytes;
    }
    vouched(&mut swapped);
    case.refused(&packed(&swapped), "cannot be used").await;
}

#[tokio::test]
async fn rows_that_no_run_has_are_refused_though_every_checksum_is_right() {
    let case = Case::new().await;
    type Forge = fn(&RecordBatch) -> RecordBatch;
    let (patients, visits) = ("patients.parquet", "visits.parquet");
    let forgeries: [(&str, Forge, &str); 6] = [
        (visits, reversed, "other than counted"),
        (visits, blinded, "vision has a value that is no number"),
        (visits, renumbered, "other than counted"),
        (patients, never, "came on a day that is not of the run"),
        (patients, long_ago, "came on a day that is not of the run"),
        (patients, later, "came on a day that is not of the run"),
    ];
    for (table, forge, because) in forgeries {
        let mut files = case.files.clone();
        let folder = tempfile::tempdir().unwrap();
        for name in [patients, visits] {
            std::fs::write(folder.path().join(name), &*file(&mut files, name)).unwrap();
        }
        let stored = Stored::open(folder.path()).unwrap();
        let rows = match table == patients {
            true => stored.patients(Select::All, 0..1),
            false => stored.visits(Select::All, 0..1),
        };
        let forged = forge(&rows.unwrap()[0]);
        let path = folder.path().join(table);
        let out = File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(out, forged.schema(), None).unwrap();
        writer.write(&forged).unwrap();
        writer.close().unwrap();
        let checksum = Stored::open(folder.path()).unwrap().checksum().unwrap();
        *file(&mut files, table) = std::fs::read(&path).unwrap();
        vouched(&mut files);
        with_manifest(&mut files, |it| {
            it["run"]["record"]["result"]["checksum"] = checksum.into();
        });
        case.refused(&packed(&files), because).await;
    }
}

fn reversed(visits: &RecordBatch) -> RecordBatch {
    let rows = u32::try_from(visits.num_rows()).unwrap();
    take_record_batch(visits, &UInt32Array::from_iter_values((0..rows).rev())).unwrap()
}

fn with_column(table: &RecordBatch, at: usize, column: ArrayRef) -> RecordBatch {
    let mut columns = table.columns().to_vec();
    columns[at] = column;
    RecordBatch::try_new(table.schema(), columns).unwrap()
}

fn enrolled(patients: &RecordBatch, day: i32) -> RecordBatch {
    let column = Date32Array::from(vec![day; patients.num_rows()]);
    with_column(patients, 1, Arc::new(column))
}

fn never(patients: &RecordBatch) -> RecordBatch {
    enrolled(patients, i32::MAX)
}

fn long_ago(patients: &RecordBatch) -> RecordBatch {
    enrolled(patients, i32::MIN)
}

/// 2030-01-01, of a run of the year 2026.
fn later(patients: &RecordBatch) -> RecordBatch {
    enrolled(patients, 21_915)
}

fn blinded(visits: &RecordBatch) -> RecordBatch {
    let column = Float32Array::from(vec![f32::NAN; visits.num_rows()]);
    with_column(visits, 3, Arc::new(column))
}

fn renumbered(visits: &RecordBatch) -> RecordBatch {
    let column = UInt32Array::from(vec![4_000_000_000; visits.num_rows()]);
    with_column(visits, 0, Arc::new(column))
}
