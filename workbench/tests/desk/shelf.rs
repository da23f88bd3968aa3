//! Making, copying, naming and deleting files.

use workbench::configurations::{Stored, desk::DeskError, files::FileError};

use crate::{FILE, TEXT, bench, saved, who, work};

#[tokio::test]
async fn files_are_made_copied_named_and_deleted_and_come_back() {
    let b = bench();
    let ada = who("ada");
    b.desk
        .create(&ada, "costs.toml", "visit = 80\n".into())
        .await
        .unwrap();
    let taken = b
        .desk
        .create(&ada, "costs.toml", "visit = 90\n".into())
        .await;
    assert!(matches!(
        taken,
        Err(DeskError::File(FileError::Conflict { .. }))
    ));
    b.desk
        .copy(&ada, "costs.toml", "costs_2026.toml")
        .await
        .unwrap();
    b.desk
        .rename(&ada, "costs.toml", "prices.toml", 1)
        .await
        .unwrap();
    let names = |all: Vec<workbench::configurations::Configuration>| -> Vec<String> {
        all.into_iter().map(|it| it.name).collect()
    };
    assert_eq!(
        names(b.desk.list().await.unwrap()),
        ["costs_2026.toml", "prices.toml", FILE]
    );
    let stale = b.desk.remove(&ada, "prices.toml", 7).await;
    assert!(matches!(
        stale,
        Err(DeskError::File(FileError::Conflict { .. }))
    ));
    b.desk.remove(&ada, "prices.toml", 1).await.unwrap();
    assert_eq!(
        names(b.desk.list().await.unwrap()),
        ["costs_2026.toml", FILE]
    );
    let back = b.desk.restore(&ada, "prices.toml", 1, 0).await.unwrap();
    assert_eq!((back.version, back.text.as_str()), (3, "visit = 80\n"));
    for bad in ["../x.yaml", "a/b.yaml", ".hidden.yaml", "notes.txt"] {
        let refused = b.desk.create(&ada, bad, "a: 1\n".into()).await;
        assert!(
            matches!(refused, Err(DeskError::File(FileError::BadName { .. }))),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_name_is_given_whole_or_not_at_all_and_ones_draft_goes_along() {
    let b = bench();
    let ada = who("ada");
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    let text = TEXT.replace("112", "98");
    let outcome = b.desk.save(&ada, &opened.session, work(1, &text)).await;
    saved(outcome.unwrap());
    let is_conflict = |outcome: Result<Stored, DeskError>| {
        matches!(outcome, Err(DeskError::File(FileError::Conflict { .. })))
    };
    // Who saw version 1 does not name version 2, and no copy stays.
    assert!(is_conflict(b.desk.rename(&ada, FILE, "new.yaml", 1).await));
    assert!(!b.folder.join("new.yaml").exists());
    assert!(is_conflict(b.desk.rename(&ada, FILE, FILE, 2).await));
    let draft = text.replace("28", "56");
    b.desk
        .keep_draft(&ada, FILE, draft.clone(), 2, 0)
        .await
        .unwrap();
    b.desk.rename(&ada, FILE, "new.yaml", 2).await.unwrap();
    let opened = b.desk.open_file(&ada, "new.yaml").await.unwrap();
    assert_eq!((opened.version, opened.text), (1, text));
    let kept = opened.draft.unwrap();
    assert_eq!((kept.base, kept.text), (1, draft));
    assert_eq!(b.desk.draft(&ada, FILE).await.unwrap(), None);

    // Two that want each other's name do not wait for each other.
    b.desk.create(&ada, "a.yaml", TEXT.into()).await.unwrap();
    let (there, back) = tokio::join!(
        b.desk.rename(&ada, "a.yaml", "new.yaml", 1),
        b.desk.rename(&ada, "new.yaml", "a.yaml", 1)
    );
    assert!(is_conflict(there) && is_conflict(back));
}
