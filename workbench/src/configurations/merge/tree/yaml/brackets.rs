//! Containers between brackets in YAML.

use super::{
    events::{At, What},
    reader::{Reader, YAML},
};
use crate::configurations::merge::{
    error::FaultAt,
    tree::{Entry, Kind, Node, NodeId, Span, Style, flow, trivia},
};

impl<'p> Reader<'_, 'p> {
    /// Reads a container whose bracket opens at `open`. Answers the node and the byte behind its closing bracket.
    pub fn brackets(
        &mut self,
        kind: Kind,
        open: usize,
        depth: usize,
    ) -> Result<(NodeId, usize), FaultAt> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = open + 1;
        let (entries, end, is_opaque) = loop {
            let event = self.events.next(self.text)?;
            if matches!(event.what, What::End) {
                // The parser goes on over space and comments behind the bracket.
                break (entries, event.start + 1, false);
            }
            let start = trivia::skip(YAML, self.text, at);
            let is_separate = entries.last().is_none_or(|last| last.has_comma);
            let after = match kind {
                Kind::Mapping => self.flow_key(&event, start),
                _ => self.flow_item(&event, start),
            };
            let Some(after) = after.filter(|_| is_separate) else {
                let (entries, end) = self.rest_from(kind, event, entries, depth)?;
                break (entries, end, true);
            };
            let (key, event) = match kind {
                Kind::Mapping => {
                    let (id, _) = self.meaning(event, depth + 1)?;
                    (self.key_of(id), self.events.next(self.text)?)
                }
                _ => (String::new(), event),
            };
            let placed = self.place(event, after, false, depth + 1)?;
            let (post, has_comma, trail) = flow::after_item(YAML, self.text, placed.end);
            entries.push(Entry {
                key,
                lead: Span::new(at, start),
                prefix_end: placed.prefix_end,
                value_start: placed.value_start,
                post,
                has_comma,
                trail,
                ..Entry::item(Span::new(start, placed.end), placed.value)
            });
            at = trail.end;
        };
        if kind == Kind::Mapping {
            flow::check_keys(&entries)?;
        }
        let span = Span::new(open, end);
        let close = end.saturating_sub(1);
        let node = if is_opaque || at > close || trivia::skip(YAML, self.text, at) != close {
            let node = flow::container(&self.nodes, kind, Style::Brackets, span, entries);
            let is_opaque = true;
            Node { is_opaque, ..node }
        } else {
            let tail = Span::new(at, close);
            flow::brackets(&self.nodes, self.text, kind, span, entries, tail)
        };
        Ok((self.push(node)?, end))
    }

    /// A key with a colon behind it, as most are: the byte behind the colon.
    fn flow_key(&self, event: &At<'_>, start: usize) -> Option<usize> {
        let is_leaf = matches!(event.what, What::Scalar { .. } | What::Alias(_));
        if !is_leaf || event.start != start || event.end <= start {
            return None;
        }
        let colon = trivia::skip(YAML, self.text, event.end);
        self.text[colon..].starts_with(':').then_some(colon + 1)
    }

    /// An item that is not a pair without its own brackets (`[a: 1]`).
    fn flow_item(&self, event: &At<'_>, start: usize) -> Option<usize> {
        let is_pair = matches!(event.what, What::Mapping)
            && !event.has_properties()
            && !self.text[start..].starts_with('{');
        (event.start == start && !is_pair).then_some(start)
    }
}
