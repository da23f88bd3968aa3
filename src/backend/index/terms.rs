//! The terms under which an index knows a state.
//!
//! A term is the number of a scope (and of a window of the log, where the index has windows), a letter
//! for what it means, and what it is about. So the list of a term never names another scope's state, and
//! has no more in it than a search has to look at. Values are hashed: however long they are their
//! terms are short, and made of letters and digits only.

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    State,
    search::{
        path::{Path, write_step},
        scalar::{Leaf, Number},
        veil::Veil,
        words,
    },
};

/// A state with more terms is not indexed by them but looked at in every search of its scope: it is a large
/// document or a table, and there are few of them. PostgreSQL takes up to 1 MB of terms.
const MOST: usize = 4096;

/// The longest part of a word that is indexed, in bytes.
pub(super) const WORD_BYTES: usize = 64;

/// Digits of a hash, 5 bits each: 50 bits. Two values share a term once in a thousand million millions; a
/// state that is shown is looked at all the same.
const DIGITS: usize = 10;

/// The terms of one scope, or of one window of it.
#[derive(Debug, Clone)]
pub(in crate::backend) struct Terms(String);

impl Terms {
    pub(in crate::backend) fn of_scope(number: i64) -> Self {
        Self(number.to_string())
    }

    /// The window is written in capital letters, the lowest first, and what follows it in small ones.
    pub(in crate::backend) fn of_window(number: i64, window: i64) -> Self {
        let mut prefix = number.to_string();
        let mut left = window;
        while left > 0 || prefix.ends_with(|letter: char| letter.is_ascii_digit()) {
            prefix.extend(
                u8::try_from(left % 26)
                    .ok()
                    .map(|letter| char::from(b'A' + letter)),
            );
            left /= 26;
        }
        Self(prefix)
    }

    /// Of every state.
    pub(super) fn any(&self) -> String {
        format!("{}a", self.0)
    }

    /// Of states that have too many.
    pub(super) fn wide(&self) -> String {
        format!("{}z", self.0)
    }

    /// Of states with this word, or one that is the same for [`WORD_BYTES`].
    pub(super) fn word(&self, word: &str) -> String {
        format!(
            "{}w{}",
            self.0,
            &word[..word.floor_char_boundary(WORD_BYTES)]
        )
    }

    /// Of states that have this value there.
    pub(super) fn value(&self, path: &str, leaf: Leaf<'_>) -> String {
        let value = match leaf {
            Leaf::Null => "z".into(),
            Leaf::Bool(bool) => format!("b{bool}"),
            Leaf::Number(Number::Whole(whole)) => format!("n{whole}"),
            Leaf::Number(Number::Real(real)) => format!("r{:x}", real.to_bits()),
            Leaf::Text(text) => format!("t{text}"),
        };
        format!("{}e{}", self.0, hash(path, &value))
    }

    /// Of states that have something there.
    pub(super) fn there(&self, path: &str) -> String {
        format!("{}x{}", self.0, hash(path, ""))
    }

    /// All terms of a state; `None` when it has too many.
    pub(super) fn of(&self, state: &State) -> Option<BTreeSet<String>> {
        let mut found = BTreeSet::from([self.any()]);
        for path in [Path::ID, Path::KIND, Path::NAME, Path::STATUS] {
            let name = path.to_string();
            path.leaves(state, &mut |leaf| _ = found.insert(self.value(&name, leaf)));
        }
        let veil = Veil::of(state);
        self.place(&veil, &state.data, &mut "data".into(), &mut found);
        let veil = Veil::default();
        self.place(&veil, &state.metadata, &mut "metadata".into(), &mut found);
        words::each_text(state, &mut |text| {
            if found.len() <= MOST {
                words::each(text, &mut |word| _ = found.insert(self.word(word)));
            }
        });
        (found.len() <= MOST).then_some(found)
    }

    fn place(
        &self,
        veil: &Veil<'_>,
        value: &Value,
        path: &mut String,
        found: &mut BTreeSet<String>,
    ) {
        if !veil.hides(value) {
            found.insert(self.there(path));
            self.inside(veil, value, path, found);
        }
    }

    fn inside(
        &self,
        veil: &Veil<'_>,
        value: &Value,
        path: &mut String,
        found: &mut BTreeSet<String>,
    ) {
        if found.len() > MOST || veil.hides(value) {
            return;
        }
        match value {
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.inside(veil, item, path, found)),
            Value::Object(fields) => {
                for (field, value) in fields {
                    let length = path.len();
                    // Writing to a text cannot fail.
                    let _ = write_step(path, field);
                    self.place(veil, value, path, found);
                    path.truncate(length);
                }
            }
            single => {
                if let Some(leaf) = Leaf::of(single) {
                    found.insert(self.value(path, leaf));
                }
            }
        }
    }
}

fn hash(path: &str, value: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut hash = Sha256::new();
    hash.update(path);
    // No path has a line feed: a field with one is quoted.
    hash.update("\n");
    hash.update(value);
    let bytes = hash.finalize();
    let bits = bytes
        .iter()
        .take(16)
        .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let digits = (0..DIGITS).map(|n| usize::try_from(bits >> (5 * n) & 31).unwrap_or_default());
    digits
        .filter_map(|digit| ALPHABET.get(digit))
        .map(|byte| char::from(*byte))
        .collect()
}
