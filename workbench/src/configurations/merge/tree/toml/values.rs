//! TOML's values as the `toml` crate reads them: scalars by place, and canonical JSON.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::configurations::merge::{
    error::{Fault, FaultAt},
    tree::{Scalar, scalar::write_text},
};

pub(super) fn read(text: &str) -> Result<Spanned<DeTable<'_>>, FaultAt> {
    super::check(text)?;
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().trim().to_owned();
        if message.contains("recursion limit") {
            FaultAt::new(at, Fault::TooDeep)
        } else if message.contains("duplicate key") {
            let Range { start, end } = error.span().unwrap_or_default();
            FaultAt::new(at, Fault::DuplicateKey(text[start..end].to_owned()))
        } else {
            FaultAt::syntax(at, message)
        }
    })
}

/// Each scalar by the byte where it begins.
pub(super) struct Scalars(Vec<(usize, usize, Scalar)>);

impl Scalars {
    pub fn of(table: &DeTable<'_>) -> Self {
        let mut scalars = Self(Vec::new());
        scalars.gather(table);
        scalars.0.sort_unstable_by_key(|(start, ..)| *start);
        scalars
    }

    fn gather(&mut self, table: &DeTable<'_>) {
        for value in table.values() {
            self.add(value);
        }
    }

    fn add(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.gather(table),
            DeValue::Array(array) => {
                for item in array.iter() {
                    self.add(item);
                }
            }
            other => {
                if let Some(scalar) = scalar(other) {
                    let Range { start, end } = value.span();
                    self.0.push((start, end, scalar));
                }
            }
        }
    }

    /// The scalar that begins at a byte, and where it ends.
    pub fn at(&self, start: usize) -> Option<(usize, Scalar)> {
        let at = self.0.binary_search_by_key(&start, |(start, ..)| *start);
        let (_, end, scalar) = &self.0[at.ok()?];
        Some((*end, scalar.clone()))
    }
}

fn scalar(value: &DeValue<'_>) -> Option<Scalar> {
    Some(match value {
        DeValue::String(text) => Scalar::Text(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str();
            let unsigned = digits.trim_start_matches(['+', '-']);
            Scalar::integer(digits.starts_with('-'), unsigned, number.radix())
        }
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map_or_else(|_| Scalar::Text(number.to_string()), Scalar::float),
        DeValue::Boolean(value) => Scalar::Bool(*value),
        DeValue::Datetime(time) => Scalar::Special("datetime", time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => return None,
    })
}

/// Appends canonical JSON: keys in order, no space.
pub(in super::super) fn write_json(value: &DeValue<'_>, out: &mut String) {
    match value {
        DeValue::Table(table) => {
            let mut entries: Vec<_> = table.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.get_ref().cmp(b.get_ref()));
            for (index, (key, value)) in entries.into_iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                write_text(key.get_ref(), out);
                out.push(':');
                write_json(value.get_ref(), out);
            }
            out.push_str(if table.is_empty() { "{}" } else { "}" });
        }
        DeValue::Array(array) => {
            out.push('[');
            for (index, item) in array.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(item.get_ref(), out);
            }
            out.push(']');
        }
        other => {
            if let Some(scalar) = scalar(other) {
                scalar.write_json(out);
            }
        }
    }
}
