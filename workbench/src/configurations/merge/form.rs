//! Flat entities of a file as fields: a name, a value, and the way back into the text. Only the value's own characters are
//! written: comments, order, quoting and everything around stay as they are.
//!
//! What is written is read again: if the file then means anything but this one change, it is not made.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    Format,
    error::{FaultAt, MergeError, Which},
    place::value,
    tree::{DOT, Entry, Kind, Node, Scalar, Span, Tree, Value},
};

/// A value that a field can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldValue {
    /// A line of text.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// Yes or no.
    Switch(bool),
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its key.
    pub name: String,
    /// Its line, from 1.
    pub line: u32,
    /// Its value.
    pub value: FieldValue,
}

/// A mapping of which every value is a field; without a name, those that stand at the top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The entity's key, or nothing.
    pub entity: String,
    /// Its fields, in the order of the file.
    pub fields: Vec<Field>,
}

/// Why a field is not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The text cannot be read.
    #[error(transparent)]
    Text(#[from] MergeError),
    /// There is no such field, or of another type.
    #[error("there is no such field any more; look at the text")]
    Missing,
    /// This value has no place there.
    #[error("this value cannot be written here")]
    Unfit,
}

/// The flat entities of a file. None where it has several documents, or is no mapping.
///
/// # Errors
/// [`MergeError::Unreadable`] with the place.
///
/// ```
/// use workbench::configurations::merge::{forms, set_field, FieldValue, Format};
/// let text = "clinic:\n  beds: 4  # on ward 2\n  name: 'A'\nrooms: [1, 2]\n";
/// let forms = forms(Format::Yaml, text)?;
/// assert_eq!(forms.len(), 1);
/// assert_eq!(forms[0].fields[0].value, FieldValue::Number("4".into()));
/// let six = FieldValue::Number("6".into());
/// let changed = set_field(Format::Yaml, text, "clinic", "beds", &six).unwrap();
/// assert_eq!(changed, "clinic:\n  beds: 6  # on ward 2\n  name: 'A'\nrooms: [1, 2]\n");
/// # Ok::<(), workbench::configurations::merge::MergeError>(())
/// ```
pub fn forms(format: Format, text: &str) -> Result<Vec<Form>, MergeError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = || -> Result<Vec<Form>, FaultAt> {
        let tree = Tree::parse(format, text, &BTreeSet::new())?;
        Ok(of_tree(format, &tree))
    };
    read().map_err(|fault| fault.of(Which::Text, text))
}

/// The text with another value in one field.
///
/// # Errors
/// [`FieldError`].
pub fn set_field(
    format: Format,
    text: &str,
    entity: &str,
    name: &str,
    new: &FieldValue,
) -> Result<String, FieldError> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = &text[..text.len() - body.len()];
    let mut meant = value(format, body)?;
    let span = place(format, body, entity, name, new)?.ok_or(FieldError::Missing)?;
    let steps = [entity, name].into_iter().filter(|step| !step.is_empty());
    let pointer: String = steps.map(|step| format!("/{}", escaped(step))).collect();
    let there = meant.pointer_mut(&pointer).ok_or(FieldError::Missing)?;
    *there = json(new).ok_or(FieldError::Unfit)?;
    let old = span.of(body);
    for written in written(format, old, new) {
        let changed = [&body[..span.start], &written, &body[span.end..]].concat();
        if value(format, &changed).is_ok_and(|means| means == meant) {
            return Ok([mark, &changed].concat());
        }
    }
    Err(FieldError::Unfit)
}

/// Where the value of a field stands, if it is of this type.
fn place(
    format: Format,
    text: &str,
    entity: &str,
    name: &str,
    new: &FieldValue,
) -> Result<Option<Span>, MergeError> {
    let tree = Tree::parse(format, text, &BTreeSet::new());
    let tree = tree.map_err(|fault| fault.of(Which::Text, text))?;
    let Some(top) = top(format, &tree) else {
        return Ok(None);
    };
    let of = match entity {
        "" => Some(top),
        _ => mapping(&tree, top, entity),
    };
    let named = of.and_then(|node| node.entries.iter().find(|entry| entry.key == name));
    Ok(named.and_then(|entry| {
        let is_same = |old: &FieldValue| std::mem::discriminant(old) == std::mem::discriminant(new);
        field(&tree, entry).filter(is_same)?;
        Some(tree.node(entry.value).span)
    }))
}

fn of_tree(format: Format, tree: &Tree<'_>) -> Vec<Form> {
    let Some(top) = top(format, tree) else {
        return Vec::new();
    };
    let fields = |node: &Node, is_whole: bool| {
        let read = node.entries.iter().map(|entry| {
            Some(Field {
                name: entry.key.clone(),
                line: tree.line_of(entry.value_start),
                value: field(tree, entry)?,
            })
        });
        match is_whole {
            true => read.collect::<Option<Vec<Field>>>().unwrap_or_default(),
            false => read.flatten().collect(),
        }
    };
    let own = Form {
        entity: String::new(),
        fields: fields(top, false),
    };
    let entities = top.entries.iter().filter_map(|entry| {
        Some(Form {
            entity: entry.key.clone(),
            fields: fields(mapping(tree, top, &entry.key)?, true),
        })
    });
    let all = std::iter::once(own).chain(entities);
    all.filter(|form| !form.fields.is_empty()).collect()
}

/// The mapping at the top.
fn top<'t>(format: Format, tree: &'t Tree<'_>) -> Option<&'t Node> {
    let root = tree.root();
    let node = match (format, root.entries.as_slice()) {
        (Format::Toml, _) => root,
        (_, [only]) => tree.node(only.value),
        _ => return None,
    };
    (node.kind == Kind::Mapping && !node.is_opaque).then_some(node)
}

/// A mapping below the top that stands in one place.
fn mapping<'t>(tree: &'t Tree<'_>, top: &Node, name: &str) -> Option<&'t Node> {
    let is_part = |entry: &&Entry| entry.key.split(DOT).next() == Some(name);
    let mut parts = top.entries.iter().filter(is_part);
    let (entry, None) = (parts.next()?, parts.next()) else {
        return None;
    };
    let node = tree.node(entry.value);
    let is_one = entry.key == name && node.kind == Kind::Mapping && !node.is_opaque;
    (is_one && node.properties.is_empty()).then_some(node)
}

/// What a field shows of an entry; `None` where it is more than one line of text, a number or a yes or no.
fn field(tree: &Tree<'_>, entry: &Entry) -> Option<FieldValue> {
    let node = tree.node(entry.value);
    let written = node.span.of(tree.text);
    if entry.key.is_empty() || entry.key.contains(DOT) {
        return None;
    }
    if !node.properties.is_empty() || written.is_empty() || written.contains(['\n', '\r']) {
        return None;
    }
    let Value::Scalar(scalar) = &node.value else {
        return None;
    };
    match scalar {
        Scalar::Bool(is_on) => Some(FieldValue::Switch(*is_on)),
        Scalar::Integer(number) | Scalar::Float(number) => Some(FieldValue::Number(number.clone())),
        Scalar::Text(text) | Scalar::Word(text) if !text.contains(['\n', '\r']) => {
            Some(FieldValue::Text(text.clone()))
        }
        _ => None,
    }
}

/// What it means.
fn json(new: &FieldValue) -> Option<Json> {
    match new {
        FieldValue::Text(text) => (!text.contains(['\n', '\r'])).then(|| Json::from(text.as_str())),
        FieldValue::Number(number) => serde_json::from_str(number).ok().filter(Json::is_number),
        FieldValue::Switch(is_on) => Some(Json::from(*is_on)),
    }
}

/// How it may be written, the nearest to the old first.
fn written(format: Format, old: &str, new: &FieldValue) -> Vec<String> {
    let text = match new {
        FieldValue::Number(number) => return vec![number.trim().to_owned()],
        FieldValue::Switch(is_on) => return vec![is_on.to_string()],
        FieldValue::Text(text) => text,
    };
    let quoted = Json::from(text.as_str()).to_string();
    let single = match format {
        Format::Yaml => format!("'{}'", text.replace('\'', "''")),
        Format::Toml | Format::Json => format!("'{text}'"),
    };
    match (format, old.chars().next()) {
        (Format::Json, _) | (_, Some('"')) => vec![quoted],
        (_, Some('\'')) => vec![single, quoted],
        (Format::Yaml, _) => vec![text.clone(), quoted],
        (Format::Toml, _) => vec![quoted],
    }
}

/// A step of a JSON Pointer.
fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}
