//! What may be seen of a value in which something was encrypted.
//!
//! An object with the key `$sealed` is what encryption left of a value. Where that key, at the top of a
//! state's data, names single fields, the rest of the data is open and these fields are not; otherwise
//! nothing of the object is seen. What signs an endpoint's messages is never seen. Hidden places look as if they were not there, whatever stands in them.

use std::ptr;

use serde_json::Value;

use crate::{Kind, State};

/// The key of an object that holds what was encrypted.
const SEALED: &str = "$sealed";

/// What is hidden of one value.
#[derive(Debug, Default)]
pub(crate) struct Veil<'a> {
    /// The value itself, if parts of it are open although it has the key.
    open: Option<&'a Value>,
    hidden: Vec<&'a Value>,
}

impl<'a> Veil<'a> {
    /// Of a state's data.
    pub(crate) fn of(state: &'a State) -> Self {
        let mut veil = Self::of_data(&state.data);
        if state.kind == Kind::WEBHOOK {
            veil.hidden.extend(state.data.get("secrets"));
        }
        veil
    }

    fn of_data(data: &'a Value) -> Self {
        let Some(envelope) = data.get(SEALED) else {
            return Self::default();
        };
        let Some(Value::Array(fields)) = envelope.get("fields") else {
            return Self::default();
        };
        let mut hidden = vec![envelope];
        for field in fields {
            // The empty pointer is all of it. A place that is not there needs no veil.
            match field.as_str() {
                Some(pointer) if !pointer.is_empty() => hidden.extend(data.pointer(pointer)),
                _ => return Self::default(),
            }
        }
        let open = Some(data);
        Self { open, hidden }
    }

    /// Whether nothing may be seen of this value, which is inside the one that the veil is of.
    pub(crate) fn hides(&self, value: &Value) -> bool {
        let is_it = |known: &&Value| ptr::eq(*known, value);
        if self.hidden.iter().any(is_it) {
            return true;
        }
        let has_key = value.as_object().is_some_and(|it| it.contains_key(SEALED));
        has_key && !self.open.as_ref().is_some_and(is_it)
    }
}
