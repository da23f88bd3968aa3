//! Canonical JSON: keys in the order of their bytes, no space, aliases written out. Two texts that mean the same give
//! the same bytes, in whatever layout.

use std::collections::BTreeMap;

use super::{Kind, Node, NodeId, Tree, Value, scalar::write_text, toml};
use crate::configurations::merge::{Format, error::FaultAt};

/// The whole text: its one value, or the list of its documents.
pub(in super::super) fn canonical_root(format: Format, tree: &Tree<'_>) -> Result<String, FaultAt> {
    let mut out = String::new();
    if format == Format::Toml {
        let table = ::toml::de::DeValue::Table(toml::table(tree.text)?);
        toml::write_json(&table, &mut out);
        return Ok(out);
    }
    match tree.root().entries.as_slice() {
        [] => out.push_str("null"),
        [only] => write(&tree.nodes, only.value, &mut out),
        _ => write(&tree.nodes, tree.root, &mut out),
    }
    Ok(out)
}

/// One value of a YAML or JSON text.
pub(in super::super) fn canonical_entry(tree: &Tree<'_>, id: NodeId) -> String {
    let mut out = String::new();
    write(&tree.nodes, id, &mut out);
    out
}

pub(super) fn write(nodes: &[Node], id: NodeId, out: &mut String) {
    let node = &nodes[id];
    // A tag that is not one of JSON's own types belongs to the value.
    let own_tag = node
        .properties
        .split_whitespace()
        .find(|word| word.starts_with('!') && !word.starts_with("!!"));
    if let Some(tag) = own_tag {
        out.push('{');
        write_text(tag, out);
        out.push(':');
    }
    match &node.value {
        Value::Scalar(scalar) => scalar.write_json(out),
        Value::Alias(target) => write(nodes, *target, out),
        Value::Container if node.kind == Kind::Sequence => {
            out.push('[');
            for (index, entry) in node.entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(nodes, entry.value, out);
            }
            out.push(']');
        }
        Value::Container => {
            let mut entries: Vec<_> = node.entries.iter().collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            out.push('{');
            for (index, entry) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(&entry.key, out);
                out.push(':');
                write(nodes, entry.value, out);
            }
            out.push('}');
        }
    }
    if own_tag.is_some() {
        out.push('}');
    }
}

/// The top-level values of a TOML text by name.
pub(in super::super) fn canonical_table(text: &str) -> Result<BTreeMap<String, String>, FaultAt> {
    let table = toml::table(text)?;
    let one = |(key, value): (&::toml::Spanned<_>, &::toml::Spanned<_>)| {
        let key: &std::borrow::Cow<'_, str> = key.get_ref();
        let mut json = String::new();
        toml::write_json(value.get_ref(), &mut json);
        (key.to_string(), json)
    };
    Ok(table.iter().map(one).collect())
}
