//! A protocol out of its text: the format's rules, the schema's, then those that no schema can say.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{rules, types::Protocol, written::Written};
use crate::configurations::{
    Problem,
    check::{broken, compare, compile, problem_at},
    desk::told,
    merge::{Format, value},
};

/// Bytes of a protocol: twenty times what one with long comments has. It is kept with every run.
pub const MAX_BYTES: usize = 64 << 10;

static SCHEMA: LazyLock<Result<Validator, String>> = LazyLock::new(|| {
    let text = include_str!("../../../../samples/protocols/protocol.schema.json");
    let schema = serde_json::from_str(text).map_err(|error| error.to_string())?;
    compile(&schema)
});

/// Why a text is no protocol. Its author mends the named places.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(&self.problems))]
pub struct ProtocolError {
    /// What is wrong, in order of place; at least one.
    pub problems: Vec<Problem>,
}

/// SHA-256 of a text, in hexadecimal digits: what tells two texts of the same name and version apart.
pub fn checksum(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl Protocol {
    /// Reads a protocol's YAML.
    ///
    /// # Errors
    /// [`ProtocolError`] with every place that is wrong: a missing or unknown field, a value out of its bounds, a row
    /// that does not sum to 1, bounds that exclude each other; a broken rule of YAML alone, because nothing behind it
    /// can be told.
    ///
    /// ```
    /// use workbench::simulation::protocol::Protocol;
    ///
    /// let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../samples/protocols/aflibercept_te.yaml"));
    /// let protocol = Protocol::read(text)?;
    /// assert_eq!(protocol.about.name, "Aflibercept T&E 4-16 wk");
    ///
    /// let wrong = text.replace("stable: 0.85", "stable: 0.95");
    /// let error = Protocol::read(&wrong).unwrap_err();
    /// assert_eq!(error.problems[0].path, "disease_transitions.STABLE");
    /// # Ok::<(), workbench::simulation::protocol::ProtocolError>(())
    /// ```
    pub fn read(text: &str) -> Result<Self, ProtocolError> {
        let whole = |message: String| ProtocolError {
            problems: vec![problem_at(Format::Yaml, text, "", message)],
        };
        if text.len() > MAX_BYTES {
            let size = text.len();
            return Err(whole(format!(
                "a protocol has at most {MAX_BYTES} bytes, this one has {size}; shorten its comments"
            )));
        }
        let value = value(Format::Yaml, text).map_err(|error| ProtocolError {
            problems: vec![broken(&error)],
        })?;
        let schema = SCHEMA.as_ref().map_err(|error| whole(error.clone()))?;
        let problems = compare(schema, Format::Yaml, text, &value);
        if !problems.is_empty() {
            return Err(ProtocolError { problems });
        }
        let written = Written::deserialize(value).map_err(|error| whole(error.to_string()))?;
        let protocol = written.into_protocol(checksum(text));
        let protocol = protocol.ok_or_else(|| whole("the scheduling rule is missing".into()))?;
        let mut problems: Vec<Problem> = rules::check(&protocol)
            .into_iter()
            .map(|fault| problem_at(Format::Yaml, text, &fault.pointer, fault.message))
            .collect();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        match problems.is_empty() {
            true => Ok(protocol),
            false => Err(ProtocolError { problems }),
        }
    }
}
