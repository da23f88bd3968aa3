//! Local copies leave where they take too much, and come back when they are wanted.

use std::{fs, path::Path};

use super::team::{Server, Team, ada, order};

fn small_csv(server: &Server, name: &str) -> std::path::PathBuf {
    let path = server.folder.path().join(format!("{name}.csv"));
    fs::write(&path, format!("id,{name}\n1,2\n")).unwrap();
    path
}

fn copies(server: &Server) -> usize {
    let names = server.files("tables");
    let is_copy = |name: &&String| {
        Path::new(name)
            .extension()
            .is_some_and(|it| it == "parquet")
    };
    names.iter().filter(is_copy).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_leave_a_folder_that_is_too_small_and_come_back() {
    let team = Team::new().await;
    let folder = tempfile::tempdir().unwrap();
    let a = team.server_in(folder, 1).await;
    a.import_samples().await;
    assert_eq!(copies(&a), 1, "{:?}", a.files("tables"));
    assert_eq!(a.count().await.unwrap(), (179, 1_123));
    assert!(copies(&a) <= 1, "{:?}", a.files("tables"));
    assert_eq!(team.s3.names("tables").len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_use_stays_and_what_the_store_does_not_have_stays() {
    let team = Team::new().await;
    let folder = tempfile::tempdir().unwrap();
    let a = team.server_in(folder, 1).await;
    let run = a.simulate(order(100)).await.unwrap();
    let in_use = a.runs.tables(&ada(), &run.id).await.unwrap();
    a.import(&small_csv(&a, "first")).await.unwrap();
    assert!(a.files("simulations").contains(&run.id));
    in_use.load().unwrap();

    // Its objects are gone: the copy is all there is.
    let visits = team
        .s3
        .file(&format!("simulations/{}/visits.parquet", run.id));
    let content = fs::read(&visits).unwrap();
    fs::remove_file(&visits).unwrap();
    drop(in_use);
    a.import(&small_csv(&a, "second")).await.unwrap();
    assert!(a.files("simulations").contains(&run.id));

    fs::write(&visits, content).unwrap();
    a.import(&small_csv(&a, "third")).await.unwrap();
    assert!(!a.files("simulations").contains(&run.id));
    assert!(a.runs.verify(&ada(), &run.id).await.unwrap());
}
