//! Where in a state a filter looks: `name`, `data.address.city`, `metadata.tags`.
//!
//! An array on the way stands for each of its elements, so `data.sites.code` looks into all sites.
//! Nothing leads to what was encrypted (`veil`).

use std::fmt;

use serde_json::Value;

use super::{
    scalar::{Leaf, Number},
    veil::Veil,
};
use crate::State;

/// A field of a state, or a place inside its data or metadata.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    root: Root,
    steps: Vec<String>,
}

/// Every root with its name, in one table.
macro_rules! roots {
    ($($name:literal $root:ident),*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Root { $($root),* }

        impl Root {
            pub(crate) const NAMES: &'static [&'static str] = &[$($name),*];

            pub(crate) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$root),)* _ => None }
            }

            fn name(self) -> &'static str {
                match self { $(Self::$root => $name),* }
            }
        }
    };
}

roots!("id" Id, "kind" Kind, "name" Name, "status" Status, "version" Version,
    "schema_version" SchemaVersion, "created_at" CreatedAt, "updated_at" UpdatedAt,
    "expires_at" ExpiresAt, "data" Data, "metadata" Metadata);

impl Path {
    pub(crate) const ID: Self = Self::of(Root::Id);
    pub(crate) const KIND: Self = Self::of(Root::Kind);
    pub(crate) const NAME: Self = Self::of(Root::Name);
    pub(crate) const STATUS: Self = Self::of(Root::Status);

    const fn of(root: Root) -> Self {
        let steps = Vec::new();
        Self { root, steps }
    }

    /// The place of a state's tags.
    pub(crate) fn tags() -> Self {
        Self::of(Root::Metadata).step("tags")
    }

    /// One field further in.
    pub(crate) fn step(mut self, field: impl Into<String>) -> Self {
        self.steps.push(field.into());
        self
    }

    /// `None` where the root has no fields.
    pub(crate) fn through(root: Root, steps: Vec<String>) -> Option<Self> {
        let is_open = matches!(root, Root::Data | Root::Metadata) || steps.is_empty();
        is_open.then_some(Self { root, steps })
    }

    pub(crate) fn root(&self) -> Root {
        self.root
    }

    /// Gives each single value that the path leads to; an array is its elements.
    pub(crate) fn leaves<'a>(&self, state: &'a State, found: &mut dyn FnMut(Leaf<'a>)) {
        let Some((json, veil)) = self.json(state) else {
            return self.field(state).into_iter().for_each(found);
        };
        let seen = &mut |value| each_leaf(&veil, value, found);
        reach(&veil, json, &self.steps, seen);
    }

    /// Whether there is anything at all, be it null, an empty array or an object.
    pub(crate) fn is_there(&self, state: &State) -> bool {
        let Some((json, veil)) = self.json(state) else {
            return self.field(state).is_some();
        };
        let mut is_there = false;
        reach(&veil, json, &self.steps, &mut |_| is_there = true);
        is_there
    }

    /// The value that the path leads into, and what of it is hidden; `None` for a single field.
    fn json<'a>(&self, state: &'a State) -> Option<(&'a Value, Veil<'a>)> {
        match self.root {
            Root::Data => Some((&state.data, Veil::of(state))),
            Root::Metadata => Some((&state.metadata, Veil::default())),
            _ => None,
        }
    }

    fn field<'a>(&self, state: &'a State) -> Option<Leaf<'a>> {
        let number = |number: i128| Some(Leaf::Number(Number::Whole(number)));
        match self.root {
            Root::Id => Some(Leaf::Text(state.id.as_str())),
            Root::Kind => Some(Leaf::Text(state.kind.as_str())),
            Root::Name => Some(Leaf::Text(&state.name)),
            Root::Status => Some(Leaf::Text(state.status.as_str())),
            Root::Version => number(state.version.0.into()),
            Root::SchemaVersion => number(state.schema_version.into()),
            Root::CreatedAt => number(state.created_at.0.into()),
            Root::UpdatedAt => number(state.updated_at.0.into()),
            Root::ExpiresAt => number(state.expires_at?.0.into()),
            Root::Data | Root::Metadata => None,
        }
    }
}

fn reach<'a>(
    veil: &Veil<'_>,
    value: &'a Value,
    steps: &[String],
    found: &mut dyn FnMut(&'a Value),
) {
    if veil.hides(value) {
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        return found(value);
    };
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| reach(veil, item, steps, found)),
        Value::Object(fields) => {
            if let Some(value) = fields.get(step) {
                reach(veil, value, rest, found);
            }
        }
        _ => {}
    }
}

fn each_leaf<'a>(veil: &Veil<'_>, value: &'a Value, found: &mut dyn FnMut(Leaf<'a>)) {
    match value {
        _ if veil.hides(value) => {}
        Value::Array(items) => items.iter().for_each(|item| each_leaf(veil, item, found)),
        single => Leaf::of(single).into_iter().for_each(found),
    }
}

/// Whether a field can be written as it is, without quotes.
pub(crate) fn is_bare(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '-'
}

/// Writes `.field`, quoted as JSON where it has to be.
pub(crate) fn write_step(to: &mut impl fmt::Write, field: &str) -> fmt::Result {
    if !field.is_empty() && field.chars().all(is_bare) {
        return write!(to, ".{field}");
    }
    write!(to, ".{}", Value::from(field))
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root.name())?;
        self.steps.iter().try_for_each(|step| write_step(f, step))
    }
}
