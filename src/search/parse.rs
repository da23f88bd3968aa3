//! Reads filters and orders as people write them: `data.age >= 50`, `exists data."e-mail"`, `-data.age`.
//!
//! Values are JSON. What cannot be read is told with its column; nothing that is written makes the
//! reader panic.

use std::str::FromStr;

use serde_json::Value;

use super::{
    filter::{Filter, Relation, Test},
    path::{self, Path, Root},
    scalar::Scalar,
    sort::Sort,
};
use crate::Error;

/// The longest filter, in bytes: longer than a person writes, short enough for an address bar.
pub const MAX_FILTER_BYTES: usize = 8192;

/// A text that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct Misread {
    /// Where, in letters from 1.
    pub column: usize,
    /// What is wrong there, and what would be right.
    pub problem: String,
}

impl From<Misread> for Error {
    fn from(misread: Misread) -> Self {
        Self::invalid("filter", misread.to_string())
    }
}

impl FromStr for Filter {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        let mut reader = Reader { text, at: 0 };
        if text.len() > MAX_FILTER_BYTES {
            return Err(reader.misread(format!("a filter has at most {MAX_FILTER_BYTES} bytes")));
        }
        reader.blanks();
        let filter = reader.condition()?;
        reader.end()?;
        Ok(filter)
    }
}

impl FromStr for Sort {
    type Err = Misread;

    /// A path, with a `-` before it for the other way round.
    fn from_str(text: &str) -> Result<Self, Misread> {
        let mut reader = Reader { text, at: 0 };
        reader.blanks();
        let is_descending = reader.sign("-");
        let path = reader.path()?;
        reader.end()?;
        Ok(Self::by(path, is_descending))
    }
}

/// Reads from left to right; what it could not read is at its place.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

/// Longer signs first, so that `<=` is not read as `<`.
const RELATIONS: [(&str, Relation); 4] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("<", Relation::Less),
    (">", Relation::Greater),
];

impl<'a> Reader<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn misread(&self, problem: impl Into<String>) -> Misread {
        let before = self.text.get(..self.at).unwrap_or_default();
        Misread {
            column: before.chars().count() + 1,
            problem: problem.into(),
        }
    }

    pub(super) fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let is_there = self.rest().starts_with(sign);
        if is_there {
            self.at += sign.len();
            self.blanks();
        }
        is_there
    }

    /// A word of letters that does not go on.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let after = self.rest().strip_prefix(word);
        after.is_some_and(|after| !after.starts_with(path::is_bare)) && self.sign(word)
    }

    fn bare(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest
            .find(|letter| !path::is_bare(letter))
            .unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    pub(super) fn path(&mut self) -> Result<Path, Misread> {
        let start = self.at;
        let name = self.bare();
        let Some(root) = Root::named(name) else {
            self.at = start;
            let names = Root::NAMES.join(", ");
            return Err(self.misread(format!(
                "a field is expected, one of {names}, or one inside data or metadata"
            )));
        };
        let mut steps = Vec::new();
        while self.rest().starts_with('.') {
            self.at += 1;
            steps.push(self.field()?);
        }
        let path = Path::through(root, steps);
        let path = path.ok_or_else(|| self.misread(format!("`{name}` has no fields inside")))?;
        self.blanks();
        Ok(path)
    }

    fn field(&mut self) -> Result<String, Misread> {
        if self.rest().starts_with('"') {
            let (value, length) = self.json()?;
            self.at += length;
            return match value {
                Value::String(field) => Ok(field),
                _ => Err(self.misread("a field is a text")),
            };
        }
        match self.bare() {
            "" => {
                Err(self
                    .misread("the name of a field is expected; put quotes around an unusual one"))
            }
            field => Ok(field.to_owned()),
        }
    }

    pub(super) fn condition(&mut self) -> Result<Filter, Misread> {
        let filter = if self.word("exists") {
            Filter::new(self.path()?, Test::Exists)
        } else {
            let path = self.path()?;
            Filter::new(path, self.test()?)
        };
        // Written down it must be read again, and there it has its blanks and `1e37` its 38 digits.
        if filter.to_string().len() > MAX_FILTER_BYTES {
            return Err(self.misread(format!(
                "a filter has at most {MAX_FILTER_BYTES} bytes, with its numbers written out"
            )));
        }
        Ok(filter)
    }

    fn test(&mut self) -> Result<Test, Misread> {
        if self.sign("!=") {
            return self.scalar().map(Test::IsNot);
        }
        if self.sign("=") {
            return self.scalar().map(Test::Is);
        }
        for (sign, relation) in RELATIONS {
            if self.sign(sign) {
                let value = self.typed("only numbers and texts have an order", |value| {
                    matches!(value, Value::Number(_) | Value::String(_))
                })?;
                return Ok(Test::Compares(relation, value));
            }
        }
        for (word, test) in [
            ("prefix", Test::Prefix as fn(String) -> Test),
            ("contains", Test::Contains),
        ] {
            if self.word(word) {
                let text = self.typed("a text in quotes is expected", Value::is_string)?;
                let Scalar::Text(text) = text else { continue };
                return Ok(test(text));
            }
        }
        if self.word("in") {
            return self.list().map(Test::In);
        }
        Err(self.misread("one of =, !=, <, <=, >, >=, in, prefix, contains is expected"))
    }

    /// The JSON value that begins here, and its length.
    fn json(&self) -> Result<(Value, usize), Misread> {
        let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter::<Value>();
        let value = values.next().and_then(Result::ok);
        let value = value.ok_or_else(|| {
            self.misread("a value is expected as in JSON: \"text\", 1.5, true, null")
        })?;
        Ok((value, values.byte_offset()))
    }

    fn scalar(&mut self) -> Result<Scalar, Misread> {
        self.typed(
            "a single value is expected: a text, a number, true, false or null",
            |_| true,
        )
    }

    fn typed(&mut self, expected: &str, fits: fn(&Value) -> bool) -> Result<Scalar, Misread> {
        let (value, length) = self.json()?;
        let scalar = Some(value)
            .filter(fits)
            .and_then(|value| Scalar::try_from(value).ok());
        let scalar = scalar.ok_or_else(|| self.misread(expected))?;
        self.at += length;
        Ok(scalar)
    }

    fn list(&mut self) -> Result<Vec<Scalar>, Misread> {
        let (value, length) = self.json()?;
        let list = serde_json::from_value(value).ok();
        let list = list.filter(|list: &Vec<Scalar>| !list.is_empty());
        let list = list
            .ok_or_else(|| self.misread("a list of single values is expected: [\"a\", \"b\"]"))?;
        self.at += length;
        Ok(list)
    }

    fn end(&mut self) -> Result<(), Misread> {
        self.blanks();
        if self.rest().is_empty() {
            return Ok(());
        }
        Err(self.misread("nothing more is expected here"))
    }
}
