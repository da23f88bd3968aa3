//! Lists whose items are known by a name: a field that is different in each of them, or the item itself where it is a
//! text.

use std::collections::HashSet;

use super::{BASE, MINE, Nodes, Stop, THEIRS, Work, list::Item, order::order};
use crate::configurations::merge::{
    tree::{Kind, Node, NodeId, Scalar, Value},
    types::Step,
};

/// Fields that name an item, before any other.
const NAMES: [&str; 3] = ["id", "name", "key"];

impl<'a> Work<'a> {
    /// Lists of texts without doubles (tags, sites, names) are named by what they say: two that are added at one place do
    /// not contradict each other, as two numbers of a row would. Where both took one out and put others in, they may have
    /// renamed it: that is left to a choice.
    pub(super) fn texts(&self, nodes: Nodes<'a>) -> Result<Option<Vec<Item>>, Stop> {
        let mut all = [Vec::new(), Vec::new(), Vec::new()];
        for side in [BASE, MINE, THEIRS] {
            let mut seen = HashSet::new();
            for entry in nodes[side].map_or(&[][..], |node| &node.entries) {
                let node = self.node_of(side, entry.value);
                let (Value::Scalar(Scalar::Text(text) | Scalar::Word(text)), "") =
                    (&node.value, node.properties.as_str())
                else {
                    return Ok(None);
                };
                if !seen.insert(text.as_str()) {
                    return Ok(None);
                }
                all[side].push(text.as_str());
            }
        }
        let sets = [0, 1, 2].map(|side: usize| all[side].iter().collect::<HashSet<_>>());
        let is_new = |side: usize| all[side].iter().any(|text| !sets[BASE].contains(text));
        let is_taken_by_both =
            |text: &&&str| !sets[MINE].contains(text) && !sets[THEIRS].contains(text);
        let is_taken = all[BASE].iter().any(|text| is_taken_by_both(&text));
        if is_taken && (is_new(MINE) || is_new(THEIRS)) && sets[MINE] != sets[THEIRS] {
            return Ok(None);
        }
        let order = order(&all[BASE], &all[MINE], &all[THEIRS]);
        if order.is_contested {
            return Err(Stop);
        }
        let mut items = Vec::new();
        for (at, side) in order.moved {
            let step = Step::Named(all[BASE][at].to_owned());
            items.push(Item::Moved { side, step });
        }
        items.extend(order.places.into_iter().map(|places| self.one(places)));
        Ok(Some(items))
    }

    /// A field that names every item of all three lists, and the names.
    pub(super) fn names(&self, nodes: Nodes<'a>) -> Option<(String, [Vec<String>; 3])> {
        let sides = [BASE, MINE, THEIRS];
        let first = sides
            .iter()
            .find_map(|side| Some((*side, nodes[*side]?.entries.first()?.value)))?;
        let fields = self
            .node_of(first.0, first.1)
            .entries
            .iter()
            .map(|e| e.key.as_str());
        let known = NAMES.iter().copied();
        let document = ["kind\u{1f}metadata"];
        let mut best: Option<(usize, String, [Vec<String>; 3])> = None;
        for field in known.chain(document).chain(fields) {
            let Some(names) = self.names_by(nodes, field) else {
                continue;
            };
            if NAMES.contains(&field) {
                return Some((field.to_owned(), names));
            }
            // Of other fields the one that fewest items changed names best.
            let lost = |side: usize| {
                let there: HashSet<_> = names[side].iter().collect();
                names[BASE]
                    .iter()
                    .filter(|name| !there.contains(name))
                    .count()
            };
            let lost = lost(MINE) + lost(THEIRS);
            if best.as_ref().is_none_or(|(least, ..)| lost < *least) {
                best = Some((lost, field.to_owned(), names));
            }
        }
        best.map(|(_, field, names)| (field, names))
    }

    fn names_by(&self, nodes: Nodes<'a>, field: &str) -> Option<[Vec<String>; 3]> {
        let mut all = [Vec::new(), Vec::new(), Vec::new()];
        for side in [BASE, MINE, THEIRS] {
            let entries = nodes[side].map_or(&[][..], |node| &node.entries);
            let mut seen = HashSet::with_capacity(entries.len());
            for entry in entries {
                let name = self.name_in(side, entry.value, field)?;
                if !seen.insert(name.clone()) {
                    return None;
                }
                all[side].push(name);
            }
        }
        Some(all)
    }

    /// What an item says in a field: a text or a whole number. A Kubernetes object is named by kind and metadata.name.
    fn name_in(&self, side: usize, id: NodeId, field: &str) -> Option<String> {
        let node = self.node_of(side, id);
        if node.kind != Kind::Mapping {
            return None;
        }
        let value = |node: &'a Node, key: &str| {
            let entry = node.entries.iter().find(|e| e.key == key)?;
            Some(self.node_of(side, entry.value))
        };
        if field == "kind\u{1f}metadata" {
            let name = value(value(node, "metadata")?, "name")?;
            return Some(format!(
                "{}/{}",
                label_of(value(node, "kind")?),
                label_of(name)
            ));
        }
        match &value(node, field)?.value {
            Value::Scalar(scalar @ (Scalar::Text(_) | Scalar::Word(_) | Scalar::Integer(_))) => {
                Some(scalar.label())
            }
            _ => None,
        }
    }
}

fn label_of(node: &Node) -> String {
    match &node.value {
        Value::Scalar(scalar) => scalar.label(),
        _ => String::new(),
    }
}

/// Items by name, in the order that both sides' moves and additions give.
pub(super) fn named(field: &str, names: &[Vec<String>; 3]) -> Result<Vec<Item>, Stop> {
    fn keys(names: &[String]) -> Vec<&str> {
        names.iter().map(String::as_str).collect()
    }
    let order = order(
        &keys(&names[BASE]),
        &keys(&names[MINE]),
        &keys(&names[THEIRS]),
    );
    // In a list the order may have a meaning.
    if order.is_contested {
        return Err(Stop);
    }
    let step = |name: &str| match field.split_once('\u{1f}') {
        Some(_) => Step::Named(name.to_owned()),
        None => Step::Named(format!("{field}={name}")),
    };
    let mut items = Vec::new();
    for (at, side) in order.moved {
        let step = step(&names[BASE][at]);
        items.push(Item::Moved { side, step });
    }
    for places in order.places {
        let name = [MINE, THEIRS]
            .iter()
            .find_map(|side| Some(&names[*side][places[*side]?]));
        let step = name.map(|name| step(name));
        items.push(Item::One { places, step });
    }
    Ok(items)
}
