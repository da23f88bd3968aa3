//! Two texts laid over each other, line by line, and how that looks.

use leptos::prelude::*;
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

/// Each with its number and its sign.
#[component]
pub(crate) fn Lines(#[prop(into)] lines: Signal<Vec<Line>>) -> impl IntoView {
    let line = |(number, Line { sign, text }): (usize, Line)| {
        let (row, mark) = match sign.as_str() {
            "+" => ("flex bg-add", "w-4 text-center text-ok-text"),
            "-" => ("flex bg-del", "w-4 text-center text-err-text"),
            _ => ("flex", "w-4 text-center text-faint"),
        };
        view! {
            <div class=row>
                <span class="ln">{number + 1}</span>
                <span class=mark>{sign}</span>
                <span class="whitespace-pre">{text}</span>
            </div>
        }
    };
    view! {
        <div class="hf-code py-1.5 w-max min-w-full">
            {move || lines.get().into_iter().enumerate().map(line).collect_view()}
        </div>
    }
    .into_any()
}
