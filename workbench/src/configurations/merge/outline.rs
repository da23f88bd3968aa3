//! The entities of a file (its top-level entries) with their places and versions, and the versions themselves.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Format,
    error::{FaultAt, MergeError, Which},
    tree::{DOT, Entry, Tree, canonical_entry, canonical_root, canonical_table},
    types::Lines,
};

/// Bytes of the hash that a version shows: 16 hex digits.
const ETAG_BYTES: usize = 8;

/// One top-level entry of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its key.
    pub name: String,
    /// The document it is in, from 1; more than 1 only in YAML.
    pub document: u32,
    /// Its lines, without the comments before it.
    pub lines: Lines,
    /// Changes exactly if its value does.
    pub etag: String,
}

/// A file's entities and versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// The version of the whole file.
    pub etag: String,
    /// Its entities, in the order of the file. Empty where the file is no mapping.
    pub entities: Vec<Entity>,
}

/// The version of a file: the first 16 hex digits of SHA-256 over canonical JSON (keys sorted, no space, aliases
/// written out). Comments, order of keys and layout do not change it. A time without quotes is `{"$datetime": ..}`
/// there, a value with a YAML tag of its own `{"!tag": ..}`.
///
/// # Errors
/// [`MergeError::Unreadable`] with the place.
///
/// ```
/// use workbench::configurations::merge::{etag, Format};
/// let yaml = etag(Format::Yaml, "b: [1, 2]  # doses\na: x\n")?;
/// assert_eq!(yaml, etag(Format::Json, r#"{"a": "x", "b": [1, 2]}"#)?);
/// assert_eq!(yaml.len(), 16);
/// # Ok::<(), workbench::configurations::merge::MergeError>(())
/// ```
pub fn etag(format: Format, text: &str) -> Result<String, MergeError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = || -> Result<String, FaultAt> {
        let tree = Tree::parse(format, text, &BTreeSet::new())?;
        Ok(hash(&canonical_root(format, &tree)?))
    };
    read().map_err(|fault| fault.of(Which::Text, text))
}

/// The entities of a file with their lines and versions.
///
/// # Errors
/// [`MergeError::Unreadable`] with the place.
///
/// ```
/// use workbench::configurations::merge::{outline, Format};
/// let outline = outline(Format::Toml, "[clinic]\nbeds = 4\n\n[study]\nname = \"A\"\n")?;
/// let names: Vec<_> = outline.entities.iter().map(|e| (e.name.as_str(), e.lines.first)).collect();
/// assert_eq!(names, [("clinic", 1), ("study", 4)]);
/// # Ok::<(), workbench::configurations::merge::MergeError>(())
/// ```
pub fn outline(format: Format, text: &str) -> Result<Outline, MergeError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = || -> Result<Outline, FaultAt> {
        let tree = Tree::parse(format, text, &BTreeSet::new())?;
        let etag = hash(&canonical_root(format, &tree)?);
        let entities = match format {
            Format::Toml => of_toml(&tree)?,
            Format::Yaml | Format::Json => of_documents(&tree),
        };
        Ok(Outline { etag, entities })
    };
    read().map_err(|fault| fault.of(Which::Text, text))
}

fn hash(canonical: &str) -> String {
    hex::encode(&Sha256::digest(canonical.as_bytes())[..ETAG_BYTES])
}

fn of_documents(tree: &Tree<'_>) -> Vec<Entity> {
    let mut entities = Vec::new();
    for (document, item) in (1..).zip(&tree.root().entries) {
        let node = tree.node(item.value);
        // A list has items and no entities; a scalar has nothing.
        for entry in node.entries.iter().filter(|entry| !entry.key.is_empty()) {
            entities.push(Entity {
                name: entry.key.clone(),
                document,
                lines: lines(tree, entry),
                etag: hash(&canonical_entry(tree, entry.value)),
            });
        }
    }
    entities
}

/// TOML may write one entity at several places; its lines go from the first to the last of them.
fn of_toml(tree: &Tree<'_>) -> Result<Vec<Entity>, FaultAt> {
    let mut entities: Vec<Entity> = Vec::new();
    let mut values = canonical_table(tree.text)?;
    for entry in &tree.root().entries {
        let name = entry.key.split(DOT).next().unwrap_or_default();
        let lines = lines(tree, entry);
        if let Some(known) = entities.iter_mut().find(|entity| entity.name == name) {
            known.lines.last = lines.last;
        } else if let Some(value) = values.remove(name) {
            entities.push(Entity {
                name: name.to_owned(),
                document: 1,
                lines,
                etag: hash(&value),
            });
        }
    }
    Ok(entities)
}

fn lines(tree: &Tree<'_>, entry: &Entry) -> Lines {
    let core = entry.core.of(tree.text);
    let lead = core.len() - core.trim_start().len();
    let end = core.trim_end().len();
    Lines {
        first: tree.line_of(entry.core.start + lead),
        last: tree.line_of(entry.core.start + end.saturating_sub(1)),
    }
}
