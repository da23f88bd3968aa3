//! Small durable values outside the log.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::json;

use super::Shared;
use crate::{Revision, backend::Note};

/// Created, replaced, removed, each only on top of what its writer saw.
pub async fn a_note_is_written_by_whom_saw_the_last_one(backend: Shared) {
    let write = async |seen, value: Option<serde_json::Value>| {
        let written = backend.write_note("a", seen, value.as_ref()).await;
        written.unwrap()
    };
    assert_eq!(backend.note("a").await.unwrap(), None);
    assert!(!write(1, Some(json!(1))).await, "there is none yet");
    assert!(!write(0, None).await, "nothing to remove");
    assert!(write(0, Some(json!({"text": "é \u{0} \" 1"}))).await);
    assert!(!write(0, Some(json!(2))).await, "there is one already");
    assert!(write(1, Some(json!([1.5, null]))).await);
    let kept = Note {
        value: json!([1.5, null]),
        version: 2,
    };
    assert_eq!(backend.note("a").await.unwrap(), Some(kept));
    assert!(!write(1, None).await, "it changed since");
    assert!(write(2, None).await);
    assert_eq!(backend.note("a").await.unwrap(), None);
    assert!(write(0, Some(json!(3))).await, "it may come back");
    assert_eq!(backend.revision().await.unwrap(), Revision(0), "no news");
}

/// How servers agree on who does something, even when all say the same.
pub async fn of_many_writers_of_a_note_exactly_one_wins(backend: Shared) {
    for seen in 0..3 {
        let attempts = (0..20).map(|_| {
            let backend = Arc::clone(&backend);
            tokio::spawn(async move {
                let value = json!("mine");
                backend
                    .write_note("lease", seen, Some(&value))
                    .await
                    .unwrap()
            })
        });
        let wins = join_all(attempts).await;
        let wins = wins.into_iter().filter(|won| *won.as_ref().unwrap());
        assert_eq!(wins.count(), 1);
    }
}

/// Whatever characters the names have.
pub async fn notes_are_listed_by_the_beginning_of_their_names(backend: Shared) {
    for name in ["key/b", "key/a", "key", "kez", "key/%", "KEY/c", "key/é"] {
        let value = json!(name);
        assert!(backend.write_note(name, 0, Some(&value)).await.unwrap());
    }
    let names = async |prefix: &str| {
        let notes = backend.notes(prefix).await.unwrap();
        assert!(notes.iter().all(|(name, note)| note.value == json!(name)));
        let names: Vec<String> = notes.into_iter().map(|(name, _)| name).collect();
        names
    };
    assert_eq!(names("key/").await, ["key/%", "key/a", "key/b", "key/é"]);
    assert_eq!(names("").await.len(), 7);
    assert_eq!(names("x").await.len(), 0);
}
