//! The store is away, or has something else than what was put there.

use std::{fs, time::Duration};

use workbench::{
    Error,
    simulation::{RunStatus, Wanted, runs::RunsError},
    storage::{Bucket, Storage},
};

use super::{
    s3::{KEY, SECRET, credentials},
    team::{Team, ada, blocking, order},
};

const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_what_is_here_opens_and_nothing_is_half_kept() {
    let mut team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    a.import_samples().await;
    let run = a.simulate(order(100)).await.unwrap();
    let had = a.files("tables");
    team.s3.stop().await;

    // Here, it opens.
    assert_eq!(a.count().await.unwrap(), (179, 1_123));
    assert!(a.runs.verify(&ada(), &run.id).await.unwrap());
    // Elsewhere it does not, and it is said why.
    let away = b.count().await.unwrap_err();
    assert!(matches!(away, Error::StoreAway { .. }), "{away:?}");
    assert!(away.to_string().contains("Try again in a while"), "{away}");
    assert!(!away.to_string().contains(KEY), "{away}");
    let away = b.runs.verify(&ada(), &run.id).await.unwrap_err();
    let is_away = matches!(away, RunsError::Files(Error::StoreAway { .. }));
    assert!(is_away, "{away:?}");
    // Nothing new is begun.
    let path = a.folder.path().join("new.csv");
    fs::write(&path, "id,a\n1,2\n").unwrap();
    let refused = a.import(&path).await.unwrap_err();
    assert!(matches!(refused, Error::StoreAway { .. }), "{refused:?}");
    let spec = a.spec().await;
    let refused = a.workspace.merge(&spec, 1, &Default::default()).await;
    assert!(matches!(refused, Err(Error::StoreAway { .. })));
    let refused = a.simulate(order(100)).await.unwrap_err();
    let is_away = matches!(refused, RunsError::Files(Error::StoreAway { .. }));
    assert!(is_away, "{refused:?}");
    assert_eq!(a.files("tables"), had);
    assert_eq!(a.files("results"), Vec::<String>::new());
    assert_eq!(a.files("simulations/.pending"), Vec::<String>::new());
    assert_eq!(a.workspace.tables().await.unwrap().len(), 3);
    let wanted = Wanted {
        limit: 50,
        ..Wanted::default()
    };
    let found = a.runs.list(&ada(), &wanted).await.unwrap();
    assert_eq!(found.runs.len(), 1);

    // Back again: everything goes on, without a restart.
    team.s3.begin().await;
    assert_eq!(b.count().await.unwrap(), (179, 1_123));
    a.import(&path).await.unwrap();
    a.workspace
        .merge(&spec, 1, &Default::default())
        .await
        .unwrap();
    let run = a.simulate(order(100)).await.unwrap();
    assert_eq!(run.status, RunStatus::Completed, "{:?}", run.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_starts_while_the_store_is_away_and_has_its_sample_study() {
    let mut team = Team::new().await;
    team.s3.stop().await;
    let a = team.server().await;
    let tables = a.workbench.import_samples().await.unwrap();
    assert!(tables.iter().all(|table| table.is_sample));
    assert_eq!(tables.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_cannot_be_put_has_failed_and_leaves_nothing_when_the_store_is_back() {
    let mut team = Team::new().await;
    let a = team.server().await;
    // Far longer than the store needs to go.
    let run = a.runs.start(&ada(), order(100_000)).await.unwrap();
    team.s3.stop().await;
    let run = a.runs.wait(&ada(), &run.id).await.unwrap();
    assert_eq!(run.status, RunStatus::Failed);
    let reason = run.reason.unwrap();
    assert!(reason.contains("file store"), "{reason}");
    assert!(!a.files("simulations").contains(&run.id));
    // It is not certain that none of it arrived.
    assert_eq!(a.files("simulations/.pending").len(), 2);
    a.runs.sweep(KEPT).await.unwrap_err();

    team.s3.begin().await;
    a.runs.sweep(KEPT).await.unwrap();
    assert_eq!(a.files("simulations/.pending"), Vec::<String>::new());
    assert_eq!(a.files("simulations/.unfinished"), Vec::<String>::new());
    assert_eq!(team.s3.names("simulations"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_deleted_while_the_store_is_away_is_swept_like_any_other() {
    let mut team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let run = a.simulate(order(100)).await.unwrap();
    team.s3.stop().await;
    a.runs.delete(&ada(), &run.id).await.unwrap();
    let gone = a.runs.get(&ada(), &run.id).await.unwrap_err();
    assert!(matches!(gone, RunsError::Missing(_)), "{gone:?}");
    // It is not brought back while other servers may take it for deleted.
    let refused = a.runs.restore(&ada(), &run.id).await.unwrap_err();
    let is_away = matches!(refused, RunsError::Files(Error::StoreAway { .. }));
    assert!(is_away, "{refused:?}");
    let gone = a.runs.get(&ada(), &run.id).await.unwrap_err();
    assert!(matches!(gone, RunsError::Missing(_)), "{gone:?}");

    team.s3.begin().await;
    team.clock.advance(Duration::from_secs(3600));
    a.runs.sweep(KEPT).await.unwrap();
    assert!(!a.files("simulations").contains(&run.id));
    assert_eq!(team.s3.names("simulations/deleted").len(), 1);
    team.clock.advance(KEPT);
    b.runs.sweep(KEPT).await.unwrap();
    assert_eq!(team.s3.names("simulations"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_object_is_refused_and_named_and_never_shown() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let tables = a.import_samples().await;
    let name = format!("tables/{}.parquet", tables[1].id);
    let file = team.s3.file(&name);
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    for broken in [&whole[..whole.len() / 2], &changed[..], &whole[..0]] {
        fs::write(&file, broken).unwrap();
        match b.count().await.unwrap_err() {
            Error::StoreDamaged { name: named, .. } => assert_eq!(named, name),
            other => panic!("{other:?}"),
        }
        assert!(!b.workbench.table_path(&tables[1].id).exists());
    }
    fs::remove_file(&file).unwrap();
    let gone = b.count().await.unwrap_err();
    assert!(matches!(gone, Error::Missing(_)), "{gone:?}");
    fs::write(&file, &whole).unwrap();
    assert_eq!(b.count().await.unwrap(), (179, 1_123));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_run_is_refused_and_a_damaged_result_is_merged_again() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    a.import_samples().await;
    let run = a.simulate(order(100)).await.unwrap();
    let visits = team
        .s3
        .file(&format!("simulations/{}/visits.parquet", run.id));
    fs::write(&visits, "half").unwrap();
    let refused = b.runs.tables(&ada(), &run.id).await.unwrap_err();
    let is_damaged = matches!(refused, RunsError::Files(Error::StoreDamaged { .. }));
    assert!(is_damaged, "{refused:?}");

    let study = a.workspace.study().await.unwrap();
    let spec = a.spec().await;
    let cancel = Default::default();
    let merged = a.workbench.merge(&study, &spec, 1, &cancel).await.unwrap();
    let file = team.s3.file(&format!("results/{}.parquet", merged.id));
    fs::write(&file, "half").unwrap();
    let again = b.workbench.merge(&study, &spec, 2, &cancel).await.unwrap();
    assert_eq!((again.created_at, again.row_count), (2, 1_123));
    assert_eq!(fs::metadata(&file).unwrap().len(), again.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_lead_out_of_the_prefix_lead_nowhere() {
    let team = Team::new().await;
    let a = team.server().await;
    for id in ["../tables", "../../b/x", "..", "a/../../x", ".hidden", ""] {
        assert!(!a.workbench.has_table(id).await.unwrap_or(false), "{id}");
        let described = a.workbench.described(id, "x.csv").await;
        assert!(matches!(described, Err(Error::Missing(_))), "{id}");
        let run = a.runs.get(&ada(), id).await;
        assert!(matches!(run, Err(RunsError::Missing(_))), "{id}");
    }
    let outside = a.workbench.table_path("../../../etc/passwd");
    let refused = a.workbench.bring(outside, "x").await.unwrap_err();
    assert!(matches!(refused, Error::BadRequest(_)), "{refused:?}");
    assert_eq!(team.s3.fetched(""), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_tried_with_an_object_and_refused_credentials_are_not_told() {
    let team = Team::new().await;
    let a = team.server().await;
    blocking(&a.storage, Storage::check).await.unwrap();
    assert_eq!(team.s3.names("doctor"), Vec::<String>::new());

    let file = a.folder.path().join("credentials");
    credentials(&file, "another-secret");
    let stranger = Bucket {
        credentials_file: Some(file),
        ..team.s3.bucket()
    };
    let stranger = Storage::objects(&stranger, a.folder.path(), 0).unwrap();
    let refused = blocking(&stranger, Storage::check).await.unwrap_err();
    let text = refused.to_string();
    assert!(text.contains("refuses these credentials"), "{text}");
    for secret in [KEY, SECRET, "another-secret"] {
        assert!(!text.contains(secret), "{text}");
    }
}
