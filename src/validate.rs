//! What is well formed: checked once, at the door, before anything is read or written.
//!
//! Sizes are measured without building the text. Which limits apply is the business of `limits`; what
//! one kind asks of its states beyond that is in `rules`.

pub(crate) mod rules;

use std::io;

use serde_json::Value;

use crate::{Actor, Bound, Error, Kind, Limits, Scope, StateId, text::Size};

/// Checks an id: not empty, not too long, no control characters.
pub fn id(id: &StateId) -> Result<(), Error> {
    at_most(
        Bound::Id,
        id.as_str().len() as u64,
        StateId::MAX_BYTES as u64,
    )?;
    word("id", id.as_str())
}

/// Checks the name inside a scope.
pub fn scope(scope: &Scope) -> Result<(), Error> {
    match scope {
        Scope::Shared => Ok(()),
        Scope::Tenant(id) | Scope::User(id) | Scope::Session(id) => name("scope", id),
    }
}

/// Checks a kind's name.
pub fn kind(kind: &Kind) -> Result<(), Error> {
    name("kind", kind.as_str())
}

/// Checks who is said to write.
pub fn actor(actor: &Actor) -> Result<(), Error> {
    name("actor.name", &actor.name)?;
    actor
        .client
        .as_deref()
        .map_or(Ok(()), |client| name("actor.client", client))
}

/// Checks a name: like an id, but longer.
pub fn name(path: &str, text: &str) -> Result<(), Error> {
    at_most(Bound::Name, text.len() as u64, Limits::NAME_BYTES)?;
    word(path, text)
}

/// Checks the data of a state, which is so large.
pub(crate) fn data(limits: &Limits, data: &Value, size: Size) -> Result<(), Error> {
    sized(limits, Bound::Data, data, size)
}

/// Checks the metadata of a state (an object, or null for none), which is so large.
pub(crate) fn metadata(limits: &Limits, metadata: &Value, size: Size) -> Result<(), Error> {
    if !(metadata.is_object() || metadata.is_null()) {
        return Err(Error::invalid("metadata", "must be an object, or null"));
    }
    sized(limits, Bound::Metadata, metadata, size)
}

/// Checks how deeply a value nests: a number is 0 deep, `[1]` is 1 deep.
pub fn depth(limits: &Limits, value: &Value) -> Result<(), Error> {
    let limit = limits.of(Bound::Depth);
    if fits(value, limit) {
        return Ok(());
    }
    // How deep it really is would take a walk without bound; that it is deeper is enough.
    at_most(Bound::Depth, limit.saturating_add(1), limit)
}

/// How large a value is, without making its text.
pub(crate) fn size(value: &Value) -> Result<Size, Error> {
    let mut counter = Counter(Size::default());
    serde_json::to_writer(&mut counter, value)
        .map_err(|error| Error::invalid("data", error.to_string()))?;
    Ok(counter.0)
}

fn sized(limits: &Limits, bound: Bound, value: &Value, size: Size) -> Result<(), Error> {
    // Few brackets cannot nest deeply, and most states have few.
    if size.brackets > limits.of(Bound::Depth) {
        depth(limits, value)?;
    }
    at_most(bound, size.bytes, limits.of(bound))
}

fn at_most(what: Bound, size: u64, limit: u64) -> Result<(), Error> {
    if size > limit {
        return Err(Error::TooLarge { what, size, limit });
    }
    Ok(())
}

fn word(path: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::invalid(path, "must not be empty"));
    }
    // Most names are ASCII, where a glance at the bytes tells.
    let is_printable = |byte: &u8| matches!(byte, b' '..=b'~');
    if !text.as_bytes().iter().all(is_printable) && text.chars().any(char::is_control) {
        return Err(Error::invalid(path, "must not contain control characters"));
    }
    Ok(())
}

fn fits(value: &Value, levels: u64) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| fits(item, levels - 1)),
        Value::Object(fields) => levels > 0 && fields.values().all(|field| fits(field, levels - 1)),
        _ => true,
    }
}

struct Counter(Size);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let more = Size::of(bytes);
        self.0.bytes += more.bytes;
        self.0.brackets += more.brackets;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
