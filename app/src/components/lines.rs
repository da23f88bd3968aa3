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

/// The older lines left, the newer ones right.
#[component]
pub(crate) fn SideBySide(lines: Vec<Line>) -> impl IntoView {
    let rows = paired(lines);
    let cell = |line: Option<(usize, Line)>, tone: &'static str, sign: &'static str| match line {
        None => view! { <td class="w-1/2 bg-base-200"></td> }.into_any(),
        Some((number, line)) => {
            let is_changed = !line.sign.is_empty();
            let tone = if is_changed { tone } else { "" };
            view! {
                <td class=format!("w-1/2 align-top {tone}")>
                    <span class="flex">
                        <span class="ln shrink-0">{number}</span>
                        <span class="w-4 shrink-0 text-center text-muted">{if is_changed { sign } else { "" }}</span>
                        <span class="whitespace-pre-wrap break-words min-w-0">{line.text}</span>
                    </span>
                </td>
            }
            .into_any()
        }
    };
    let rows = rows.into_iter().map(|(older, newer)| {
        view! { <tr>{cell(older, "bg-del", "−")}{cell(newer, "bg-add", "+")}</tr> }
    });
    view! {
        <table class="hf-code w-full table-fixed">
            <thead class="sr-only"><tr><th>"Older"</th><th>"Newer"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

type Numbered = Option<(usize, Line)>;

/// Removed and added lines of one place stand beside each other.
fn paired(lines: Vec<Line>) -> Vec<(Numbered, Numbered)> {
    let mut rows = Vec::new();
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut older, mut newer) = (0, 0);
    let flush = |rows: &mut Vec<(Numbered, Numbered)>, removed: &mut Vec<_>, added: &mut Vec<_>| {
        let count = removed.len().max(added.len());
        let mut left = removed.drain(..);
        let mut right = added.drain(..);
        rows.extend((0..count).map(|_| (left.next(), right.next())));
    };
    for line in lines {
        match line.sign.as_str() {
            "-" => {
                older += 1;
                removed.push((older, line));
            }
            "+" => {
                newer += 1;
                added.push((newer, line));
            }
            _ => {
                flush(&mut rows, &mut removed, &mut added);
                older += 1;
                newer += 1;
                rows.push((Some((older, line.clone())), Some((newer, line))));
            }
        }
    }
    flush(&mut rows, &mut removed, &mut added);
    rows
}

#[cfg(test)]
mod tests {
    use super::{Line, paired};

    #[test]
    fn what_changed_stands_side_by_side() {
        let line = |sign: &str, text: &str| Line {
            sign: sign.into(),
            text: text.into(),
        };
        let rows = paired(vec![
            line("", "a"),
            line("-", "b"),
            line("+", "x"),
            line("+", "y"),
            line("", "c"),
        ]);
        let shown: Vec<_> = rows
            .iter()
            .map(|(older, newer)| {
                let text = |it: &Option<(usize, Line)>| {
                    it.as_ref().map(|(n, line)| format!("{n}{}", line.text))
                };
                (
                    text(older).unwrap_or_default(),
                    text(newer).unwrap_or_default(),
                )
            })
            .collect();
        let wanted = [("1a", "1a"), ("2b", "2x"), ("", "3y"), ("3c", "4c")];
        assert_eq!(shown, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
