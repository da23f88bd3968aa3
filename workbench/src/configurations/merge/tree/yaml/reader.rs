//! The stream and its documents, and what stands behind a key, a dash or a document's marker.

use std::collections::{HashMap, HashSet};

use super::events::{At, Events, What};
use crate::configurations::merge::{
    Format,
    error::FaultAt,
    tree::{Entry, Kind, Node, NodeId, Span, Style, Tree, flow, trivia},
};

pub(super) const YAML: Format = Format::Yaml;

pub(super) struct Reader<'t, 'p> {
    pub text: &'t str,
    pub events: Events<'p>,
    pub nodes: Vec<Node>,
    /// Anchors by the parser's number.
    pub anchors: HashMap<usize, NodeId>,
    /// Anchors of containers that are still open: an alias to one of them contains itself.
    pub open: HashSet<usize>,
    /// Of each node with its aliases written out: how many values, and how deep.
    pub weights: Vec<(usize, usize)>,
}

/// What stands behind a key, a dash or a marker.
pub(super) struct Placed {
    pub value: NodeId,
    pub prefix_end: usize,
    pub value_start: usize,
    pub end: usize,
    /// The value is made of lines and ends with one.
    pub is_lines: bool,
}

impl<'t, 'p> Reader<'t, 'p> {
    /// Reads `text`; the parser is given `given`, which has the same characters at the same places, but for line ends.
    pub fn new(text: &'t str, given: &'p str) -> Self {
        Self {
            text,
            events: Events::new(text, given),
            nodes: Vec::new(),
            anchors: HashMap::new(),
            open: HashSet::new(),
            weights: Vec::new(),
        }
    }

    pub fn stream(mut self) -> Result<Tree<'t>, FaultAt> {
        let mut items = Vec::new();
        let mut at = 0;
        loop {
            let event = self.events.next(self.text)?;
            let What::Document { is_explicit } = event.what else {
                break;
            };
            let start = if is_explicit { event.start } else { at };
            let after = if is_explicit { start + 3 } else { start };
            let content = self.events.next(self.text)?;
            let placed = self.place(content, after, !is_explicit, 0)?;
            self.header(placed.value);
            let core = Span::new(start, placed.end);
            let trail_end = self.document_end(placed.end)?;
            items.push(Entry {
                lead: Span::new(at, start),
                prefix_end: placed.prefix_end,
                value_start: placed.value_start,
                trail: Span::new(placed.end, trail_end),
                ..Entry::item(core, placed.value)
            });
            at = trail_end;
        }
        let whole = Span::new(0, self.text.len());
        let mut root = flow::container(&self.nodes, Kind::Sequence, Style::Lines, whole, items);
        root.indent = Some(String::new());
        root.tail = Span::new(at, self.text.len());
        let root = self.push(root)?;
        Ok(Tree::new(self.text, self.nodes, root))
    }

    /// The end of what belongs to the document: the rest of its line, and `...` where it is written.
    fn document_end(&mut self, end: usize) -> Result<usize, FaultAt> {
        let event = self.events.next(self.text)?;
        let line_end = if end == trivia::line_start(self.text, end) {
            end
        } else {
            trivia::rest_of_line(YAML, self.text, end).unwrap_or(end)
        };
        let is_marked = matches!(event.what, What::DocumentEnd)
            && event.start >= end
            && self.text[event.start..].starts_with("...");
        if is_marked {
            return Ok(trivia::line_end(self.text, event.start));
        }
        Ok(line_end)
    }

    /// Splits the comments that belong to the file from those of its first entry.
    fn header(&mut self, id: NodeId) {
        let node = &mut self.nodes[id];
        if node.style != Style::Lines || node.is_compact {
            return;
        }
        if let Some(first) = node.entries.first_mut() {
            node.head = trivia::file_header(self.text, first.lead);
            first.lead.start = node.head.end;
        }
    }

    /// Reads the value behind `after`. `is_line_start`: nothing stands before it on its line.
    pub fn place(
        &mut self,
        event: At<'p>,
        after: usize,
        is_line_start: bool,
        depth: usize,
    ) -> Result<Placed, FaultAt> {
        flow::check_depth(depth, event.start)?;
        let properties = self.properties(&event, after);
        let prefix_end = properties.map_or(after, |span| span.end);
        let content = trivia::skip(YAML, self.text, prefix_end);
        let anchor = event.anchor;
        let names = properties.map_or(String::new(), |span| {
            let words: Vec<_> = span.of(self.text).split_whitespace().collect();
            words.join(" ")
        });
        let opening = self.text.as_bytes().get(content).copied();
        let mut is_lines = false;
        let (value, value_start, end) = match event.what {
            What::Sequence | What::Mapping if matches!(opening, Some(b'[' | b'{')) => {
                self.open(anchor);
                let kind = kind_of(&event.what);
                let (id, end) = self.brackets(kind, content, depth)?;
                (id, content, end)
            }
            What::Sequence | What::Mapping => {
                self.open(anchor);
                let kind = kind_of(&event.what);
                let is_bare = is_line_start && properties.is_none();
                let is_compact = !is_bare && !self.text[prefix_end..content].contains('\n');
                let start = if is_bare {
                    prefix_end
                } else if is_compact {
                    content
                } else {
                    trivia::line_end(self.text, prefix_end)
                };
                is_lines = true;
                let (id, end) = self.lines(kind, start, is_compact, depth)?;
                (id, start, end)
            }
            _ => self.leaf(event, prefix_end, content)?,
        };
        self.close(anchor, value);
        if !names.is_empty() {
            let node = &mut self.nodes[value];
            node.meaning = node.meaning.with_properties(&names);
            node.properties = names;
        }
        Ok(Placed {
            value,
            prefix_end,
            value_start,
            end,
            is_lines,
        })
    }

    /// Where anchor and tag stand, if there are any.
    fn properties(&self, event: &At<'_>, after: usize) -> Option<Span> {
        if !event.has_properties() {
            return None;
        }
        let start = trivia::skip(YAML, self.text, after);
        let mut at = start;
        let mut end = start;
        while self.text[at..].starts_with(['&', '!']) {
            let is_end = |c: char| c.is_whitespace();
            let is_end_in_brackets = |c: char| matches!(c, ',' | ']' | '}');
            let rest = &self.text[at..];
            let length = if rest.starts_with("!<") {
                rest.find('>').map_or(rest.len(), |close| close + 1)
            } else {
                rest.find(|c| is_end(c) || is_end_in_brackets(c))
                    .unwrap_or(rest.len())
            };
            end = at + length;
            at = trivia::skip(YAML, self.text, end);
        }
        Some(Span::new(start, end))
    }

    fn open(&mut self, anchor: usize) {
        if anchor > 0 {
            self.open.insert(anchor);
        }
    }

    fn close(&mut self, anchor: usize, value: NodeId) {
        if anchor > 0 {
            self.open.remove(&anchor);
            self.anchors.insert(anchor, value);
        }
    }
}

pub(super) fn kind_of(what: &What<'_>) -> Kind {
    match what {
        What::Sequence => Kind::Sequence,
        _ => Kind::Mapping,
    }
}
