//! Making, copying, naming and deleting files.

use workbench::configurations::{desk::DeskError, files::FileError};

use crate::{FILE, bench, who};

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
