//! A container: its indentation in the result, its entries in their merged order, the commas between them, and what
//! stands before and behind them.

use std::collections::HashSet;

use super::{
    BASE, Frame, MINE, Nodes, Place, Stop, THEIRS, Work, indent::inner, level::Level, list::Item,
    order::order,
};
use crate::configurations::merge::{
    Format,
    tree::{DOT, Kind, Meaning, Node, Span, Style},
    types::{Change, Step},
};

/// The key or dash that was written before a container.
pub(super) struct Key {
    /// Whose key it is.
    pub side: usize,
    /// In characters.
    pub width: usize,
    /// The byte of the output behind key and properties.
    pub end: usize,
    /// Nothing was written: a document without marker, a TOML table without header.
    pub is_bare: bool,
}

impl<'a> Work<'a> {
    /// Merges a container. Nothing is answered where nothing of it is left to be written.
    pub(super) fn container(
        &mut self,
        nodes: Nodes<'a>,
        outer: &Frame<'a>,
        key: Option<Key>,
    ) -> Result<Option<Meaning>, Stop> {
        let [base, Some(mine), Some(theirs)] = nodes else {
            return Err(Stop);
        };
        let items = self.items(nodes)?;
        let is_compact = match &key {
            Some(key) if key.side == THEIRS => theirs.is_compact,
            Some(_) => mine.is_compact,
            None => false,
        };
        let (frame, indent) = inner(nodes, outer, is_compact, key.as_ref());
        let mut level = Level {
            style: mine.style,
            written: 0,
            is_compact,
            is_stream: key.is_none() && self.format == Format::Yaml,
            core_start: 0,
            was_first: false,
            is_one_sided: false,
            tables: None,
            indent,
            line_indent: frame.to.clone(),
            pending: String::new(),
        };
        let all = [base.unwrap_or(mine), mine, theirs];
        let spans = |of: fn(&Node) -> Span| all.map(of);
        if level.style == Style::Lines {
            self.around(spans(|node| node.head), base.is_some(), &frame, true);
        } else {
            self.out
                .push(if mine.kind == Kind::Mapping { '{' } else { '[' });
        }
        let mut meanings: Vec<(String, Meaning)> = Vec::new();
        for item in items {
            self.item(item, nodes, &frame, &mut level, &mut meanings);
        }
        let is_vanishing = level.written == 0 && level.style == Style::Lines;
        if is_vanishing && let Some(key) = &key {
            match self.format {
                Format::Toml if key.is_bare => return Ok(None),
                Format::Toml | Format::Json => {}
                Format::Yaml => self.write_empty(mine.kind, key),
            }
        }
        if level.style == Style::Lines {
            self.around(spans(|node| node.tail), base.is_some(), &frame, true);
        } else {
            self.close(&level, nodes, outer);
        }
        Ok(Some(match mine.kind {
            Kind::Sequence => Meaning::sequence(meanings.into_iter().map(|(_, value)| value)),
            _ => Meaning::mapping(meanings.iter().map(|(key, value)| (key.as_str(), *value))),
        }))
    }

    fn item(
        &mut self,
        item: Item,
        nodes: Nodes<'a>,
        frame: &Frame<'a>,
        level: &mut Level,
        meanings: &mut Vec<(String, Meaning)>,
    ) {
        let place = |side: usize, at: usize| {
            let parent = nodes[side]?;
            let entry = parent.entries.get(at)?;
            Some(Place {
                side,
                parent,
                entry,
            })
        };
        match item {
            Item::One { places, step } => {
                let places = [BASE, MINE, THEIRS].map(|side| place(side, places[side]?));
                let Some(first) = places[MINE].or(places[THEIRS]).or(places[BASE]) else {
                    return;
                };
                let is_first = |place: &Place<'_>| {
                    place
                        .parent
                        .entries
                        .first()
                        .is_some_and(|e| std::ptr::eq(e, place.entry))
                };
                level.was_first = places[MINE..].iter().flatten().any(is_first);
                level.is_one_sided = places[MINE].is_none() || places[THEIRS].is_none();
                let depth = self.path.len();
                self.path.extend(step);
                let start = self.out.len();
                if let Some(meaning) = self.entry(places, frame, level) {
                    meanings.push((first.entry.key.clone(), meaning));
                    if self.format == Format::Toml && level.style == Style::Lines {
                        self.before_tables(level, start);
                    }
                }
                self.path.truncate(depth);
            }
            Item::Stretch(ranges) => {
                let places = [BASE, MINE, THEIRS].map(|side| {
                    let range = ranges[side].clone();
                    range.filter_map(|at| place(side, at)).collect::<Vec<_>>()
                });
                let chosen = self.stretch(&places, frame, level);
                meanings.extend(chosen.into_iter().map(|meaning| (String::new(), meaning)));
            }
            Item::Moved { side, step } => {
                self.path.push(step);
                self.record(side, Change::Moved, None);
                self.path.pop();
            }
        }
    }

    /// The entries in their merged order.
    fn items(&self, nodes: Nodes<'a>) -> Result<Vec<Item>, Stop> {
        let [base, Some(mine), Some(theirs)] = nodes else {
            return Err(Stop);
        };
        if mine.kind == Kind::Sequence {
            return self.list([base, Some(mine), Some(theirs)]);
        }
        let keys = |node: &'a Node| {
            node.entries
                .iter()
                .map(|e| e.key.as_str())
                .collect::<Vec<_>>()
        };
        let base_keys = base.map(keys).unwrap_or_default();
        let order = order(&base_keys, &keys(mine), &keys(theirs));
        let step = |key: &str| Step::Key(key.replace(DOT, "."));
        let mut items: Vec<(bool, Item)> = Vec::new();
        for (at, side) in order.moved {
            let step = step(base_keys[at]);
            items.push((false, Item::Moved { side, step }));
        }
        for places in order.places {
            let entries =
                [BASE, MINE, THEIRS].map(|side| Some(&nodes[side]?.entries[places[side]?]));
            if let Some(first) = entries[MINE].or(entries[THEIRS]) {
                let step = Some(step(&first.key));
                let is_table = entries[MINE..].iter().flatten().all(|entry| entry.is_table);
                items.push((is_table, Item::One { places, step }));
            }
        }
        // What both deleted is written nowhere, but it is said.
        let there: HashSet<&str> = keys(mine).into_iter().chain(keys(theirs)).collect();
        for (at, key) in base_keys.iter().enumerate() {
            if !there.contains(key) {
                let (places, step) = ([Some(at), None, None], Some(step(key)));
                items.push((false, Item::One { places, step }));
            }
        }
        // TOML tables come behind plain keys.
        items.sort_by_key(|(is_table, _)| *is_table);
        Ok(items.into_iter().map(|(_, item)| item).collect())
    }

    /// Comments before the first entry or behind the last one.
    pub(super) fn around(
        &mut self,
        spans: [Span; 3],
        has_base: bool,
        frame: &Frame<'a>,
        is_line_start: bool,
    ) {
        let is_there = |side: usize| side != BASE || has_base;
        let texts = [BASE, MINE, THEIRS].map(|side| {
            if !is_there(side) {
                return String::new();
            }
            self.moved(
                side,
                spans[side],
                frame.from[side],
                &frame.to,
                is_line_start,
            )
        });
        let stretches = [BASE, MINE, THEIRS]
            .map(|side| is_there(side).then_some((spans[side].start, spans[side].end)));
        let start = self.out.len();
        let (text, _, conflict) = self.merge_trivia(&texts, stretches, false);
        if !text.trim().is_empty() {
            self.end_line();
        }
        self.out.push_str(&text);
        if let Some(id) = conflict {
            self.place_conflict(id, start);
        }
    }

    /// A YAML container whose last entry went is written between brackets, or it would be no container any more.
    fn write_empty(&mut self, kind: Kind, key: &Key) {
        let empty = if kind == Kind::Mapping { "{}" } else { "[]" };
        if key.is_bare {
            self.out.push_str(empty);
            self.end_line();
            return;
        }
        let rest = self.out.split_off(key.end);
        self.out.push(' ');
        self.out.push_str(empty);
        self.out
            .push_str(if rest.trim().is_empty() { "" } else { &rest });
        self.end_line();
    }
}
