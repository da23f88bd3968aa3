//! What stands between values: space, line ends and comments, in each format.

use super::{Span, Tree};
use crate::configurations::merge::Format;

/// The first byte from `at` on that is neither space nor within a comment.
pub(super) fn skip(format: Format, text: &str, mut at: usize) -> usize {
    loop {
        at = skip_space(text, at);
        match skip_comment(format, text, at) {
            Some(end) => at = end,
            None => return at,
        }
    }
}

fn skip_space(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    at + rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .count()
}

/// The first byte from `at` on that is not a blank of this line.
pub(super) fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    at + rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

/// The end of the comment that begins at `at`: before the line's end, or behind `*/`.
pub(super) fn skip_comment(format: Format, text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let begins = match format {
        Format::Json => rest.starts_with("//"),
        Format::Yaml | Format::Toml => rest.starts_with('#'),
    };
    if begins {
        let end = rest.find('\n').unwrap_or(rest.len());
        return Some(at + rest[..end].trim_end_matches('\r').len());
    }
    if format == Format::Json && rest.starts_with("/*") {
        return rest[2..].find("*/").map(|end| at + 2 + end + 2);
    }
    None
}

/// The end of the line at `at`, behind its line feed.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// The end of the line at `at`, if only blanks and a comment follow there.
pub(super) fn rest_of_line(format: Format, text: &str, at: usize) -> Option<usize> {
    let begin = skip_blanks(text, at);
    let end = skip_comment(format, text, begin).unwrap_or(begin);
    let rest = &text[end..];
    if rest.is_empty() {
        Some(end)
    } else if rest.starts_with('\n') {
        Some(end + 1)
    } else if rest.starts_with("\r\n") {
        Some(end + 2)
    } else {
        None
    }
}

/// Where the line of `at` begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |feed| feed + 1)
}

/// The comments of a stretch that has nothing else but space: its lines, trimmed.
pub(in super::super) fn comment_lines(stretch: &str) -> impl Iterator<Item = &str> {
    stretch
        .split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
}

/// Every comment of a tree, in order of place.
pub(super) fn comments(tree: &Tree<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    let mut add = |span: Span| {
        let base = tree.text.as_ptr() as usize;
        let stretch = span.of(tree.text);
        // Most stretches are space.
        if stretch.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return;
        }
        for line in comment_lines(stretch) {
            let start = line.as_ptr() as usize - base;
            found.push(Span::new(start, start + line.len()));
        }
    };
    for node in &tree.nodes {
        if node.is_opaque {
            continue;
        }
        add(node.head);
        for entry in &node.entries {
            add(entry.lead);
            add(Span::new(entry.prefix_end, entry.value_start));
            add(entry.post);
            add(entry.trail);
        }
        add(node.tail);
    }
    found.sort_by_key(|comment| comment.start);
    found
}

/// The part of a file's first comments that belongs to the file: what ends with a blank line.
pub(in super::super) fn file_header(text: &str, lead: Span) -> Span {
    let mut end = lead.start;
    let mut at = lead.start;
    let mut has_comment = false;
    while at < lead.end {
        let next = line_end(text, at).min(lead.end);
        if text[at..next].trim().is_empty() {
            if has_comment {
                end = next;
            }
        } else {
            has_comment = true;
        }
        at = next;
    }
    Span::new(lead.start, end)
}
