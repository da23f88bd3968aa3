//! Containers between brackets, the same in all three formats: where an item ends, which comment is whose, and the
//! nodes that come of it. How a format writes keys and values is its own matter.

use std::collections::HashSet;

use super::{Entry, Kind, Meaning, Node, Scalar, Span, Style, Value, trivia};
use crate::configurations::merge::{
    Format, MAX_BYTES, MAX_DEPTH,
    error::{Fault, FaultAt},
};

/// What stands behind an item: what comes before its comma, whether there is one, and the comment on its line.
pub(super) fn after_item(format: Format, text: &str, at: usize) -> (Span, bool, Span) {
    let next = trivia::skip(format, text, at);
    let has_comma = text[next..].starts_with(',');
    let behind = if has_comma { next + 1 } else { at };
    let comment = trivia::skip_blanks(text, behind);
    let end = trivia::skip_comment(format, text, comment).unwrap_or(behind);
    let post = Span::new(at, if has_comma { next } else { at });
    (post, has_comma, Span::new(behind, end))
}

/// What stands before entries that begin a line, told by the first that does.
fn indent_of(text: &str, entries: &[Entry]) -> Option<String> {
    let first = entries.first()?;
    let lead = first.lead.of(text);
    let feed = lead.rfind('\n')?;
    let indent = &lead[feed + 1..];
    indent.trim().is_empty().then(|| indent.to_owned())
}

/// A scalar or an alias.
pub(super) fn leaf(span: Span, value: Value, meaning: Meaning) -> Node {
    Node {
        kind: Kind::Scalar,
        style: Style::Lines,
        is_opaque: false,
        is_compact: false,
        head: Span::at(span.start),
        tail: Span::at(span.end),
        span,
        indent: None,
        entries: Vec::new(),
        value,
        properties: String::new(),
        meaning,
    }
}

pub(super) fn scalar(span: Span, scalar: Scalar) -> Node {
    let meaning = scalar.meaning();
    leaf(span, Value::Scalar(scalar), meaning)
}

/// A container; its meaning comes from its entries.
pub(super) fn container(
    nodes: &[Node],
    kind: Kind,
    style: Style,
    span: Span,
    entries: Vec<Entry>,
) -> Node {
    let meaning = match kind {
        Kind::Sequence => Meaning::sequence(entries.iter().map(|e| nodes[e.value].meaning)),
        Kind::Mapping | Kind::Scalar => Meaning::mapping(
            entries
                .iter()
                .map(|e| (e.key.as_str(), nodes[e.value].meaning)),
        ),
    };
    Node {
        kind,
        style,
        entries,
        ..leaf(span, Value::Container, meaning)
    }
}

/// A container between brackets: `span` with them, `tail` what is left before the closing one.
pub(super) fn brackets(
    nodes: &[Node],
    text: &str,
    kind: Kind,
    span: Span,
    entries: Vec<Entry>,
    tail: Span,
) -> Node {
    let indent = indent_of(text, &entries);
    Node {
        head: Span::at(span.start + 1),
        tail,
        indent,
        ..container(nodes, kind, Style::Brackets, span, entries)
    }
}

/// Refuses a key that is there twice.
pub(super) fn check_keys(entries: &[Entry]) -> Result<(), FaultAt> {
    let mut seen = HashSet::with_capacity(entries.len());
    for entry in entries {
        if !seen.insert(entry.key.as_str()) {
            let fault = Fault::DuplicateKey(entry.key.clone());
            return Err(FaultAt::new(entry.core.start, fault));
        }
    }
    Ok(())
}

pub(super) fn check_depth(depth: usize, at: usize) -> Result<(), FaultAt> {
    if depth > MAX_DEPTH {
        return Err(FaultAt::new(at, Fault::TooDeep));
    }
    Ok(())
}

pub(super) fn check_length(text: &str) -> Result<(), FaultAt> {
    if text.len() > MAX_BYTES {
        return Err(FaultAt::new(MAX_BYTES, Fault::TooLarge));
    }
    Ok(())
}
