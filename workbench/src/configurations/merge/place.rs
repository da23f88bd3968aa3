//! What a text means, as one JSON value, and where in the text a part of that value stands.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Format,
    error::{MergeError, Which},
    tree::{DOT, Entry, Kind, Node, Tree, canonical_root},
};

/// The meaning of a text: aliases written out, a time without quotes as `{"$datetime": ..}`.
///
/// # Errors
/// [`MergeError::Unreadable`] with the place.
///
/// ```
/// use workbench::configurations::merge::{value, Format};
/// assert_eq!(value(Format::Yaml, "a: {b: [1, two]}\n")?, serde_json::json!({"a": {"b": [1, "two"]}}));
/// # Ok::<(), workbench::configurations::merge::MergeError>(())
/// ```
pub fn value(format: Format, text: &str) -> Result<Value, MergeError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = Tree::parse(format, text, &BTreeSet::new());
    let canonical = tree.and_then(|tree| canonical_root(format, &tree));
    let canonical = canonical.map_err(|fault| fault.of(Which::Text, text))?;
    // Canonical JSON is JSON; a number beyond what JSON's reader takes has no other value to be.
    Ok(serde_json::from_str(&canonical).unwrap_or(Value::Null))
}

/// Line and column, from 1, of the value that a JSON Pointer names; of the nearest value around it where it is not
/// written. `None` for a text that cannot be read.
///
/// ```
/// use workbench::configurations::merge::{locate, Format};
/// let text = "clinic:\n  rooms: [A, B]\n  beds: four\n";
/// assert_eq!(locate(Format::Yaml, text, "/clinic/beds"), Some((3, 3)));
/// assert_eq!(locate(Format::Yaml, text, "/clinic/doctors"), Some((1, 1)));
/// ```
pub fn locate(format: Format, text: &str, pointer: &str) -> Option<(u32, u32)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = Tree::parse(format, text, &BTreeSet::new()).ok()?;
    let steps: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect();
    let mut steps = steps.as_slice();
    let mut node = tree.root();
    if format != Format::Toml
        && let [only] = node.entries.as_slice()
    {
        node = tree.node(only.value);
    }
    let mut found = None;
    while let Some((entry, taken)) = step(node, steps) {
        let core = entry.core.of(text);
        found = Some(entry.core.start + core.len() - core.trim_start().len());
        node = tree.node(entry.value);
        steps = &steps[taken..];
    }
    let offset = found.unwrap_or(0);
    let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let column = text[line_start..offset].chars().count() + 1;
    Some((
        tree.line_of(offset),
        u32::try_from(column).unwrap_or(u32::MAX),
    ))
}

/// The entry that the next step, or the next few where a key is dotted, lead to.
fn step<'n>(node: &'n Node, steps: &[String]) -> Option<(&'n Entry, usize)> {
    let first = steps.first()?;
    if node.kind == Kind::Sequence {
        return Some((node.entries.get(first.parse::<usize>().ok()?)?, 1));
    }
    let fits = |entry: &&Entry| {
        let parts = entry.key.split(DOT);
        parts.clone().count() <= steps.len() && parts.zip(steps).all(|(part, step)| part == step)
    };
    // The longest one that fits: `[a.b]` before `[a]`.
    let entry = node
        .entries
        .iter()
        .filter(fits)
        .max_by_key(|entry| entry.key.split(DOT).count())?;
    Some((entry, entry.key.split(DOT).count()))
}
