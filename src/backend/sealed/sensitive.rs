//! What is sensitive: whole kinds, or single fields of the data of a kind.

use std::collections::HashMap;

use super::SealedFault;
use crate::Kind;

/// What has to be sealed. Ids, names, metadata, statuses and times stay readable: nothing secret
/// belongs there.
#[derive(Debug, Clone, Default)]
pub struct Sensitive {
    kinds: HashMap<Kind, Part>,
    is_everything: bool,
}

/// Which part of the data.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Whole,
    /// The values at these JSON Pointers.
    Fields(Vec<String>),
}

impl Sensitive {
    /// The data of every kind.
    pub fn everything() -> Self {
        Self {
            is_everything: true,
            ..Self::default()
        }
    }

    /// All data of this kind, too.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kinds.insert(kind, Part::Whole);
        self
    }

    /// These fields of the data of this kind, too, each a JSON Pointer (RFC 6901): `/card/number`. A
    /// field that a state does not have is no problem. Where data is no object, all of it is sealed. What is in a
    /// field that is sealed, or named twice, is sealed once.
    ///
    /// # Errors
    /// [`SealedFault::Pointer`] for what is no pointer: it would protect nothing.
    pub fn fields<'a>(
        mut self,
        kind: Kind,
        pointers: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, SealedFault> {
        let part = self.kinds.entry(kind);
        let part = part.or_insert_with(|| Part::Fields(Vec::new()));
        for pointer in pointers {
            let pointer = pointer.to_owned();
            if !pointer.starts_with('/') {
                return Err(SealedFault::Pointer { pointer });
            }
            if let Part::Fields(fields) = part
                && !fields.iter().any(|field| is_in(&pointer, field))
            {
                fields.retain(|field| !is_in(field, &pointer));
                fields.push(pointer);
            }
        }
        Ok(self)
    }

    /// What is sensitive in the data of a kind; `None`: nothing.
    pub(super) fn part(&self, kind: &Kind) -> Option<&Part> {
        // What the log has lost is for those to read who cannot open it, too.
        if *kind == Kind::COMPACTION {
            return None;
        }
        if self.is_everything {
            return Some(&Part::Whole);
        }
        self.kinds.get(kind)
    }
}

/// Whether a pointer leads to the same place as another, or to one inside of it.
fn is_in(pointer: &str, outer: &str) -> bool {
    let rest = pointer.strip_prefix(outer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_inside_of_another() {
        let named = [
            "/card/number",
            "/ssn",
            "/card",
            "/card/holder",
            "/ssn",
            "/cards",
        ];
        let sensitive = Sensitive::default().fields(Kind::USER, named);
        let part = sensitive.unwrap_or_default().part(&Kind::USER).cloned();
        let kept = r#"Some(Fields(["/ssn", "/card", "/cards"]))"#;
        assert_eq!(format!("{part:?}"), kept);
    }
}
