//! Lists: which items are the same ones. By what names them (`id`, `name`, `key`, or another field that is different
//! in each item); else by meaning and place.

use std::{collections::HashSet, ops::Range};

use super::{
    BASE, MINE, Nodes, Stop, THEIRS, Work,
    align::{Stretch, cut},
};
use crate::configurations::merge::{
    Format,
    tree::{Kind, Meaning, Node},
    types::Step,
};

/// One step of writing a container.
pub(super) enum Item {
    /// One entry, by its place on each side.
    One {
        places: [Option<usize>; 3],
        step: Option<Step>,
    },
    /// A stretch of a list that both changed.
    Stretch([Range<usize>; 3]),
    /// To be told: one side moved this entry.
    Moved { side: usize, step: Step },
}

impl<'a> Work<'a> {
    /// The items of a list in their merged order.
    pub(super) fn list(&self, nodes: Nodes<'a>) -> Result<Vec<Item>, Stop> {
        let counts = nodes.map(|node| node.map_or(0, |node| node.entries.len()));
        if self.is_alone(nodes, counts) {
            let places = counts.map(|count| (count == 1).then_some(0));
            return Ok(vec![Item::One { places, step: None }]);
        }
        if let Some((field, names)) = self.names(nodes) {
            return super::names::named(&field, &names);
        }
        if let Some(items) = self.texts(nodes)? {
            return Ok(items);
        }
        let meanings = [BASE, MINE, THEIRS].map(|side| self.meanings(side, nodes[side]));
        let [base, mine, theirs] = &meanings;
        if nodes[BASE].is_none() {
            return Ok(super::stretch::union(mine, theirs));
        }
        let mut items = Vec::new();
        for stretch in cut(base, mine, theirs) {
            match stretch {
                Stretch::Same(b, m, t) => items.push(self.one([Some(b), Some(m), Some(t)])),
                Stretch::Differs(b, m, t) => {
                    self.differing(nodes, &meanings, [b, m, t], &mut items)
                }
            }
        }
        self.without_returned(nodes, &meanings, items)
    }

    /// The one value of a JSON file, the one document of a YAML file: no list to the reader.
    fn is_alone(&self, nodes: Nodes<'a>, counts: [usize; 3]) -> bool {
        let is_root = nodes[MINE].is_some_and(|node| std::ptr::eq(node, self.trees[MINE].root()));
        is_root && counts.iter().all(|count| *count <= 1) && counts[MINE] + counts[THEIRS] > 0
    }

    pub(super) fn one(&self, places: [Option<usize>; 3]) -> Item {
        let at = places[MINE]
            .or(places[THEIRS])
            .or(places[BASE])
            .unwrap_or_default();
        let number = crate::configurations::merge::error::count(at + 1);
        let is_stream = self.path.is_empty() && self.format == Format::Yaml;
        let step = if is_stream {
            Step::Document(number)
        } else {
            Step::Item(number)
        };
        Item::One {
            places,
            step: Some(step),
        }
    }

    fn meanings(&self, side: usize, node: Option<&'a Node>) -> Vec<Meaning> {
        let entries = node.map_or(&[][..], |node| &node.entries);
        entries
            .iter()
            .map(|e| self.node_of(side, e.value).meaning)
            .collect()
    }

    /// A stretch that is not the same in all three.
    fn differing(
        &self,
        nodes: Nodes<'a>,
        meanings: &[Vec<Meaning>; 3],
        ranges: [Range<usize>; 3],
        items: &mut Vec<Item>,
    ) {
        let part = |side: usize| &meanings[side][ranges[side].clone()];
        let [b, m, t] = ranges.clone();
        let is_even = |x: &Range<usize>, y: &Range<usize>| x.len() == y.len();
        let is_mine_only = part(THEIRS) == part(BASE);
        let is_theirs_only = part(MINE) == part(BASE);
        let is_agreed = part(MINE) == part(THEIRS);
        let pairs = |items: &mut Vec<Item>, with_base: bool| {
            for at in 0..m.len() {
                let base = with_base.then_some(b.start + at);
                items.push(self.one([base, Some(m.start + at), Some(t.start + at)]));
            }
        };
        let pairs_of = |items: &mut Vec<Item>, count: usize| {
            for at in 0..count {
                items.push(self.one([Some(b.start + at), Some(m.start + at), Some(t.start + at)]));
            }
        };
        if is_agreed {
            pairs(items, is_even(&b, &m));
            if !is_even(&b, &m) {
                items.extend(b.clone().map(|at| self.one([Some(at), None, None])));
            }
        } else if (is_mine_only || is_theirs_only) && is_even(&m, &t) {
            pairs(items, true);
        } else if is_mine_only {
            items.extend(
                b.clone()
                    .zip(t.clone())
                    .map(|(b, t)| self.one([Some(b), None, Some(t)])),
            );
            items.extend(m.clone().map(|at| self.one([None, Some(at), None])));
        } else if is_theirs_only {
            items.extend(
                b.clone()
                    .zip(m.clone())
                    .map(|(b, m)| self.one([Some(b), Some(m), None])),
            );
            items.extend(t.clone().map(|at| self.one([None, None, Some(at)])));
        } else if is_even(&b, &m) && is_even(&m, &t) && self.are_containers(nodes, &ranges) {
            pairs(items, true);
        } else if let Some(extra) = self.grown(nodes, &ranges) {
            pairs_of(items, b.len());
            items.extend(extra);
        } else {
            items.push(Item::Stretch(ranges));
        }
    }

    /// Both changed mappings in place, and one of them put more behind: those.
    fn grown(&self, nodes: Nodes<'a>, ranges: &[Range<usize>; 3]) -> Option<Vec<Item>> {
        let [b, m, t] = ranges;
        if b.is_empty()
            || m.len() < b.len()
            || t.len() < b.len()
            || (m.len() > b.len() && t.len() > b.len())
        {
            return None;
        }
        let keys = |side: usize, at: usize| {
            let node = self.node_of(side, nodes[side]?.entries.get(at)?.value);
            let keys: Vec<_> = node.entries.iter().map(|e| e.key.as_str()).collect();
            (node.kind == Kind::Mapping).then_some(keys)
        };
        let is_akin = |offset: usize| {
            let base = keys(BASE, b.start + offset)?;
            let shared = |side: usize, at: usize| {
                let other = keys(side, at)?;
                let count = base.iter().filter(|key| other.contains(key)).count();
                (count * 2 >= base.len().max(other.len()) && count > 0).then_some(())
            };
            shared(MINE, m.start + offset)?;
            shared(THEIRS, t.start + offset)
        };
        for offset in 0..b.len() {
            is_akin(offset)?;
        }
        let more_mine = (m.start + b.len()..m.end).map(|at| self.one([None, Some(at), None]));
        let more_theirs = (t.start + b.len()..t.end).map(|at| self.one([None, None, Some(at)]));
        Some(more_mine.chain(more_theirs).collect())
    }

    fn are_containers(&self, nodes: Nodes<'a>, ranges: &[Range<usize>; 3]) -> bool {
        [BASE, MINE, THEIRS].iter().all(|side| {
            let entries = nodes[*side].map_or(&[][..], |node| &node.entries[ranges[*side].clone()]);
            entries
                .iter()
                .all(|e| self.node_of(*side, e.value).kind != Kind::Scalar)
        })
    }

    /// One side moved an item (it looks taken out here and put in there) that the other deleted: it is gone, unless
    /// its comment was changed as well.
    fn without_returned(
        &self,
        nodes: Nodes<'a>,
        meanings: &[Vec<Meaning>; 3],
        items: Vec<Item>,
    ) -> Result<Vec<Item>, Stop> {
        let sets = [0, 1, 2].map(|side: usize| meanings[side].iter().collect::<HashSet<_>>());
        let comments = |side: usize, at: usize| {
            let entry = nodes[side]?.entries.get(at)?;
            let comments = self.trees[side].comments_in(entry.whole());
            Some(comments.collect::<Vec<_>>())
        };
        let mut kept = Vec::with_capacity(items.len());
        for item in items {
            let added = match &item {
                Item::One { places, .. } => match *places {
                    [None, Some(at), None] => Some((MINE, THEIRS, at)),
                    [None, None, Some(at)] => Some((THEIRS, MINE, at)),
                    _ => None,
                },
                _ => None,
            };
            if let Some((side, other, at)) = added {
                let meaning = &meanings[side][at];
                let before = meanings[BASE].iter().position(|base| base == meaning);
                let many = |of: usize| meanings[of].iter().filter(|one| *one == meaning).count();
                // Where there are more of it than there were, this one was put in, whatever became of the other.
                let is_moved = !sets[other].contains(meaning) && many(side) <= many(BASE);
                if let Some(before) = before.filter(|_| is_moved) {
                    if comments(BASE, before) != comments(side, at) {
                        return Err(Stop);
                    }
                    continue;
                }
            }
            kept.push(item);
        }
        Ok(kept)
    }
}
