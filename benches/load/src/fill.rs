//! States to ask for: notes of some 200 bytes with numbers, a group and words.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{error::Result, program::Server, random::Random, request::Access};

/// Clients that fill at once.
const WRITERS: usize = 64;
/// One note in so many is of the same group.
pub const GROUPS: usize = 100;
/// Words there are, and words of one note.
pub const WORDS: usize = 400;
const WORDS_OF_ONE: usize = 8;

/// The path of a note.
pub fn path(n: usize) -> String {
    format!("/api/v1/states/note-{n}")
}

/// One of the words.
pub fn word(n: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "co", "di", "fe", "gu", "ha", "jo", "ki", "le", "mu", "na", "po", "ri", "se", "tu",
        "va", "wo", "xi", "ze", "lu",
    ];
    let at = |n: usize| {
        SYLLABLES
            .get(n % SYLLABLES.len())
            .copied()
            .unwrap_or_default()
    };
    format!("{}{}rn", at(n), at(n / SYLLABLES.len()))
}

/// What is in a note.
pub fn data(n: usize) -> Value {
    let mut random = Random::of(n);
    let words: Vec<String> = (0..WORDS_OF_ONE)
        .map(|_| word(random.below(WORDS)))
        .collect();
    json!({
        "n": n, "group": format!("g{}", n % GROUPS), "age": {"min": n % 90, "max": 90}, "sex": ["f"],
        "card": {"table": "labs", "column": "bili", "min": 0.5, "enabled": true}, "text": words.join(" "),
    })
}

/// Writes so many notes.
pub async fn fill(server: &Server, access: &Access, notes: usize) -> Result<()> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (mut connection, access, next) =
            (server.connect().await?, access.clone(), Arc::clone(&next));
        writers.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= notes {
                    return Ok(());
                }
                let order = json!({"id": format!("note-{n}"), "kind": "note", "name": format!("note {n}"), "data": data(n)});
                let request = access.json("POST /api/v1/states", &order.to_string());
                connection.good("POST /api/v1/states", &request).await?;
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        // A panic in one of them is passed on by itself.
        if let Ok(done) = done {
            done?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_words_are_the_same_and_a_note_has_200_bytes() {
        let words: HashSet<String> = (0..WORDS).map(word).collect();
        assert_eq!(words.len(), WORDS);
        let length = data(77).to_string().len();
        assert!((180..260).contains(&length), "{length}");
    }
}
