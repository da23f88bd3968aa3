//! Writing: stretches of the three texts moved to the indentation of the result, and line numbers.

use super::{Place, Work};
use crate::configurations::merge::{
    Format,
    error::count,
    tree::{Span, comment_lines},
    types::{Excerpt, Lines},
};

impl Work<'_> {
    /// A stretch of a side's text with its lines moved from one indentation to another.
    pub(super) fn moved(
        &self,
        side: usize,
        span: Span,
        from: &str,
        to: &str,
        is_line_start: bool,
    ) -> String {
        let text = span.of(self.trees[side].text);
        let is_fixed =
            self.format == Format::Toml && (text.contains("\"\"\"") || text.contains("'''"));
        if from == to || text.is_empty() || is_fixed {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len() + text.len() / 4);
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let is_moved = index > 0 || is_line_start;
            let is_empty = line.trim_end_matches(['\r', '\n']).is_empty();
            match line.strip_prefix(from) {
                Some(rest) if is_moved && !is_empty => {
                    out.push_str(to);
                    out.push_str(rest);
                }
                // Less far in than its container: as far to the left as it can go.
                None if is_moved && !is_empty && to.len() < from.len() => {
                    let cut = from.len() - to.len();
                    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
                    out.push_str(&line[cut.min(blanks)..]);
                }
                _ => out.push_str(line),
            }
        }
        out
    }

    pub(super) fn text_of(&self, place: Place<'_>, span: Span) -> &str {
        span.of(self.trees[place.side].text)
    }

    /// The lines of the output from a byte to its end.
    pub(super) fn lines_from(&mut self, start: usize) -> Option<Lines> {
        let written = self.out.get(start..)?;
        if written.trim().is_empty() {
            return None;
        }
        let lead = written.len() - written.trim_start_matches(['\r', '\n']).len();
        let end = start + written.trim_end().len();
        let first = self.line_at(start + lead);
        let feeds = self.out[start + lead..end].matches('\n').count();
        Some(Lines {
            first,
            last: first + count(feeds),
        })
    }

    pub(super) fn line_at(&mut self, offset: usize) -> u32 {
        if self.counted.0 > offset {
            self.counted = (0, 1);
        }
        let (from, line) = self.counted;
        let line = line + count(self.out[from..offset].matches('\n').count());
        self.counted = (offset, line);
        line
    }

    /// What stands in a stretch of a side's text, without the blank lines around it.
    pub(super) fn excerpt(&self, side: usize, stretch: Option<(usize, usize)>) -> Excerpt {
        let Some((start, end)) = stretch else {
            return Excerpt::default();
        };
        let tree = self.trees[side];
        let raw = &tree.text[start..end];
        let text = raw.trim_end();
        let lead = text.len() - text.trim_start_matches(['\r', '\n']).len();
        if text.trim().is_empty() {
            return Excerpt::default();
        }
        let first = tree.line_of(start + lead);
        let feeds = text[lead..].matches('\n').count();
        Excerpt {
            text: text[lead..].to_owned(),
            lines: Some(Lines {
                first,
                last: first + count(feeds),
            }),
        }
    }

    /// Ends the line if something stands on it.
    pub(super) fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push_str(self.feed());
        }
    }

    pub(super) fn feed(&self) -> &'static str {
        if self.trees[super::MINE].text.contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }
}

/// Whether a stretch between values ends within a comment that goes on to the end of its line.
pub(super) fn ends_in_comment(stretch: &str) -> bool {
    let line = stretch.rsplit('\n').next().unwrap_or_default();
    comment_lines(line)
        .next()
        .is_some_and(|comment| !comment.ends_with("*/"))
}
