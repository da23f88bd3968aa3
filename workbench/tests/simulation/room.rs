//! A workspace holds so many bytes of runs, and no more.

use std::{fmt::Debug, fs};

use holdfast::Scope;
use workbench::{
    Error,
    simulation::runs::{Brought, RunsError},
};

use super::{
    packages::{completed, package},
    runs::{ada, bench, by, small},
};

/// What the workspace holds, wants and may hold, as a refusal tells it.
#[track_caller]
fn told<T: Debug>(refused: Result<T, RunsError>) -> (u64, u64, u64) {
    match refused {
        Err(RunsError::Files(Error::NoRoom {
            held,
            wanted,
            limit,
        })) => (held, wanted, limit),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_workspace_takes_no_run_until_one_of_its_own_is_deleted() {
    let b = bench().await;
    let run = completed(&b, small()).await;
    let bytes = run.result.unwrap().bytes;
    assert_eq!(b.runs.held(&ada().scope).await.unwrap(), bytes);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    fs::write(&path, package(&b.runs, &run.id).await).unwrap();
    b.runs.set_scope_bytes(bytes);

    let refused = b.runs.start(&ada(), small()).await;
    let problem = refused.as_ref().unwrap_err().to_string();
    assert!(problem.contains("Delete runs or tables"), "{problem}");
    let (held, wanted, limit) = told(refused);
    // A hundred patients of a year.
    assert_eq!((held, wanted, limit), (bytes, 3500, bytes));
    let refused = b.runs.import(&ada(), &path, "a.zip").await;
    assert_eq!(told(refused), (bytes, bytes, bytes));
    assert_eq!(b.runs.held(&ada().scope).await.unwrap(), bytes);

    let bob = by(Scope::User("bob".into()));
    b.runs.import(&bob, &path, "a.zip").await.unwrap();
    b.runs.delete(&ada(), &run.id).await.unwrap();
    assert_eq!(b.runs.held(&ada().scope).await.unwrap(), 0);
    b.runs.import(&ada(), &path, "a.zip").await.unwrap();
    let refused = b.runs.restore(&ada(), &run.id).await;
    assert_eq!(told(refused), (bytes, bytes, bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_come_together_find_room_together_or_none_of_them_comes() {
    let b = bench().await;
    let run = completed(&b, small()).await;
    let bytes = run.result.unwrap().bytes;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    fs::write(&path, package(&b.runs, &run.id).await).unwrap();
    b.runs.set_scope_bytes(2 * bytes - 1);
    let brought = |count: usize| {
        let one = Brought {
            path: path.clone(),
            file: "a.zip".into(),
        };
        vec![one; count]
    };
    let bob = by(Scope::User("bob".into()));
    let refused = b.runs.import_all(&bob, &brought(2), &[]).await;
    assert_eq!(told(refused), (0, 2 * bytes, 2 * bytes - 1));
    assert_eq!(b.runs.held(&bob.scope).await.unwrap(), 0);
    b.runs.import_all(&bob, &brought(1), &[]).await.unwrap();
    // Before it is unpacked, with the name of the file.
    let refused = b.runs.import_all(&bob, &brought(1), &[]).await;
    match refused {
        Err(RunsError::Brought { file, problem }) => {
            assert_eq!(file, "a.zip");
            let told = told::<()>(Err(*problem));
            assert_eq!(told, (bytes, bytes, 2 * bytes - 1));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_are_not_over_count_as_what_they_will_about_take() {
    let b = bench().await;
    b.runs.set_scope_bytes(300_000_000);
    let mut large = small();
    large.patients = 1_000_000;
    large.duration_years = 5.0;
    let run = b.runs.start(&ada(), large.clone()).await.unwrap();
    let refused = b.runs.start(&ada(), large).await;
    assert_eq!(told(refused), (175_000_000, 175_000_000, 300_000_000));
    b.runs.cancel(&ada(), &run.id).await.unwrap();
    b.runs.wait(&ada(), &run.id).await.unwrap();
    assert_eq!(b.runs.held(&ada().scope).await.unwrap(), 0);
}
