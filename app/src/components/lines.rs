//! Two texts laid over each other, line by line.

use serde::{Deserialize, Serialize};

/// A line of one text or of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// `+` only in the newer, `-` only in the older, nothing in both.
    pub(crate) sign: String,
    pub(crate) text: String,
}

/// The lines of both texts in the order of reading.
#[cfg(feature = "ssr")]
pub(crate) fn laid_over(older: &str, newer: &str) -> Vec<Line> {
    use similar::{ChangeTag, TextDiff};

    let line = |change: similar::Change<&str>| Line {
        sign: match change.tag() {
            ChangeTag::Insert => "+",
            ChangeTag::Delete => "-",
            ChangeTag::Equal => "",
        }
        .to_owned(),
        text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
    };
    let diff = TextDiff::from_lines(older, newer);
    diff.iter_all_changes().map(line).collect()
}
