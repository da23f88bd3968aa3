//! A run travels: out of one folder as a package and into another, with its seed and checksum.

use std::io::{Cursor, Read as _, Write as _};

use futures::StreamExt as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use workbench::simulation::{
    Order, Recruitment, RunInfo, RunStatus,
    runs::{Brought, MAX_BROUGHT, Runs, RunsError},
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::runs::{Bench, ada, bench, names, small, wanted};

pub type Files = Vec<(String, Vec<u8>)>;

pub async fn completed(b: &Bench, order: Order) -> RunInfo {
    let run = b.runs.start(&ada(), order).await.unwrap();
    b.runs.wait(&ada(), &run.id).await.unwrap()
}

/// The package of a run, as it is downloaded.
pub async fn package(runs: &Runs, id: &str) -> Vec<u8> {
    let mut parcel = runs.export(&ada(), id).await.unwrap();
    assert_eq!(parcel.name, format!("{id}.zip"));
    let mut bytes = Vec::new();
    while let Some(piece) = parcel.bytes.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes
}

/// What is in a package.
pub fn files(package: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.push((file.name().unwrap().into_owned(), bytes));
    }
    files
}

/// A package of these files.
pub fn packed(files: &Files) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// One of the files, to be changed.
pub fn file<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(known, _)| known == name).unwrap().1
}

/// The manifest with something changed.
pub fn with_manifest(files: &mut Files, change: impl FnOnce(&mut Value)) {
    let text = file(files, "manifest.json");
    let mut manifest: Value = serde_json::from_slice(text).unwrap();
    change(&mut manifest);
    *text = serde_json::to_vec(&manifest).unwrap();
}

/// The manifest vouches for what the tables are now: who changed them is no fool.
pub fn vouched(files: &mut Files) {
    for name in ["patients.parquet", "visits.parquet"] {
        let bytes = file(files, name).clone();
        with_manifest(files, |manifest| {
            let listed = manifest["files"].as_array_mut().unwrap();
            let one = listed.iter_mut().find(|one| one["name"] == name).unwrap();
            one["bytes"] = bytes.len().into();
            one["sha256"] = hex::encode(Sha256::digest(&bytes)).into();
        });
    }
}

/// Brings a package in.
pub async fn import(b: &Bench, package: &[u8]) -> Result<RunInfo, RunsError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), package).unwrap();
    b.runs.import(&ada(), file.path(), "from Köln.zip").await
}

/// Folders of runs, and what is in the making.
pub fn everything(b: &Bench) -> Vec<String> {
    let root = b.folder.path();
    let mut all = names(root);
    for part in [".pending", ".unfinished", ".deleted"] {
        all.extend(names(&root.join(part)));
    }
    all
}

#[tokio::test]
async fn a_run_comes_out_of_a_package_as_it_went_in_with_seed_and_checksum() {
    let (here, there) = (bench().await, bench().await);
    let order = Order {
        name: Some("Base case".into()),
        tags: vec!["nhs".into()],
        notes: "agreed on Monday".into(),
        seed: 20_261_121,
        ..small()
    };
    let run = completed(&here, order).await;
    let bytes = package(&here.runs, &run.id).await;
    let inside: Vec<String> = files(&bytes).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        inside,
        ["patients.parquet", "visits.parquet", "manifest.json"]
    );

    let came = import(&there, &bytes).await.unwrap();
    assert_eq!(came.status, RunStatus::Completed);
    assert_eq!((came.seed, &came.protocol), (run.seed, &run.protocol));
    let result = run.result.clone().unwrap();
    assert_eq!(came.result.as_ref(), Some(&result));
    assert_eq!(
        (
            came.name.as_str(),
            came.tags.as_slice(),
            came.notes.as_str()
        ),
        (
            "Base case",
            ["nhs".to_owned()].as_slice(),
            "agreed on Monday"
        )
    );
    let carried = came.carried.clone().unwrap();
    assert_eq!(
        (carried.file.as_str(), &carried.id),
        ("from Köln.zip", &run.id)
    );
    assert!(there.runs.verify(&ada(), &came.id).await.unwrap());

    // A restart, and out again: what is in the tables is the same to the last byte.
    let again = super::runs::open(there.folder.path(), &there.states, &there.clock).await;
    let kept = again.get(&ada(), &came.id).await.unwrap();
    assert_eq!(kept.result, Some(result));
    assert!(again.verify(&ada(), &came.id).await.unwrap());
    let (first, second) = (files(&bytes), files(&package(&again, &came.id).await));
    assert_eq!(first[..2], second[..2]);
    let simulated = completed(
        &there,
        Order {
            seed: run.seed,
            ..small()
        },
    )
    .await;
    assert_eq!(
        simulated.result.unwrap().checksum,
        kept.result.unwrap().checksum
    );
}

#[tokio::test]
async fn the_same_package_comes_in_twice_as_two_runs_and_a_deleted_one_not_out() {
    let b = bench().await;
    let run = completed(&b, small()).await;
    let bytes = package(&b.runs, &run.id).await;
    let one = import(&b, &bytes).await.unwrap();
    let other = import(&b, &bytes).await.unwrap();
    assert!(one.id != other.id && one.id != run.id);
    assert!(one.id.contains("_01-00_"), "{}", one.id);
    assert_eq!(b.runs.list(&ada(), &wanted()).await.unwrap().total, 3);
    b.runs.delete(&ada(), &one.id).await.unwrap();
    let gone = b.runs.export(&ada(), &one.id).await.err().unwrap();
    assert!(matches!(gone, RunsError::Missing(_)));
}

#[tokio::test]
async fn an_older_record_comes_in_a_package_too() {
    let b = bench().await;
    let run = completed(&b, small()).await;
    let mut files = files(&package(&b.runs, &run.id).await);
    with_manifest(&mut files, |manifest| {
        manifest["run"]["schema_version"] = 1.into();
        let record = manifest["run"]["record"].as_object_mut().unwrap();
        assert!(record.remove("trial").is_some() && record.remove("carried").is_some());
        let result = record["result"].as_object_mut().unwrap();
        assert!(result.remove("means").is_some());
    });
    let came = import(&b, &packed(&files)).await.unwrap();
    assert_eq!(came.result, run.result);
}

#[tokio::test]
async fn what_a_list_says_of_a_strangers_run_is_counted_and_not_believed() {
    let b = bench().await;
    let run = completed(&b, small()).await;
    let mut files = files(&package(&b.runs, &run.id).await);
    with_manifest(&mut files, |manifest| {
        manifest["run"]["record"]["result"]["means"]["last"] = 99.into();
    });
    let came = import(&b, &packed(&files)).await.unwrap();
    assert_eq!(came.result, run.result);
}

#[tokio::test]
async fn who_came_by_chance_need_not_be_as_many_as_were_ordered_but_near() {
    let b = bench().await;
    let order = Order {
        recruitment: Recruitment::OverTheRun,
        ..small()
    };
    let run = completed(&b, order).await;
    let mut files = files(&package(&b.runs, &run.id).await);
    let came = import(&b, &packed(&files)).await.unwrap();
    assert_eq!((came.patients, came.result), (100, run.result));
    with_manifest(&mut files, |manifest| {
        manifest["run"]["record"]["patients"] = 1000.into();
    });
    let refused = import(&b, &packed(&files)).await.unwrap_err();
    let told = refused.to_string();
    assert!(told.contains("speaks of 1000 patients, and"), "{told}");
}

/// Packages as they arrived, in a folder of their own.
fn arrived(packages: &[&[u8]]) -> (tempfile::TempDir, Vec<Brought>) {
    let folder = tempfile::tempdir().unwrap();
    let mut brought = Vec::new();
    for (at, package) in packages.iter().enumerate() {
        let file = format!("{at}.zip");
        let path = folder.path().join(&file);
        std::fs::write(&path, package).unwrap();
        brought.push(Brought { path, file });
    }
    (folder, brought)
}

#[tokio::test]
async fn three_runs_come_in_together_with_their_tags_or_none_does() {
    let (here, there) = (bench().await, bench().await);
    let mut packages = Vec::new();
    for (seed, tag) in [(1, "nhs"), (2, "base"), (3, "base")] {
        let order = Order {
            name: Some(format!("seed {seed}")),
            tags: vec![tag.into()],
            seed,
            ..small()
        };
        let run = completed(&here, order).await;
        packages.push(package(&here.runs, &run.id).await);
    }
    let three: Vec<&[u8]> = packages.iter().map(Vec::as_slice).collect();
    let tags = ["nhs".to_owned(), "2026".to_owned()];

    // The last one broke on the way: the first two, which are whole, do not stay.
    let nothing = everything(&there);
    let broken = &three[2][..three[2].len() / 2];
    let (_kept, brought) = arrived(&[three[0], three[1], broken]);
    let refused = there.runs.import_all(&ada(), &brought, &tags).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, RunsError::Brought { file, problem }
            if file == "2.zip" && matches!(**problem, RunsError::Package(_))),
        "{refused}"
    );
    // Each is whole, and no run can have such a tag.
    let (_kept, brought) = arrived(&three);
    let long = ["x".repeat(61)];
    let refused = there.runs.import_all(&ada(), &brought, &long).await;
    assert!(matches!(refused, Err(RunsError::Order(error)) if error.field == "tags"));
    let (_kept, many) = arrived(&vec![three[0]; MAX_BROUGHT + 1]);
    for wrong in [&many[..], &[]] {
        let refused = there.runs.import_all(&ada(), wrong, &tags).await;
        assert!(matches!(refused, Err(RunsError::Order(error)) if error.field == "package"));
    }
    assert_eq!(there.runs.list(&ada(), &wanted()).await.unwrap().total, 0);
    assert_eq!(everything(&there), nothing);

    let came = there
        .runs
        .import_all(&ada(), &brought, &tags)
        .await
        .unwrap();
    let told: Vec<(&str, Vec<&str>)> = came
        .iter()
        .map(|run| (&*run.name, run.tags.iter().map(String::as_str).collect()))
        .collect();
    let expected = [
        ("seed 1", vec!["nhs", "2026"]),
        ("seed 2", vec!["base", "nhs", "2026"]),
        ("seed 3", vec!["base", "nhs", "2026"]),
    ];
    assert_eq!(told, expected);
    for run in &came {
        assert_eq!(run.status, RunStatus::Completed);
        assert!(there.runs.verify(&ada(), &run.id).await.unwrap());
    }
}
