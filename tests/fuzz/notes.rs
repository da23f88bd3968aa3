//! Notes under names from outside, against a map that does the same.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{backends, bytes::Fuzzer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_backend_keeps_notes_as_a_map_does() {
    let (_guards, backends) = backends().await;
    let mut model: BTreeMap<String, (Value, u64)> = BTreeMap::new();
    let mut fuzzer = Fuzzer::over(vec![
        b"callbacks/mail\n{\"seen\":1}".to_vec(),
        b"callbacks/mail\n{\"seen\":2}".to_vec(),
        b"callbacks/%\n[1e300,\"\\u0000\"]".to_vec(),
        b"callbacks/mail".to_vec(),
        b"call_*?[a-z]\\\n\"\"".to_vec(),
        "\u{e9}\u{10ffff}\nnull".as_bytes().to_vec(),
    ]);
    while let Some(input) = fuzzer.next() {
        // Names are the engine's own and text; PostgreSQL has no text with a zero in it.
        let text = String::from_utf8_lossy(&input).replace('\0', "0");
        let (name, value) = match text.split_once('\n') {
            Some((name, value)) => (name, serde_json::from_str::<Value>(value).ok()),
            None => (text.as_str(), None),
        };
        if name.is_empty() {
            fuzzer.answered("no name");
            continue;
        }
        let seen = model.get(name).map_or(0, |(_, version)| *version);
        let prefix: String = name.chars().take(input.len() % 5).collect();
        let answer = match (&value, seen) {
            (Some(value), _) => {
                model.insert(name.to_owned(), (value.clone(), seen + 1));
                if seen == 0 { "created" } else { "replaced" }
            }
            (None, 0) => "nothing to remove",
            (None, _) => {
                model.remove(name);
                "removed"
            }
        };
        let expected: Vec<_> = model
            .range(prefix.clone()..)
            .take_while(|(name, _)| name.starts_with(&prefix))
            .collect();
        for backend in &backends {
            let is_late = backend.write_note(name, seen + 1, value.as_ref()).await;
            assert!(!is_late.unwrap(), "{backend:?}");
            let is_written = backend.write_note(name, seen, value.as_ref()).await;
            assert_eq!(
                is_written.unwrap(),
                answer != "nothing to remove",
                "{backend:?}"
            );
            let found = backend.note(name).await.unwrap();
            let found = found.map(|note| (note.value, note.version));
            assert_eq!(found.as_ref(), model.get(name), "{backend:?}");
            let listed = backend.notes(&prefix).await.unwrap();
            let listed: Vec<_> = listed
                .into_iter()
                .map(|(name, note)| (name, (note.value, note.version)))
                .collect();
            let listed: Vec<_> = listed.iter().map(|(name, note)| (name, note)).collect();
            assert_eq!(listed, expected, "{prefix:?} of {backend:?}");
        }
        fuzzer.answered(answer);
    }
    fuzzer.finish(&["created", "replaced", "removed"]);
}
