//! A valid TOML text as sections: a header (none for the first) and the lines of keys and values under it.

use super::values::Scalars;
use crate::configurations::merge::{
    Format,
    error::FaultAt,
    tree::{DOT, Entry, Kind, Node, NodeId, Span, flow, trivia},
};

const TOML: Format = Format::Toml;

/// A header with the keys under it.
pub(super) struct Section {
    pub lead: Span,
    /// From the bracket to the end of its line; empty for the keys before the first header.
    pub header: Span,
    /// Where the header's brackets end.
    pub header_end: usize,
    pub path: Vec<String>,
    /// `[[path]]`: one more item of a list.
    pub is_item: bool,
    pub entries: Vec<Entry>,
    pub end: usize,
}

pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub nodes: Vec<Node>,
    pub scalars: &'t Scalars,
}

impl Reader<'_> {
    /// All sections, and what is left behind the last line.
    pub fn sections(&mut self) -> Result<(Vec<Section>, Span), FaultAt> {
        let mut sections = vec![Section {
            lead: Span::at(0),
            header: Span::at(0),
            header_end: 0,
            path: Vec::new(),
            is_item: false,
            entries: Vec::new(),
            end: 0,
        }];
        let mut at = 0;
        loop {
            let start = trivia::skip(TOML, self.text, at);
            if start >= self.text.len() {
                return Ok((sections, Span::new(at, self.text.len())));
            }
            let lead = Span::new(at, trivia::line_start(self.text, start));
            if self.text[start..].starts_with('[') {
                let section = self.header(lead, start)?;
                at = section.end;
                sections.push(section);
            } else {
                let entry = self.line(lead, start)?;
                at = entry.trail.end;
                if let Some(section) = sections.last_mut() {
                    section.end = at;
                    section.entries.push(entry);
                }
            }
        }
    }

    fn header(&self, lead: Span, start: usize) -> Result<Section, FaultAt> {
        let is_item = self.text[start..].starts_with("[[");
        let (path, end) = self.path(start + 1 + usize::from(is_item))?;
        let header_end = end + 1 + usize::from(is_item);
        let line_end = self.line_end(header_end)?;
        Ok(Section {
            lead,
            header: Span::new(start, line_end),
            header_end,
            path,
            is_item,
            entries: Vec::new(),
            end: line_end,
        })
    }

    fn line(&mut self, lead: Span, start: usize) -> Result<Entry, FaultAt> {
        let (path, equals) = self.path(start)?;
        let value_start = trivia::skip_blanks(self.text, equals + 1);
        let (value, end) = self.value(value_start)?;
        Ok(Entry {
            key: path.join(&DOT.to_string()),
            lead,
            prefix_end: value_start,
            value_start,
            trail: Span::new(end, self.line_end(end)?),
            ..Entry::item(Span::new(start, end), value)
        })
    }

    fn line_end(&self, at: usize) -> Result<usize, FaultAt> {
        trivia::rest_of_line(TOML, self.text, at)
            .ok_or_else(|| FaultAt::syntax(at, "expected the end of the line"))
    }

    /// A dotted key, and the byte behind it: `=` or `]`.
    fn path(&self, start: usize) -> Result<(Vec<String>, usize), FaultAt> {
        let mut path = Vec::new();
        let mut at = start;
        loop {
            at = trivia::skip_blanks(self.text, at);
            let end =
                key_end(self.text, at).ok_or_else(|| FaultAt::syntax(at, "this key has no end"))?;
            path.push(key_text(&self.text[at..end]));
            at = trivia::skip_blanks(self.text, end);
            if !self.text[at..].starts_with('.') {
                return Ok((path, at));
            }
            at += 1;
        }
    }

    fn value(&mut self, start: usize) -> Result<(NodeId, usize), FaultAt> {
        let (node, end) = match self.text.as_bytes().get(start) {
            Some(b'[') => self.brackets(start, Kind::Sequence)?,
            Some(b'{') => self.brackets(start, Kind::Mapping)?,
            _ => {
                let (end, scalar) = self
                    .scalars
                    .at(start)
                    .ok_or_else(|| FaultAt::syntax(start, "expected a value"))?;
                (flow::scalar(Span::new(start, end), scalar), end)
            }
        };
        Ok((super::push(&mut self.nodes, node), end))
    }

    fn brackets(&mut self, open: usize, kind: Kind) -> Result<(Node, usize), FaultAt> {
        let close = if kind == Kind::Mapping { '}' } else { ']' };
        let mut entries = Vec::new();
        let mut at = open + 1;
        loop {
            let start = trivia::skip(TOML, self.text, at);
            if self.text[start..].starts_with(close) {
                let span = Span::new(open, start + 1);
                let tail = Span::new(at, start);
                let node = flow::brackets(&self.nodes, self.text, kind, span, entries, tail);
                return Ok((node, start + 1));
            }
            let (key, value_start) = if kind == Kind::Mapping {
                let (path, equals) = self.path(start)?;
                let value_start = trivia::skip(TOML, self.text, equals + 1);
                (path.join(&DOT.to_string()), value_start)
            } else {
                (String::new(), start)
            };
            let (value, end) = self.value(value_start)?;
            let (post, has_comma, trail) = flow::after_item(TOML, self.text, end);
            entries.push(Entry {
                key,
                lead: Span::new(at, start),
                prefix_end: value_start,
                value_start,
                post,
                has_comma,
                trail,
                ..Entry::item(Span::new(start, end), value)
            });
            at = trail.end;
        }
    }
}

fn key_end(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else {
        let is_end = |c: char| matches!(c, '.' | '=' | ']' | ' ' | '\t' | '\r' | '\n');
        return rest.find(is_end).map(|end| start + end);
    };
    let mut is_escaped = false;
    for (offset, c) in rest.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return Some(start + offset + 1);
        }
        is_escaped = quote == '"' && c == '\\' && !is_escaped;
    }
    None
}

/// A key without its quotes.
fn key_text(raw: &str) -> String {
    if !raw.starts_with(['"', '\'']) {
        return raw.to_owned();
    }
    let text = format!("key = {raw}");
    toml::de::DeTable::parse(&text)
        .ok()
        .and_then(|table| {
            let value = table.get_ref().values().next()?.get_ref().as_str()?;
            Some(value.to_owned())
        })
        .unwrap_or_else(|| raw.to_owned())
}
