//! TOML's sections as a tree: `[a]`, `[a.b]` and `[[a.c]]` are entries of `a`, as long as they stand together.
//! Tables whose parts stand apart (`[a.b]`, `[c]`, `[a.d]`) are taken header by header, in every version alike.

use std::collections::{BTreeSet, HashSet};

use super::lines::Section;
use crate::configurations::merge::{
    error::FaultAt,
    tree::{DOT, Entry, Kind, Node, NodeId, Span, Style, flow},
};

pub(super) struct Builder<'t> {
    pub text: &'t str,
    pub nodes: Vec<Node>,
    pub sections: &'t [Section],
    pub scattered: BTreeSet<String>,
    /// No scattered table was found that had not been known.
    pub is_complete: bool,
}

impl Builder<'_> {
    /// The root: the keys before the first header, then the tables.
    pub fn file(&mut self, tail: Span) -> Result<NodeId, FaultAt> {
        let mut entries = self.sections[0].entries.clone();
        entries.extend(self.tables(1, self.sections.len(), 0));
        flow::check_keys(if self.is_complete { &entries } else { &[] })?;
        let span = Span::new(0, self.text.len());
        let id = self.lines(Kind::Mapping, span, entries);
        let node = &mut self.nodes[id];
        if let Some(first) = node.entries.first_mut() {
            let head = crate::configurations::merge::tree::file_header(self.text, first.lead);
            first.lead.start = head.end;
            node.head = head;
        }
        node.tail = tail;
        Ok(id)
    }

    /// The tables in sections `from..to`, which all lie below one path of `depth` names.
    fn tables(&mut self, from: usize, to: usize, depth: usize) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashSet::new();
        let sections = self.sections;
        let mut start = from;
        while start < to {
            // A header behind the tables below it: its parent has seen that and takes all of them apart.
            let Some(name) = sections[start].path.get(depth) else {
                start += 1;
                continue;
            };
            if depth == 0 && self.scattered.contains(name) {
                entries.push(self.alone(start, &entries));
                start += 1;
                continue;
            }
            let is_same = |section: &Section| section.path.get(depth) == Some(name);
            let run = self.sections[start..to].iter().take_while(|s| is_same(s));
            let end = start + run.count();
            if !seen.insert(name) || self.is_late(start, end, depth) {
                let root = self.sections[start].path[0].clone();
                self.is_complete &= !self.scattered.insert(root);
            }
            let (key, name_len) = (name.clone(), depth + 1);
            let is_list =
                self.sections[start].is_item && self.sections[start].path.len() == name_len;
            let entry = if is_list {
                self.list(start, end, name_len)
            } else {
                self.table(start, end, name_len)
            };
            entries.push(Entry { key, ..entry });
            start = end;
        }
        entries
    }

    /// Whether a table's own header comes behind those below it, or a table is a list at another place.
    fn is_late(&self, start: usize, end: usize, depth: usize) -> bool {
        let own = |section: &Section| section.path.len() == depth + 1;
        let first = &self.sections[start];
        self.sections[start + 1..end]
            .iter()
            .any(|section| own(section) && !(own(first) && first.is_item && section.is_item))
    }

    /// `[[a]]`, with what lies below each item.
    fn list(&mut self, start: usize, end: usize, depth: usize) -> Entry {
        let mut items = Vec::new();
        let mut item = start;
        while item < end {
            let below = &self.sections[item + 1..end];
            let next = below.iter().take_while(|s| s.path.len() > depth).count() + item + 1;
            items.push(self.table(item, next, depth));
            item = next;
        }
        let span = Span::new(items[0].lead.start, self.sections[end - 1].end);
        let value = self.lines(Kind::Sequence, span, items);
        table_entry(span, value)
    }

    /// `[a]` with its keys and what lies below it; the header may be missing.
    fn table(&mut self, start: usize, end: usize, depth: usize) -> Entry {
        let first = &self.sections[start];
        let stop = self.sections[end - 1].end;
        if first.path.len() > depth {
            let span = Span::new(first.lead.start, stop);
            let entries = self.tables(start, end, depth);
            let value = self.lines(Kind::Mapping, span, entries);
            return table_entry(span, value);
        }
        let mut entries = first.entries.clone();
        entries.extend(self.tables(start + 1, end, depth));
        let value = self.lines(Kind::Mapping, Span::new(first.header.end, stop), entries);
        Entry {
            lead: first.lead,
            prefix_end: first.header_end,
            value_start: first.header.end,
            ..table_entry(Span::new(first.header.start, stop), value)
        }
    }

    /// One section by itself, under its whole path.
    fn alone(&mut self, index: usize, others: &[Entry]) -> Entry {
        let section = &self.sections[index];
        let mut key = section.path.join(&DOT.to_string());
        let span = Span::new(section.header.end, section.end);
        let value = self.lines(Kind::Mapping, span, section.entries.clone());
        if section.is_item {
            let part = format!("{key}{DOT}");
            let count = others.iter().filter(|e| e.key.starts_with(&part)).count();
            key = format!("{part}[{count}]");
        }
        Entry {
            key,
            lead: section.lead,
            prefix_end: section.header_end,
            value_start: section.header.end,
            ..table_entry(Span::new(section.header.start, section.end), value)
        }
    }

    fn lines(&mut self, kind: Kind, span: Span, entries: Vec<Entry>) -> NodeId {
        let indent = entries
            .iter()
            .find(|entry| entry.core.start > entry.lead.end || !entry.is_table);
        let indent = indent.map(|entry| self.text[entry.lead.end..entry.core.start].to_owned());
        let mut node = flow::container(&self.nodes, kind, Style::Lines, span, entries);
        node.indent = Some(indent.unwrap_or_default());
        super::push(&mut self.nodes, node)
    }
}

fn table_entry(core: Span, value: NodeId) -> Entry {
    Entry {
        is_table: true,
        ..Entry::item(core, value)
    }
}
