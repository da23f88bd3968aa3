//! A text as a tree that keeps every byte: nodes and entries are ranges of the text, and between them nothing is
//! left over. What comes between values (comments, blank lines, commas) belongs to an entry or to its container.
//!
//! A container's text is `head`, then its entries, then `tail`. An entry's text is `lead` (comment lines, blank lines),
//! its indentation where it begins a line, `core` (key and value), `post` (before the comma), a comma, `trail` (the
//! comment behind it; in line style the line's end too). A core is a `prefix` (key, colon, dash or header, anchor and
//! tag) and the value's text.

mod canonical;
mod flow;
mod json;
mod meaning;
mod scalar;
mod toml;
mod trivia;
mod yaml;

use std::collections::BTreeSet;

pub(super) use self::{
    canonical::{canonical_entry, canonical_root, canonical_table},
    meaning::Meaning,
    scalar::Scalar,
    trivia::{comment_lines, file_header},
};
use super::{
    Format,
    error::{FaultAt, count},
};

/// Between the parts of a dotted TOML key that is one entry here.
pub(super) const DOT: char = '\u{1f}';

/// Bytes `start..end` of the tree's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

pub(super) type NodeId = usize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar,
    Mapping,
    Sequence,
}

/// How a container's entries stand: each on lines of its own, or between brackets with commas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Lines,
    Brackets,
}

#[derive(Debug)]
pub(super) struct Node {
    pub kind: Kind,
    pub style: Style,
    /// A container whose layout has no safe place for each entry: it is merged as a whole, like a scalar.
    pub is_opaque: bool,
    /// The first entry stands on the line of its parent (`- a: 1`).
    pub is_compact: bool,
    pub head: Span,
    pub tail: Span,
    pub span: Span,
    /// What stands before entries that begin a line; none in brackets on one line.
    pub indent: Option<String>,
    pub entries: Vec<Entry>,
    pub value: Value,
    /// Anchor and tag as written, in one form.
    pub properties: String,
    pub meaning: Meaning,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Scalar(Scalar),
    Alias(NodeId),
    Container,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The key as text; empty for an item of a list.
    pub key: String,
    pub lead: Span,
    pub core: Span,
    /// Where key, colon and properties end and only space and comments follow until the value.
    pub prefix_end: usize,
    pub value_start: usize,
    pub value: NodeId,
    pub post: Span,
    pub has_comma: bool,
    pub trail: Span,
    /// A TOML table: it must come behind the plain keys of its parent.
    pub is_table: bool,
}

impl Entry {
    pub fn whole(&self) -> Span {
        Span::new(self.lead.start, self.trail.end)
    }

    pub fn prefix(&self) -> Span {
        Span::new(self.core.start, self.value_start)
    }
}

#[derive(Debug)]
pub(super) struct Tree<'t> {
    pub text: &'t str,
    pub nodes: Vec<Node>,
    pub root: NodeId,
    /// Comments in order of place, trimmed.
    pub comments: Vec<Span>,
    /// Where each line but the first begins.
    line_starts: Vec<usize>,
    /// TOML: names of the tables whose parts stand apart from each other.
    pub scattered: BTreeSet<String>,
}

impl<'t> Tree<'t> {
    /// Reads a text. `scattered` names TOML tables to be taken header by header, as another version needs it.
    pub fn parse(
        format: Format,
        text: &'t str,
        scattered: &BTreeSet<String>,
    ) -> Result<Self, FaultAt> {
        let mut tree = match format {
            Format::Yaml => yaml::parse(text)?,
            Format::Toml => toml::parse(text, scattered)?,
            Format::Json => json::parse(text)?,
        };
        tree.comments = trivia::comments(&tree);
        Ok(tree)
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    pub fn root(&self) -> &Node {
        &self.nodes[self.root]
    }

    /// The line of a byte, from 1.
    pub fn line_of(&self, offset: usize) -> u32 {
        count(self.line_starts.partition_point(|start| *start <= offset) + 1)
    }

    /// The comments within a range, in order.
    pub fn comments_in(&self, span: Span) -> impl Iterator<Item = &'t str> {
        let from = self
            .comments
            .partition_point(|comment| comment.start < span.start);
        let text = self.text;
        self.comments[from..]
            .iter()
            .take_while(move |comment| comment.start < span.end)
            .map(move |comment| comment.of(text))
    }
}

impl<'t> Tree<'t> {
    fn new(text: &'t str, nodes: Vec<Node>, root: NodeId) -> Self {
        let feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = feeds.map(|(at, _)| at + 1);
        Self {
            text,
            nodes,
            root,
            comments: Vec::new(),
            line_starts: lines.collect(),
            scattered: BTreeSet::new(),
        }
    }
}

impl Entry {
    /// An entry that is nothing but its value; what it has more is filled in.
    fn item(core: Span, value: NodeId) -> Self {
        Self {
            key: String::new(),
            lead: Span::at(core.start),
            core,
            prefix_end: core.start,
            value_start: core.start,
            value,
            post: Span::at(core.end),
            has_comma: false,
            trail: Span::at(core.end),
            is_table: false,
        }
    }
}
