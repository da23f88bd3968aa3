//! YAML 1.2. The `saphyr-parser` crate says what the nodes are and where; which line, comment and blank line belongs
//! to which of them is read here (docs/decisions/0018). What has no safe place (complex keys, sets, pairs in lists)
//! is one opaque leaf.

mod blocks;
mod brackets;
mod events;
mod reader;
mod resolve;
mod values;

use std::borrow::Cow;

use super::Tree;
use crate::configurations::merge::error::FaultAt;

/// Bytes that are read again at most where the parser refuses closing brackets (see [`joined`]).
const MAX_REREAD: usize = 64 << 20;

pub(super) fn parse(text: &str) -> Result<Tree<'_>, FaultAt> {
    super::flow::check_length(text)?;
    let mut given = Cow::Borrowed(text);
    let mut left = MAX_REREAD;
    loop {
        match reader::Reader::new(text, &given).stream() {
            Err(fault) if left > text.len() => {
                let next = joined(text, &given, fault.offset).ok_or(fault)?;
                left -= text.len();
                given = Cow::Owned(next);
            }
            result => return result,
        }
    }
}

/// A closing bracket that stands no further in than its key is against the letter of YAML; people and other parsers
/// write and read it. The parser refuses it, so it is given the bracket on the line before: the line end between becomes
/// a space, and so does each character of a comment there. No other character changes its place.
fn joined(text: &str, given: &str, at: usize) -> Option<String> {
    if !text.get(at..)?.starts_with([']', '}']) {
        return None;
    }
    let line = super::trivia::line_start(text, at);
    if line == 0 || !text[line..at].trim().is_empty() {
        return None;
    }
    let chars = |end: usize| text[..end].chars().count();
    let before = super::trivia::line_start(text, line - 1);
    let comment = comment_of(&text[before..line]).map_or(line - 1, |hash| before + hash);
    let (from, to) = (chars(comment), chars(at));
    let blank = |(index, c): (usize, char)| if (from..to).contains(&index) { ' ' } else { c };
    let next: String = given.chars().enumerate().map(blank).collect();
    (next != given).then_some(next)
}

/// Where the comment of a line begins, for lines within brackets: the first `#` behind a space and outside quotes.
fn comment_of(line: &str) -> Option<usize> {
    let mut at = 0;
    let (mut is_free, mut begins) = (true, true);
    while at < line.len() {
        match line.as_bytes()[at] {
            b'#' if is_free => return Some(at),
            b'"' | b'\'' if begins => at = events::quoted_end(line, at)? - 1,
            _ => {}
        }
        is_free = matches!(line.as_bytes()[at], b' ' | b'\t');
        begins = is_free || matches!(line.as_bytes()[at], b'[' | b'{' | b',' | b':');
        at += 1;
    }
    None
}
