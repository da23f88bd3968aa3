//! Containers whose entries stand on lines of their own, and which comment lines belong to which of them.

use super::{
    events::{At, What},
    reader::{Reader, YAML},
};
use crate::configurations::merge::{
    error::FaultAt,
    tree::{Entry, Kind, Node, NodeId, Span, Style, flow, trivia},
};

impl<'p> Reader<'_, 'p> {
    /// Reads the entries from `start` on. Answers the node and where its last line ends.
    pub fn lines(
        &mut self,
        kind: Kind,
        start: usize,
        is_compact: bool,
        depth: usize,
    ) -> Result<(NodeId, usize), FaultAt> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut column = 0;
        let mut at = start;
        loop {
            let event = self.events.next(self.text)?;
            if matches!(event.what, What::End) {
                break;
            }
            let is_inline = is_compact && entries.is_empty();
            let place = match kind {
                Kind::Mapping => self.key(&event, at, is_inline),
                _ => self.dash(at, is_inline),
            };
            let Some((line, entry_start, after)) = place else {
                let placed = entries.last().map_or(start, |entry| entry.trail.end);
                let (entries, end) = self.rest_from(kind, event, entries, depth)?;
                return self.opaque(kind, start, (entries, end.max(placed)));
            };
            if entries.is_empty() {
                let line_start = trivia::line_start(self.text, entry_start);
                column = self.text[line_start..entry_start].chars().count();
            }
            let (key, value_event) = match kind {
                Kind::Mapping => {
                    let (id, _) = self.meaning(event, depth + 1)?;
                    (self.key_of(id), self.events.next(self.text)?)
                }
                _ => (String::new(), event),
            };
            let placed = self.place(value_event, after, false, depth + 1)?;
            let trail_end = if placed.is_lines || self.is_at_line_start(placed.end) {
                Some(placed.end)
            } else {
                trivia::rest_of_line(YAML, self.text, placed.end)
            };
            entries.push(Entry {
                key,
                lead: Span::new(at, line),
                prefix_end: placed.prefix_end,
                value_start: placed.value_start,
                trail: Span::new(placed.end, trail_end.unwrap_or(placed.end)),
                ..Entry::item(Span::new(entry_start, placed.end), placed.value)
            });
            let Some(trail_end) = trail_end else {
                let (entries, end) = self.rest(kind, entries, depth)?;
                return self.opaque(kind, start, (entries, end.max(placed.end)));
            };
            at = trail_end;
        }
        if kind == Kind::Mapping {
            flow::check_keys(&entries)?;
        }
        let tail = Span::new(at, self.tail_end(at, column));
        let span = Span::new(start, tail.end);
        let node = flow::container(&self.nodes, kind, Style::Lines, span, entries);
        let id = self.push(Node {
            is_compact,
            head: Span::at(start),
            tail,
            indent: Some(" ".repeat(column)),
            ..node
        })?;
        Ok((id, tail.end))
    }

    fn is_at_line_start(&self, at: usize) -> bool {
        at > 0 && self.text.as_bytes().get(at - 1) == Some(&b'\n')
    }

    /// A key that stands first on its line: the line, where the key begins, and the byte behind its colon.
    fn key(&self, event: &At<'_>, at: usize, is_inline: bool) -> Option<(usize, usize, usize)> {
        if !matches!(event.what, What::Scalar { .. } | What::Alias(_)) || event.end <= event.start {
            return None;
        }
        let (line, start) = self.line_of(at, is_inline)?;
        if start != event.start {
            return None;
        }
        let colon = trivia::skip_blanks(self.text, event.end);
        (self.text[colon..].starts_with(':')).then_some((line, start, colon + 1))
    }

    /// A dash that stands first on its line, likewise.
    fn dash(&self, at: usize, is_inline: bool) -> Option<(usize, usize, usize)> {
        let (line, start) = self.line_of(at, is_inline)?;
        let is_dash = self.text[start..].starts_with('-');
        is_dash.then_some((line, start, start + 1))
    }

    /// The next entry's line and the first byte on it that is not indentation.
    fn line_of(&self, at: usize, is_inline: bool) -> Option<(usize, usize)> {
        if is_inline {
            return Some((at, at));
        }
        let start = trivia::skip(YAML, self.text, at);
        let line = trivia::line_start(self.text, start);
        let is_spaces = line >= at && self.text[line..start].bytes().all(|byte| byte == b' ');
        is_spaces.then_some((line, start))
    }

    /// The comment lines that still belong to a container at `column`: those at least as far in as it is, and
    /// further in than what comes next.
    fn tail_end(&self, at: usize, column: usize) -> usize {
        let next = trivia::skip(YAML, self.text, at);
        let line = trivia::line_start(self.text, next);
        let rest = &self.text[next..];
        let is_marker = next == line && (rest.starts_with("---") || rest.starts_with("..."));
        let outside = (!rest.is_empty() && !is_marker).then(|| next - line);
        let mut end = at;
        let mut from = at;
        while from < line || (rest.is_empty() && from < self.text.len()) {
            let begin = trivia::skip_blanks(self.text, from);
            let line_end = trivia::line_end(self.text, from);
            if self.text[begin..].starts_with('#') {
                let own = begin - from;
                if own < column || outside.is_some_and(|outside| own <= outside) {
                    break;
                }
                end = line_end;
            }
            from = line_end;
        }
        end
    }

    /// The whole is one leaf of lines; what is left of it is read for its meaning.
    fn opaque(
        &mut self,
        kind: Kind,
        start: usize,
        (entries, end): (Vec<Entry>, usize),
    ) -> Result<(NodeId, usize), FaultAt> {
        if kind == Kind::Mapping {
            flow::check_keys(&entries)?;
        }
        let end = if self.is_at_line_start(end) {
            end
        } else {
            trivia::line_end(self.text, end)
        };
        let span = Span::new(start, end);
        let node = flow::container(&self.nodes, kind, Style::Lines, span, entries);
        let is_opaque = true;
        let id = self.push(Node { is_opaque, ..node })?;
        Ok((id, end))
    }
}
