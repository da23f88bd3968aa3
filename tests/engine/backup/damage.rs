//! A file that is not whole, or not one of ours, says so and brings back nothing.

use std::{fs, sync::Arc};

use holdfast::{
    CopyError, Revision, StateManager,
    backend::{Backend, Memory},
};

use super::{file_in, full, quiet};

/// What restoring `content` says; an empty engine stays empty.
async fn refused(folder: &tempfile::TempDir, content: &[u8]) -> CopyError {
    let path = folder.path().join("broken");
    fs::write(&path, content).unwrap();
    let backend = Arc::new(Memory::new());
    let states = StateManager::builder(backend.clone()).build();
    let refused = states.restore(&path, quiet).await.unwrap_err();
    assert_eq!(backend.revision().await.unwrap(), Revision(0));
    assert_eq!(backend.notes("").await.unwrap(), []);
    refused
}

async fn content(folder: &tempfile::TempDir) -> Vec<u8> {
    let (_, states) = full().await;
    states.backup(file_in(folder), quiet).await.unwrap();
    fs::read(file_in(folder)).unwrap()
}

#[tokio::test]
async fn a_file_that_was_cut_anywhere_says_so_and_brings_back_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let whole = content(&folder).await;
    let begin = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for end in 0..whole.len() {
        let part = &whole[..end];
        let lines = part.iter().filter(|byte| **byte == b'\n').count() as u64;
        match refused(&folder, part).await {
            CopyError::Truncated { line, .. } => assert_eq!(line, lines, "cut at {end}"),
            CopyError::Foreign { .. } => assert!(end <= begin, "cut at {end}"),
            other => panic!("cut at {end}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_byte_that_changed_anywhere_is_found_and_brings_back_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let whole = content(&folder).await;
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        // Stays text, and turns digits into other digits: what JSON alone would not notice.
        changed[place] ^= 1;
        let line = 1 + whole[..place].iter().filter(|byte| **byte == b'\n').count() as u64;
        match refused(&folder, &changed).await {
            CopyError::Damaged { first, last, .. } => {
                assert!(
                    (first..=last + 1).contains(&line),
                    "{place}: {line} in {first}..{last}"
                );
            }
            CopyError::Foreign { .. } | CopyError::Newer { .. } => assert_eq!(line, 1),
            // The last newline.
            CopyError::Truncated { .. } => assert_eq!(place, whole.len() - 1),
            other => panic!("{place}: {other}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_backup_or_a_newer_one_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    for foreign in [
        "",
        "\n",
        "a,b\n1,2\n",
        "{\"begin\":1}\n",
        "{\"x\":1}\n",
        "[]",
        "\u{0}\u{1}\n",
    ] {
        let error = refused(&folder, foreign.as_bytes()).await;
        let is_foreign = matches!(error, CopyError::Foreign { .. })
            || (foreign.is_empty() && matches!(error, CopyError::Truncated { line: 0, .. }));
        assert!(is_foreign, "{foreign:?}: {error}");
    }
    let newer = b"{\"begin\":{\"format\":2,\"anything\":[]}}\n{\"what\":\"nobody knows\"}\n";
    let error = refused(&folder, newer).await;
    assert!(
        matches!(
            error,
            CopyError::Newer {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );

    let mut longer = content(&folder).await;
    longer.extend(b"{\"note\":{\"name\":\"n\",\"value\":1}}\n");
    let error = refused(&folder, &longer).await;
    assert!(matches!(error, CopyError::Damaged { .. }), "{error}");
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    let missing = states.restore(folder.path().join("none"), quiet).await;
    assert!(matches!(missing, Err(CopyError::File { .. })));
}
