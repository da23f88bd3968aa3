//! A single value: what a filter names, what it finds, and how the two compare.
//!
//! Numbers are compared by what they are, not by how they are written: `1`, `1.0` and `1e0` are one
//! number, and whole numbers are exact beyond 2^53. Texts are compared by their code points, so
//! case counts. Values of two types are never equal and have no order.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value that is neither an array nor an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Value", try_from = "Value")]
pub enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
}

/// A number in the one form that it has: whole where it is whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Without a fraction, and within 127 bits.
    Whole(i128),
    /// With a fraction, or beyond 127 bits; never NaN.
    Real(f64),
}

/// A [`Scalar`] inside a state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Leaf<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(&'a str),
}

/// From here on every number is whole, and 127 bits are not enough.
const BEYOND: f64 = (1_u128 << 127) as f64;

impl Number {
    pub(crate) fn of(number: &serde_json::Number) -> Self {
        match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Self::Whole(whole.into()),
            (_, Some(whole)) => Self::Whole(whole.into()),
            _ => Self::of_f64(number.as_f64().unwrap_or_default()),
        }
    }

    fn of_f64(real: f64) -> Self {
        if real.fract() == 0.0 && real.abs() < BEYOND {
            Self::Whole(real as i128)
        } else {
            Self::Real(real)
        }
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        // A real is either below 2^53, where whole numbers are exact as f64, or beyond all of them.
        let order = match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => return a.cmp(&b),
            (Self::Whole(a), Self::Real(b)) => (a as f64).partial_cmp(&b),
            (Self::Real(a), Self::Whole(b)) => a.partial_cmp(&(b as f64)),
            (Self::Real(a), Self::Real(b)) => a.partial_cmp(&b),
        };
        order.unwrap_or(Ordering::Equal)
    }
}

impl<'a> Leaf<'a> {
    /// `None` for an array or an object.
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Bool(bool) => Some(Self::Bool(*bool)),
            Value::Number(number) => Some(Self::Number(Number::of(number))),
            Value::String(text) => Some(Self::Text(text)),
            Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The order of two numbers or of two texts.
    pub(crate) fn compare(self, other: Leaf<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Leaf::Number(b)) => Some(a.compare(b)),
            (Self::Text(a), Leaf::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// An order of all values, for sorting: null, false, true, numbers, texts.
    pub(crate) fn sorted(self, other: Leaf<'_>) -> Ordering {
        let rank = |leaf: &Leaf<'_>| match leaf {
            Leaf::Null => 0,
            Leaf::Bool(false) => 1,
            Leaf::Bool(true) => 2,
            Leaf::Number(_) => 3,
            Leaf::Text(_) => 4,
        };
        let within = || self.compare(other).unwrap_or(Ordering::Equal);
        rank(&self).cmp(&rank(&other)).then_with(within)
    }

    pub(crate) fn to_scalar(self) -> Scalar {
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(bool) => Scalar::Bool(bool),
            Self::Number(number) => Scalar::Number(number),
            Self::Text(text) => Scalar::Text(text.to_owned()),
        }
    }
}

impl Scalar {
    pub(crate) fn as_leaf(&self) -> Leaf<'_> {
        match self {
            Self::Null => Leaf::Null,
            Self::Bool(bool) => Leaf::Bool(*bool),
            Self::Number(number) => Leaf::Number(*number),
            Self::Text(text) => Leaf::Text(text),
        }
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Bool(bool) => bool.into(),
            Scalar::Text(text) => text.into(),
            Scalar::Number(Number::Real(real)) => real.into(),
            Scalar::Number(Number::Whole(whole)) => match (i64::try_from(whole), whole) {
                (Ok(small), _) => small.into(),
                (_, whole) => {
                    u64::try_from(whole).map_or_else(|_| (whole as f64).into(), Self::from)
                }
            },
        }
    }
}

impl TryFrom<Value> for Scalar {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let leaf = Leaf::of(&value).ok_or("a text, a number, true, false or null")?;
        Ok(leaf.to_scalar())
    }
}

impl fmt::Display for Scalar {
    /// As JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::from(self.clone()))
    }
}
