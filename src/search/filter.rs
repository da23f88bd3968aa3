//! A condition on one field: [`Filter::matches`] is the one definition of what it means.
//!
//! | written | holds when |
//! |---|---|
//! | `data.status = "active"` | a value there equals it |
//! | `data.status != "active"` | `=` does not hold, so also where the field is missing |
//! | `data.age >= 50`, and `<`, `<=`, `>` | a number there is so, or a text for a text |
//! | `data.site in ["a", "b"]` | a value there equals one of them |
//! | `id prefix "query."` | a text there begins so |
//! | `data.note contains "x"` | a text there has this part |
//! | `exists data.email` | there is such a field, be it null or empty |
//!
//! An array stands for its elements: `metadata.tags = "trial"` holds for `["trial", "2026"]`. Values
//! of another type never hold: `data.age >= 50` is false for `"51"`. Case counts; to search
//! without it there is [`Query::text`](super::Query::text). Times are in milliseconds since 1970.

use std::{cmp::Ordering, fmt};

use super::{
    path::Path,
    scalar::{Leaf, Scalar},
};
use crate::State;

/// A condition on one field of a state. It is made by [`str::parse`], and written as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub(crate) path: Path,
    pub(crate) test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Is(Scalar),
    IsNot(Scalar),
    /// A number or a text.
    Compares(Relation, Scalar),
    In(Vec<Scalar>),
    Prefix(String),
    Contains(String),
    Exists,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Relation {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

impl Filter {
    pub(crate) fn new(path: Path, test: Test) -> Self {
        Self { path, test }
    }

    /// Whether the condition holds for this state.
    pub fn matches(&self, state: &State) -> bool {
        let any = |holds: &dyn Fn(Leaf<'_>) -> bool| {
            let mut is_found = false;
            self.path
                .leaves(state, &mut |leaf| is_found = is_found || holds(leaf));
            is_found
        };
        match &self.test {
            Test::Is(value) => any(&|leaf| leaf == value.as_leaf()),
            Test::IsNot(value) => !any(&|leaf| leaf == value.as_leaf()),
            Test::Compares(relation, value) => any(&|leaf| {
                let order = leaf.compare(value.as_leaf());
                order.is_some_and(|order| relation.holds(order))
            }),
            Test::In(values) => any(&|leaf| values.iter().any(|value| leaf == value.as_leaf())),
            Test::Prefix(text) => {
                any(&|leaf| matches!(leaf, Leaf::Text(it) if it.starts_with(text)))
            }
            Test::Contains(text) => {
                any(&|leaf| matches!(leaf, Leaf::Text(it) if it.contains(text)))
            }
            Test::Exists => self.path.is_there(state),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.test {
            Test::Is(value) => write!(f, "{path} = {value}"),
            Test::IsNot(value) => write!(f, "{path} != {value}"),
            Test::Compares(Relation::Less, value) => write!(f, "{path} < {value}"),
            Test::Compares(Relation::AtMost, value) => write!(f, "{path} <= {value}"),
            Test::Compares(Relation::Greater, value) => write!(f, "{path} > {value}"),
            Test::Compares(Relation::AtLeast, value) => write!(f, "{path} >= {value}"),
            Test::In(values) => {
                let values: serde_json::Value = values
                    .iter()
                    .cloned()
                    .map(serde_json::Value::from)
                    .collect();
                write!(f, "{path} in {values}")
            }
            Test::Prefix(text) => write!(f, "{path} prefix {}", Scalar::Text(text.clone())),
            Test::Contains(text) => write!(f, "{path} contains {}", Scalar::Text(text.clone())),
            Test::Exists => write!(f, "exists {path}"),
        }
    }
}
