//! A file that somebody says is a backup. It is restored whole, or refused before anything is written; one
//! that was changed and signed again gets as far as its content lets it.

use std::{fs, sync::Arc};

use holdfast::{
    CopyError, ManualClock, Revision, StateManager, Timestamp,
    backend::{Backend, Memory},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{bytes::Fuzzer, support::life::lived};

/// The same lines, with the digests that belong to them.
fn signed(content: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    let mut signed = Vec::new();
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let sha256 = format!("{:x}", digest.clone().finalize());
        let mut line = line.to_vec();
        let parsed = serde_json::from_slice::<Value>(&line);
        if let Ok(mut value @ Value::Object(_)) = parsed {
            if value.get("check").is_some() {
                value["check"] = sha256.into();
            } else if value["end"].is_object() {
                value["end"]["sha256"] = sha256.into();
            }
            if value.get("check").is_some() || value.get("end").is_some() {
                line = format!("{value}\n").into_bytes();
            }
        }
        digest.update(&line);
        signed.extend(line);
    }
    signed
}

fn named(error: &CopyError) -> &'static str {
    match error {
        CopyError::Foreign { .. } => "foreign",
        CopyError::Newer { .. } => "newer",
        CopyError::Damaged { .. } => "damaged",
        CopyError::Truncated { .. } => "truncated",
        CopyError::Engine(_) => "refused by the engine",
        CopyError::Interfered { .. } => "cannot be written",
        CopyError::Differs { .. } => "read back differently",
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn a_backup_is_restored_whole_or_refused_whatever_its_bytes_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.jsonl");
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let backend = Arc::new(Memory::new());
    let note = json!({"seen": 3});
    backend.write_note("reader", 0, Some(&note)).await.unwrap();
    let states = StateManager::builder(backend).clock(clock.clone()).build();
    lived(&states, &clock).await;
    states.backup(&path, |_| {}).await.unwrap();
    let whole = fs::read(&path).unwrap();
    let longer = [whole.as_slice(), b"\n"].concat();
    let mut fuzzer = Fuzzer::over(vec![
        whole.clone(),
        b"{\"begin\":{\"format\":1,\"revision\":0,\"made_at\":0}}\n".to_vec(),
        b"{\"begin\":{\"format\":2}}\n".to_vec(),
        b"a,b\n".to_vec(),
        longer,
    ]);
    let mut is_signed = false;
    while let Some(input) = fuzzer.next() {
        // In turn as it is, which the digests find out about, and with digests that are right.
        is_signed = !is_signed;
        let content = if is_signed { signed(&input) } else { input };
        fs::write(&path, &content).unwrap();
        let into = StateManager::builder(Arc::new(Memory::new())).build();
        let answer = match into.restore(&path, |_| {}).await {
            Ok(backup) => {
                assert_eq!(into.revision().await.unwrap(), backup.revision);
                let verified = into.verify().await.unwrap();
                let is_as_written = verified.findings.is_empty();
                assert!(is_signed || content == whole);
                if is_as_written {
                    "restored"
                } else {
                    "restored, and not as it was written"
                }
            }
            Err(error) => {
                let is_checked_first = !matches!(
                    error,
                    CopyError::Engine(_) | CopyError::Interfered { .. } | CopyError::Differs { .. }
                );
                let revision = into.revision().await.unwrap();
                assert!(!is_checked_first || revision == Revision(0), "{error}");
                named(&error)
            }
        };
        fuzzer.answered(answer);
    }
    fuzzer.finish(&["restored", "damaged", "truncated", "foreign", "newer"]);
}
