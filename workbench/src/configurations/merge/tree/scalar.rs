//! A scalar's value, apart from how it was written.

use super::meaning::Meaning;

/// A scalar as programs see it.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Scalar {
    Null,
    Bool(bool),
    /// An integer, as the shortest decimal text.
    Integer(String),
    /// Finite, as JSON writes it.
    Float(String),
    Text(String),
    /// A plain YAML word that older YAML reads as something else (`yes`, `010`, `1:30`, a date): text to us, but
    /// not the same as the quoted text.
    Word(String),
    /// What JSON has no form for: `datetime`, `float` (nan, inf).
    Special(&'static str, String),
}

impl Scalar {
    pub fn float(value: f64) -> Self {
        if value.is_finite() {
            Self::Float(format!("{value:?}"))
        } else if value.is_nan() {
            Self::Special("float", "nan".to_owned())
        } else {
            let sign = if value < 0.0 { "-" } else { "" };
            Self::Special("float", format!("{sign}inf"))
        }
    }

    /// An integer from its digits, however many: no sign, no leading zeros.
    pub fn integer(is_negative: bool, digits: &str, radix: u32) -> Self {
        let value = u128::from_str_radix(digits, radix);
        let text = match value {
            Ok(value) => value.to_string(),
            Err(_) => digits.trim_start_matches('0').to_owned(),
        };
        let sign = if is_negative && text != "0" { "-" } else { "" };
        Self::Integer(format!("{sign}{text}"))
    }

    pub fn meaning(&self) -> Meaning {
        match self {
            Self::Null => Meaning::of(b'n', &[]),
            Self::Bool(value) => Meaning::of(b'b', &[&[u8::from(*value)]]),
            Self::Integer(text) => Meaning::of(b'i', &[text.as_bytes()]),
            Self::Float(text) => Meaning::of(b'f', &[text.as_bytes()]),
            Self::Text(text) => Meaning::of(b't', &[text.as_bytes()]),
            Self::Word(text) => Meaning::of(b'w', &[text.as_bytes()]),
            Self::Special(kind, text) => Meaning::of(b'x', &[kind.as_bytes(), text.as_bytes()]),
        }
    }

    /// The scalar as the key of a mapping or of a list's item.
    pub fn label(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Integer(text) | Self::Float(text) | Self::Text(text) | Self::Word(text) => {
                text.clone()
            }
            Self::Special(_, text) => text.clone(),
        }
    }

    /// Appends the canonical JSON form.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(text) | Self::Float(text) => out.push_str(text),
            Self::Text(text) | Self::Word(text) => write_text(text, out),
            Self::Special(kind, text) => {
                out.push_str("{\"$");
                out.push_str(kind);
                out.push_str("\":");
                write_text(text, out);
                out.push('}');
            }
        }
    }
}

/// Appends a JSON string.
pub(in super::super) fn write_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
