//! Whether a text is right: its format's rules, then the JSON Schema that it names, if it names one.
//!
//! A file names its schema with a key `$schema` at the top, or in a comment as editors read it:
//! `# yaml-language-server: $schema=protocol.schema.json` or `#:schema protocol.schema.json`; without that, the schema of
//! `protocol.yaml` is `protocol.schema.json`. Only a file beside it is taken: nothing is fetched.

use jsonschema::{Draft, Validator, error::ValidationErrorKind};
use serde_json::Value;

use super::{
    Checked, Problem,
    files::Folder,
    merge::{Format, MergeError, locate, outline, value},
};

/// Problems that one check names: more than a person reads.
const MAX_PROBLEMS: usize = 100;
/// Lines at the top of a file where a comment may name its schema.
const HEADER_LINES: usize = 20;

/// Checks a text of the folder; the schema is read from there.
pub fn check(folder: &Folder, name: &str, text: &str) -> Checked {
    let format = Format::of_name(name).unwrap_or(Format::Yaml);
    let read = outline(format, text).and_then(|outline| Ok((outline, value(format, text)?)));
    let (outline, value) = match read {
        Ok(read) => read,
        Err(error) => {
            return Checked {
                problems: vec![broken(&error)],
                ..Checked::default()
            };
        }
    };
    let schema = named_schema(text, &value).or_else(|| schema_beside(folder, name));
    let problems = match &schema {
        Some(name) => against(folder, name, format, text, &value),
        None => Vec::new(),
    };
    Checked {
        entities: outline.entities,
        problems,
        schema,
    }
}

/// What is wrong with the value that a JSON Pointer names.
pub(crate) fn problem_at(format: Format, text: &str, pointer: &str, message: String) -> Problem {
    let (line, column) = locate(format, text, pointer).unwrap_or((1, 1));
    Problem {
        line,
        column,
        path: pointer.trim_start_matches('/').replace('/', "."),
        message,
    }
}

/// A fault of the format, with its place.
pub(crate) fn broken(error: &MergeError) -> Problem {
    let (line, column, message) = match error {
        MergeError::Unreadable {
            line,
            column,
            fault,
            ..
        } => (*line, *column, fault.to_string()),
        other => (1, 1, other.to_string()),
    };
    Problem {
        line,
        column,
        path: String::new(),
        message,
    }
}

/// The file beside this one that says how it has to be.
fn named_schema(text: &str, value: &Value) -> Option<String> {
    let key = value.get("$schema").and_then(Value::as_str);
    let comment = || {
        text.lines().take(HEADER_LINES).find_map(|line| {
            let comment = line.trim().strip_prefix('#')?;
            let named = comment
                .trim_start()
                .strip_prefix("yaml-language-server: $schema=");
            named.or_else(|| comment.strip_prefix(":schema "))
        })
    };
    let name = key.or_else(comment)?.trim();
    let name = name.strip_prefix("./").unwrap_or(name);
    (!name.contains('/')).then(|| name.to_owned())
}

/// `protocol.schema.json` for `protocol.yaml`, if it is there.
fn schema_beside(folder: &Folder, name: &str) -> Option<String> {
    let (stem, _) = name.rsplit_once('.')?;
    let beside = format!("{stem}.schema.json");
    (!stem.ends_with(".schema") && folder.has(&beside)).then_some(beside)
}

fn against(folder: &Folder, name: &str, format: Format, text: &str, value: &Value) -> Vec<Problem> {
    let whole = |message: String| {
        vec![Problem {
            line: 1,
            column: 1,
            path: "$schema".into(),
            message,
        }]
    };
    let schema = match folder.read(name) {
        Ok(loaded) => loaded,
        Err(error) => return whole(format!("its schema cannot be read: {error}")),
    };
    let compiled = self::value(schema.format, &schema.text)
        .map_err(|error| error.to_string())
        .and_then(|schema| compile(&schema));
    match compiled {
        Ok(validator) => compare(&validator, format, text, value),
        Err(error) => whole(format!("\"{name}\" is no JSON Schema: {error}")),
    }
}

/// A JSON Schema that refers to nothing outside itself, ready to hold texts against.
pub(crate) fn compile(schema: &Value) -> Result<Validator, String> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline();
    options.build(schema).map_err(|error| error.to_string())
}

/// Where a text, which means `value`, is not as its schema says; in order of place.
pub(crate) fn compare(
    validator: &Validator,
    format: Format,
    text: &str,
    value: &Value,
) -> Vec<Problem> {
    let found = validator.iter_errors(value).take(MAX_PROBLEMS);
    let mut problems: Vec<Problem> = found
        .map(|error| {
            let pointer = error.instance_path().to_string();
            let message = match error.kind() {
                ValidationErrorKind::FalseSchema => "has no place here; remove it".into(),
                _ => error.to_string(),
            };
            problem_at(format, text, &pointer, message)
        })
        .collect();
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems
}
