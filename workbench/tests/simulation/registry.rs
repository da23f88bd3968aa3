//! Runs that are there: found, changed, deleted and brought back, verified.

use std::{fs, time::Duration};

use holdfast::{Error as StateError, Scope};
use workbench::simulation::{Amendment, Found, Order, RunStatus, Wanted, runs::RunsError};

use super::{
    runs::{ada, bench, by, names, small, wanted},
    support::REACTIVE,
};

#[tokio::test]
async fn runs_are_found_by_words_tags_and_status_page_by_page() {
    let b = bench().await;
    for at in 0..5 {
        let order = Order {
            name: Some(format!("trial {at}")),
            tags: vec![if at % 2 == 0 {
                "even".into()
            } else {
                "odd".into()
            }],
            notes: "for the Köln meeting".into(),
            ..if at == 0 {
                Order {
                    protocol: REACTIVE.into(),
                    ..small()
                }
            } else {
                small()
            }
        };
        let run = b.runs.start(&ada(), order).await.unwrap();
        b.runs.wait(&ada(), &run.id).await.unwrap();
        b.clock.advance(Duration::from_secs(1));
    }
    let shown =
        |found: &Found| -> Vec<String> { found.runs.iter().map(|run| run.name.clone()).collect() };
    let first = b
        .runs
        .list(
            &ada(),
            &Wanted {
                limit: 2,
                ..wanted()
            },
        )
        .await
        .unwrap();
    assert_eq!(shown(&first), ["trial 4", "trial 3"]);
    assert_eq!((first.total, first.is_exact), (5, true));
    let next = Wanted {
        limit: 2,
        after: first.next,
        ..wanted()
    };
    assert_eq!(
        shown(&b.runs.list(&ada(), &next).await.unwrap()),
        ["trial 2", "trial 1"]
    );

    let tagged = Wanted {
        tags: vec!["odd".into()],
        ..wanted()
    };
    assert_eq!(
        shown(&b.runs.list(&ada(), &tagged).await.unwrap()),
        ["trial 3", "trial 1"]
    );
    let worded = Wanted {
        text: Some("koln reactive".into()),
        ..wanted()
    };
    assert_eq!(
        shown(&b.runs.list(&ada(), &worded).await.unwrap()),
        ["trial 0"]
    );
    let failed = Wanted {
        status: Some(RunStatus::Failed),
        ..wanted()
    };
    assert_eq!(b.runs.list(&ada(), &failed).await.unwrap().total, 0);

    // Another person's runs are not here.
    let bea = by(Scope::User("bea".into()));
    assert_eq!(b.runs.list(&bea, &wanted()).await.unwrap().total, 0);
    let id = &first.runs[0].id;
    assert!(matches!(
        b.runs.get(&bea, id).await,
        Err(RunsError::Missing(_))
    ));
    assert!(matches!(
        b.runs.delete(&bea, id).await,
        Err(RunsError::Missing(_))
    ));
    assert!(matches!(
        b.runs.get(&ada(), "../etc").await,
        Err(RunsError::Missing(_))
    ));
}

#[tokio::test]
async fn name_tags_notes_and_pin_change_and_what_happened_does_not() {
    let b = bench().await;
    let run = b.runs.start(&ada(), small()).await.unwrap();
    let run = b.runs.wait(&ada(), &run.id).await.unwrap();
    let amendment = Amendment {
        name: "for the paper".into(),
        tags: vec!["paper".into()],
        notes: "figure 2".into(),
        is_pinned: true,
    };
    let changed = b
        .runs
        .amend(&ada(), &run.id, run.version, &amendment)
        .await
        .unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.is_pinned),
        ("for the paper", true)
    );
    assert_eq!(
        (&changed.tags, &changed.notes),
        (&amendment.tags, &amendment.notes)
    );
    assert_eq!(
        (changed.status, &changed.result),
        (RunStatus::Completed, &run.result)
    );
    let late = b
        .runs
        .amend(&ada(), &run.id, run.version, &amendment)
        .await
        .unwrap_err();
    assert!(matches!(
        late,
        RunsError::State(StateError::Conflict { .. })
    ));
    let unnamed = Amendment {
        name: String::new(),
        ..amendment
    };
    let refused = b
        .runs
        .amend(&ada(), &run.id, changed.version, &unnamed)
        .await
        .unwrap_err();
    assert!(matches!(refused, RunsError::Order(_)));
}

#[tokio::test]
async fn a_deleted_run_comes_back_whole_until_it_is_swept() {
    let b = bench().await;
    let run = b.runs.start(&ada(), small()).await.unwrap();
    let run = b.runs.wait(&ada(), &run.id).await.unwrap();
    b.runs.delete(&ada(), &run.id).await.unwrap();
    assert!(matches!(
        b.runs.get(&ada(), &run.id).await,
        Err(RunsError::Missing(_))
    ));
    assert!(!b.folder.path().join(&run.id).exists());

    let back = b.runs.restore(&ada(), &run.id).await.unwrap();
    assert_eq!(
        (back.status, &back.result),
        (RunStatus::Completed, &run.result)
    );
    assert!(b.runs.verify(&ada(), &run.id).await.unwrap());
    assert!(matches!(
        b.runs.restore(&ada(), &run.id).await,
        Err(RunsError::Missing(_))
    ));

    b.runs.delete(&ada(), &run.id).await.unwrap();
    let week = Duration::from_secs(7 * 24 * 3600);
    assert_eq!(
        b.runs.sweep(week).await.unwrap(),
        0,
        "it was deleted just now"
    );
    b.clock.advance(week + Duration::from_secs(1));
    assert_eq!(b.runs.sweep(week).await.unwrap(), 1);
    assert_eq!(
        names(&b.folder.path().join(".deleted")),
        Vec::<String>::new()
    );
    assert!(matches!(
        b.runs.restore(&ada(), &run.id).await,
        Err(RunsError::Swept(_))
    ));
    assert!(matches!(
        b.runs.get(&ada(), &run.id).await,
        Err(RunsError::Missing(_))
    ));
}

#[tokio::test]
async fn tables_that_were_changed_on_disk_do_not_verify() {
    let b = bench().await;
    let run = b.runs.start(&ada(), small()).await.unwrap();
    let run = b.runs.wait(&ada(), &run.id).await.unwrap();
    // Another run's tables, whole in themselves.
    let other = b
        .runs
        .start(&ada(), Order { seed: 7, ..small() })
        .await
        .unwrap();
    b.runs.wait(&ada(), &other.id).await.unwrap();
    let root = b.folder.path();
    for file in ["patients.parquet", "visits.parquet"] {
        fs::copy(
            root.join(&other.id).join(file),
            root.join(&run.id).join(file),
        )
        .unwrap();
    }
    assert!(!b.runs.verify(&ada(), &run.id).await.unwrap());
    assert!(b.runs.verify(&ada(), &other.id).await.unwrap());
}
