//! What one server finished, the others have.

use std::{fs, pin::pin};

use futures::{StreamExt as _, future::join_all, poll};
use workbench::{
    Workbench,
    data::Outcome,
    query::{CohortFilters, ExportFormat, MergeSpec, PageRequest, ResultInfo},
    simulation::{RunStatus, tables::RunTable},
    storage::{Gathered, Storage},
};

use super::team::{Team, ada, blocking, order};

async fn download(workbench: &Workbench, result: &ResultInfo) -> Vec<u8> {
    let request = PageRequest::default();
    let pieces = workbench
        .export(result, ExportFormat::Parquet, &request)
        .unwrap();
    let pieces: Vec<_> = pieces.collect().await;
    pieces.into_iter().flat_map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_imported_on_one_server_is_queried_on_another() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let tables = a.import_samples().await;
    assert_eq!(b.files("tables"), Vec::<String>::new());
    assert_eq!(b.count().await.unwrap(), (179, 1_123));
    let mut names: Vec<String> = tables
        .iter()
        .flat_map(|table| {
            let of = |end| format!("tables/{}.{end}", table.id);
            [of("json"), of("parquet")]
        })
        .collect();
    names.sort();
    assert_eq!(team.s3.names("tables"), names);
    let labs = tables.iter().find(|table| table.name == "labs").unwrap();
    assert_eq!(
        fs::read(a.workbench.table_path(&labs.id)).unwrap(),
        fs::read(b.workbench.table_path(&labs.id)).unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_server_imported_is_known_and_not_converted_again() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let table = a.import_sample("labs").await.unwrap();
    let path = format!("{}/../samples/pbc/labs.csv", env!("CARGO_MANIFEST_DIR"));
    let outcome = b
        .workspace
        .import(path.as_ref(), "labs.csv", None, &Default::default())
        .await
        .unwrap();
    assert!(matches!(outcome, Outcome::Unchanged { .. }), "{outcome:?}");
    // Only its description was looked at.
    assert_eq!(b.files("tables"), [format!("{}.json", table.id)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_an_older_question_does_not_take_the_place_of_a_newer_ones() {
    let team = Team::new().await;
    let a = team.server().await;
    a.import_samples().await;
    let cancel = Default::default();
    let older = a.spec().await;
    let newer = MergeSpec {
        filters: CohortFilters::default(),
        ..older.clone()
    };
    let mut late = pin!(a.workspace.merge_in_turn(&older, 1, &cancel));
    assert!(poll!(late.as_mut()).is_pending());
    let shown = a.workspace.merge_in_turn(&newer, 2, &cancel).await.unwrap();
    assert!(shown.is_some());
    assert_eq!(late.await.unwrap(), None);
    assert_eq!(a.workspace.result().await.unwrap(), shown);

    // Who still wants it asks again, and it is merged already.
    let again = a.workspace.merge_in_turn(&older, 3, &cancel).await.unwrap();
    assert_eq!(again.as_ref().map(|info| info.created_at), Some(1));
    assert_eq!(a.workspace.result().await.unwrap(), again);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_merged_on_one_server_is_downloaded_on_another_without_a_merge() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    a.import_samples().await;
    let spec = a.spec().await;
    let merged = a.workspace.merge(&spec, 1, &Default::default()).await;
    let merged = merged.unwrap();
    assert_eq!((merged.participants, merged.row_count), (179, 1_123));

    let found = b.workspace.result().await.unwrap().unwrap();
    assert_eq!(found, merged);
    let again = b.workspace.merge(&spec, 2, &Default::default()).await;
    assert_eq!(again.unwrap().created_at, 1);
    assert_eq!(
        download(&b.workbench, &found).await,
        download(&a.workbench, &merged).await
    );
    // Nothing to merge from was ever brought.
    assert_eq!(b.files("tables"), Vec::<String>::new());
    assert_eq!(b.files("results"), [format!("{}.parquet", merged.id)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_simulated_on_one_server_is_the_same_on_another() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let run = a.simulate(order(500)).await.unwrap();
    assert_eq!(run.status, RunStatus::Completed, "{:?}", run.reason);
    assert_eq!(a.files("simulations/.pending"), Vec::<String>::new());
    let seen = b.runs.get(&ada(), &run.id).await.unwrap();
    assert_eq!(seen.result, run.result);
    assert!(b.runs.verify(&ada(), &run.id).await.unwrap());
    let here = a.runs.results(&ada(), &run.id).await.unwrap();
    let there = b.runs.results(&ada(), &run.id).await.unwrap();
    assert_eq!(here.patients, there.patients);
    assert_eq!(here.visits, there.visits);
    let mut packages = Vec::new();
    for server in [&a, &b] {
        let parcel = server.runs.export(&ada(), &run.id).await.unwrap();
        let pieces: Vec<_> = parcel.bytes.collect().await;
        let bytes: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
        packages.push(bytes);
    }
    assert_eq!(packages[0], packages[1]);

    // And it comes in again, as a run of its own, on a third, which gives its tables out as well.
    let c = team.server().await;
    let mut tables = Vec::new();
    for server in [&a, &c] {
        let (table, format) = (RunTable::Visits, ExportFormat::Csv);
        let parcel = server.runs.download(&ada(), &run.id, table, format).await;
        let pieces: Vec<_> = parcel.unwrap().bytes.collect().await;
        let bytes: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
        tables.push(bytes);
    }
    assert!(!tables[0].is_empty() && tables[0] == tables[1]);
    let package = c.folder.path().join("run.zip");
    fs::write(&package, &packages[0]).unwrap();
    let came = c.runs.import(&ada(), &package, "run.zip").await.unwrap();
    assert_ne!(came.id, run.id);
    assert!(a.runs.verify(&ada(), &came.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_back_into_an_emptied_folder() {
    let team = Team::new().await;
    let a = team.server().await;
    a.import_samples().await;
    let spec = a.spec().await;
    let merged = a.workspace.merge(&spec, 1, &Default::default()).await;
    let merged = merged.unwrap();
    let run = a.simulate(order(100)).await.unwrap();
    let was = download(&a.workbench, &merged).await;
    let folder = a.folder;
    drop((a.workbench, a.workspace, a.runs, a.storage));
    for part in ["tables", "results", "simulations"] {
        fs::remove_dir_all(folder.path().join(part)).unwrap();
    }
    let a = team.server_in(folder, 0).await;
    assert_eq!(a.count().await.unwrap(), (179, 1_123));
    assert_eq!(a.workspace.result().await.unwrap(), Some(merged.clone()));
    assert_eq!(download(&a.workbench, &merged).await, was);
    assert!(a.runs.verify(&ada(), &run.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_goes_in_pieces_and_comes_whole() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    // Text that does not pack, by a generator of congruences.
    let mut state = 1_u64;
    let mut text = String::from("id,word\n");
    for id in 0..800_000 {
        let mut word = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state >> 16
        };
        text += &format!("{id},w{:012x}{:012x}\n", word(), word());
    }
    let path = a.folder.path().join("words.csv");
    fs::write(&path, text).unwrap();
    let table = a.import(&path).await.unwrap();
    let local = a.workbench.table_path(&table.id);
    assert!(fs::metadata(&local).unwrap().len() > 8 << 20, "one piece");
    let brought = b
        .workbench
        .bring(b.workbench.table_path(&table.id), "words");
    let brought = brought.await.unwrap();
    assert!(fs::read(brought).unwrap() == fs::read(local).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_the_same_at_once_waits_for_the_one_who_fetches() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let table = a.import_sample("labs").await.unwrap();
    let path = b.workbench.table_path(&table.id);
    let all = (0..8).map(|_| b.workbench.bring(path.clone(), "labs"));
    for brought in join_all(all).await {
        brought.unwrap();
    }
    let name = format!("tables/{}.parquet", table.id);
    assert_eq!(team.s3.fetched(&name), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_before_is_gathered_once() {
    let team = Team::new().await;
    let folder = tempfile::tempdir().unwrap();
    let before = team.server_on(folder, Storage::local()).await;
    before.import_samples().await;
    let run = before.simulate(order(100)).await.unwrap();
    let folder = before.folder;
    drop((before.workbench, before.workspace, before.runs));

    let a = team.server_in(folder, 0).await;
    let b = team.server().await;
    assert!(b.count().await.is_err());
    let only_here = blocking(&a.storage, Storage::only_here).await.unwrap();
    assert_eq!(only_here, 3 * 2 + 2);
    for (put, there) in [(8, 0), (0, 8)] {
        let gathered = blocking(&a.storage, |storage| storage.gather(|_| {})).await;
        assert_eq!(gathered.unwrap(), Gathered { put, there });
    }
    let only_here = blocking(&a.storage, Storage::only_here).await.unwrap();
    assert_eq!(only_here, 0);
    assert_eq!(b.count().await.unwrap(), (179, 1_123));
    assert!(b.runs.verify(&ada(), &run.id).await.unwrap());
}
