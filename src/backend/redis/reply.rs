//! What the functions answer: flat lists of numbers and texts, read from the front.

use std::{sync::Arc, vec};

use fred::{bytes_utils::Str, types::Value};

use super::{Fault, fault::RedisFault};
use crate::State;

/// An answer that is being read.
#[derive(Debug)]
pub(super) struct Reply(vec::IntoIter<Value>);

impl Reply {
    pub(super) fn of(answer: Value) -> Self {
        let values = match answer {
            Value::Array(values) => values,
            single => vec![single],
        };
        Self(values.into_iter())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    /// A whole number, which Lua answers as a number or, where it must not be cut, as text.
    pub(super) fn number(&mut self) -> Result<u64, RedisFault> {
        let number = self.0.next().and_then(|value| value.as_u64());
        number.ok_or(RedisFault::Garbled("a number is missing"))
    }

    pub(super) fn is_set(&mut self) -> Result<bool, RedisFault> {
        Ok(self.number()? == 1)
    }

    pub(super) fn text(&mut self) -> Result<Str, RedisFault> {
        let text = self.maybe_text()?;
        text.ok_or(RedisFault::Garbled("a text is missing"))
    }

    pub(super) fn maybe_state(&mut self) -> Result<Option<Arc<State>>, Fault> {
        let text = self.maybe_text()?;
        text.map(|text| state(&text)).transpose()
    }

    /// The states that are left.
    pub(super) fn states(mut self) -> Result<Vec<Arc<State>>, Fault> {
        let mut states = Vec::with_capacity(self.0.len());
        while !self.is_empty() {
            states.push(state(&self.text()?)?);
        }
        Ok(states)
    }

    fn maybe_text(&mut self) -> Result<Option<Str>, RedisFault> {
        match self.0.next() {
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(RedisFault::Garbled("not a text")),
        }
    }
}

/// A state from its JSON.
pub(super) fn state(text: &str) -> Result<Arc<State>, Fault> {
    Ok(Arc::new(serde_json::from_str(text)?))
}
