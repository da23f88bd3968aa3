//! Leaves, and containers that have no safe layout: their meaning is read, their places are not.

use saphyr_parser::ScalarStyle;

use super::{
    events::{At, What, quoted_end},
    reader::{Reader, kind_of},
    resolve,
};
use crate::configurations::merge::{
    MAX_NODES,
    error::{Fault, FaultAt},
    tree::{
        Entry, Kind, Meaning, Node, NodeId, Scalar, Span, Style, Value, canonical, flow, trivia,
    },
};

/// Bytes of a text that weigh as much as one more value, so that long texts cannot be multiplied either.
const LONG_TEXT: usize = 64;

impl<'p> Reader<'_, 'p> {
    /// Keeps a node, if it is neither too large nor too deep with its aliases written out.
    pub fn push(&mut self, node: Node) -> Result<NodeId, FaultAt> {
        let (below, depth) = match &node.value {
            Value::Alias(target) => self.weights[*target],
            Value::Scalar(Scalar::Text(text)) => (text.len() / LONG_TEXT, 0),
            Value::Scalar(_) => (0, 0),
            Value::Container => node
                .entries
                .iter()
                .fold((0_usize, 0), |(sum, depth), entry| {
                    let (size, below) = self.weights[entry.value];
                    (sum.saturating_add(size), depth.max(below))
                }),
        };
        if below >= MAX_NODES {
            return Err(FaultAt::new(node.span.start, Fault::TooManyAliases));
        }
        flow::check_depth(depth, node.span.start)?;
        self.weights.push((below + 1, depth + 1));
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    /// A scalar or an alias: the node, where its value begins and where it ends.
    pub fn leaf(
        &mut self,
        event: At<'p>,
        prefix_end: usize,
        content: usize,
    ) -> Result<(NodeId, usize, usize), FaultAt> {
        let tag = event.tag.clone();
        match event.what {
            What::Alias(anchor) => {
                let target = self.target(anchor, event.start)?;
                let span = Span::new(event.start, event.end);
                let meaning = Meaning::of(b'a', &[span.of(self.text).trim().as_bytes()]);
                let id = self.push(flow::leaf(span, Value::Alias(target), meaning))?;
                Ok((id, span.start, span.end))
            }
            What::Scalar { text, style } => {
                let is_plain = style == ScalarStyle::Plain;
                let span = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        Span::new(content, self.block_scalar_end(content, event.end))
                    }
                    _ if is_plain && text.is_empty() => Span::at(prefix_end),
                    _ => {
                        let end = quoted_end(self.text, content).unwrap_or(event.end);
                        Span::new(content, end.max(content))
                    }
                };
                let scalar = resolve::scalar(&text, is_plain, tag.as_deref());
                let mut node = flow::scalar(span, scalar);
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    // `|` may have a comment behind it; the lines below have none.
                    let line = Span::new(content, trivia::line_end(self.text, content));
                    let comment = line.of(self.text).find('#').map(|at| content + at);
                    node.head = comment.map_or(node.head, |at| Span::new(at, line.end));
                }
                let id = self.push(node)?;
                Ok((id, span.start, span.end))
            }
            _ => Err(FaultAt::syntax(event.start, "expected a value")),
        }
    }

    fn target(&self, anchor: usize, at: usize) -> Result<NodeId, FaultAt> {
        if self.open.contains(&anchor) {
            let message = "this alias stands within what it stands for";
            return Err(FaultAt::syntax(at, message));
        }
        let target = self.anchors.get(&anchor).copied();
        target.ok_or_else(|| FaultAt::syntax(at, "this alias has no anchor before it"))
    }

    /// The end of `|` or `>`: behind its last line of content, or with `+` behind the empty lines after it.
    fn block_scalar_end(&self, content: usize, scanned: usize) -> usize {
        let header = self.text[content..].split('\n').next().unwrap_or_default();
        let header = header.split('#').next().unwrap_or_default();
        // The parser has gone on to the first byte that is not of the scalar any more.
        let mut end = trivia::line_start(self.text, scanned);
        while !header.contains('+') && end > content {
            let line = trivia::line_start(self.text, end - 1);
            if line <= content || !self.text[line..end].trim().is_empty() {
                break;
            }
            end = line;
        }
        end
    }

    /// Reads a node for its meaning alone, and the last byte of the text that belongs to it.
    pub fn meaning(&mut self, event: At<'p>, depth: usize) -> Result<(NodeId, usize), FaultAt> {
        flow::check_depth(depth, event.start)?;
        let (anchor, tag) = (event.anchor, event.tag.clone());
        let names = if event.has_properties() {
            format!(
                "{} {}",
                if anchor > 0 { "&" } else { "" },
                tag.unwrap_or_default()
            )
        } else {
            String::new()
        };
        let (id, end) = match event.what {
            What::Sequence | What::Mapping => {
                if anchor > 0 {
                    self.open.insert(anchor);
                }
                let kind = kind_of(&event.what);
                let start = event.start;
                let (entries, end) = self.rest(kind, Vec::new(), depth)?;
                flow::check_keys(if kind == Kind::Mapping { &entries } else { &[] })?;
                let span = Span::new(start, end.max(start));
                let node = flow::container(&self.nodes, kind, Style::Brackets, span, entries);
                let is_opaque = true;
                let id = self.push(Node { is_opaque, ..node })?;
                (id, end)
            }
            What::Scalar { .. } | What::Alias(_) => {
                let start = event.start;
                let end = match event.what {
                    What::Scalar {
                        style: ScalarStyle::Literal | ScalarStyle::Folded,
                        ..
                    } => trivia::line_start(self.text, event.end).max(start),
                    _ => event.end,
                };
                let (id, _, _) = self.leaf(event, start, start)?;
                (id, end)
            }
            _ => return Err(FaultAt::syntax(event.start, "expected a value")),
        };
        if anchor > 0 {
            self.open.remove(&anchor);
            self.anchors.insert(anchor, id);
        }
        if !names.is_empty() {
            let node = &mut self.nodes[id];
            node.meaning = node.meaning.with_properties(&names);
            node.properties = names;
        }
        Ok((id, end))
    }

    /// The entries that are left of a container, for their meaning alone.
    pub fn rest(
        &mut self,
        kind: Kind,
        mut entries: Vec<Entry>,
        depth: usize,
    ) -> Result<(Vec<Entry>, usize), FaultAt> {
        let mut end = 0;
        loop {
            let event = self.events.next(self.text)?;
            let at = event.start;
            if matches!(event.what, What::End) {
                // Behind a closing bracket; the end of lines has no place of its own.
                let closes = self.text[at..].starts_with([']', '}']);
                return Ok((entries, if closes { at + 1 } else { end }));
            }
            let (id, value_end) = self.meaning(event, depth + 1)?;
            end = end.max(value_end);
            let (mut key, mut value) = (String::new(), id);
            if kind == Kind::Mapping {
                key = self.key_of(id);
                let event = self.events.next(self.text)?;
                let (id, value_end) = self.meaning(event, depth + 1)?;
                value = id;
                end = end.max(value_end);
            }
            entries.push(Entry {
                key,
                ..Entry::item(Span::at(at), value)
            });
        }
    }

    /// The entry that `event` begins and all that are left of its container, for their meaning alone.
    pub fn rest_from(
        &mut self,
        kind: Kind,
        event: At<'p>,
        mut entries: Vec<Entry>,
        depth: usize,
    ) -> Result<(Vec<Entry>, usize), FaultAt> {
        let at = event.start;
        let (mut id, mut end) = self.meaning(event, depth + 1)?;
        let mut key = String::new();
        if kind == Kind::Mapping {
            key = self.key_of(id);
            let event = self.events.next(self.text)?;
            let (value, value_end) = self.meaning(event, depth + 1)?;
            id = value;
            end = end.max(value_end);
        }
        entries.push(Entry {
            key,
            ..Entry::item(Span::at(at), id)
        });
        let (entries, rest_end) = self.rest(kind, entries, depth)?;
        Ok((entries, end.max(rest_end)))
    }

    /// A key as text: what a scalar says, or a container as JSON.
    pub fn key_of(&self, id: NodeId) -> String {
        match &self.nodes[id].value {
            Value::Scalar(scalar) => Scalar::label(scalar),
            _ => {
                let mut key = String::new();
                canonical::write(&self.nodes, id, &mut key);
                key
            }
        }
    }
}
