//! JSON lines: one object a line, keys as columns. Keys may come late, and in any order.

use std::{
    collections::HashMap,
    fmt,
    io::{BufRead, BufReader, Read},
};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::{
    csv::MAX_ROW_BYTES,
    row::{Row, Rows},
    source::{Job, bytes_text, grouped},
};
use crate::Error;

/// Read ahead from the file.
const BUFFER_BYTES: usize = 256 << 10;

pub(super) struct JsonLines {
    input: BufReader<Box<dyn Read + Send>>,
    job: Job,
    line: u64,
    text: Vec<u8>,
    columns: Columns,
}

/// Keys in the order in which they first came.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    index: HashMap<String, usize>,
    /// Line on which a column first came; 0 for those of the first object.
    late: Vec<u64>,
    has_nested: Vec<bool>,
    objects: u64,
}

impl JsonLines {
    pub(super) fn new(input: Box<dyn Read + Send>, job: &Job) -> Self {
        Self {
            input: BufReader::with_capacity(BUFFER_BYTES, input),
            job: job.clone(),
            line: 0,
            text: Vec::new(),
            columns: Columns::default(),
        }
    }

    /// Reads the next line that is not blank.
    fn read_line(&mut self) -> Result<bool, Error> {
        loop {
            self.text.clear();
            let read = (&mut self.input)
                .take(MAX_ROW_BYTES as u64 + 1)
                .read_until(b'\n', &mut self.text)
                .map_err(|e| self.job.source.io_error(e))?;
            if read == 0 {
                return Ok(false);
            }
            self.line += 1;
            if self.text.len() > MAX_ROW_BYTES {
                let problem = format!(
                    "the line is over {}, the most a row may hold.",
                    bytes_text(MAX_ROW_BYTES as u64)
                );
                return Err(self.job.bad_line(self.line, problem));
            }
            if !self.text.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    fn explain(&self, error: &serde_json::Error) -> Error {
        let problem = if self.text.trim_ascii_start().starts_with(b"[") {
            "this is a JSON list. JSON lines have one object a line, without brackets around them or commas between \
             them."
                .to_owned()
        } else {
            let text = error.to_string();
            let reason = text.split(" at line ").next().unwrap_or(&text);
            format!(
                "not a JSON object: {reason}, at character {}.",
                error.column()
            )
        };
        self.job.bad_line(self.line, problem)
    }

    fn check_sizes(&self, row: &Row) -> Result<(), Error> {
        if self.columns.names.len() > self.job.limits.columns {
            let found = format!("{} or more", grouped(self.columns.names.len() as u64));
            return Err(self.job.too_many_columns(&found));
        }
        // A cell cannot be over the limit in a row that is not.
        if row.bytes() > self.job.limits.cell_bytes
            && let Some(index) =
                (0..row.len()).find(|index| row.cell(*index).len() > self.job.limits.cell_bytes)
        {
            let name = &self.columns.names[index];
            return Err(Error::TooLarge {
                what: format!(
                    "{}, line {}, column {name}: the value",
                    self.job.file, self.line
                ),
                limit: bytes_text(self.job.limits.cell_bytes as u64),
                setting: "data.cell_bytes",
            });
        }
        Ok(())
    }
}

impl Rows for JsonLines {
    fn next(&mut self, row: &mut Row) -> Result<bool, Error> {
        if !self.read_line()? {
            if self.columns.objects == 0 {
                return Err(self
                    .job
                    .bad_file("the file is empty. A table needs at least one JSON object."));
            }
            return Ok(false);
        }
        row.clear(self.line);
        let mut json = serde_json::Deserializer::from_slice(&self.text);
        let object = Object {
            columns: &mut self.columns,
            row,
            line: self.line,
        };
        let read = object.deserialize(&mut json).and_then(|()| json.end());
        read.map_err(|error| self.explain(&error))?;
        self.columns.objects += 1;
        self.check_sizes(row)?;
        Ok(true)
    }

    fn names(&self) -> &[String] {
        &self.columns.names
    }

    fn notes(&self) -> Vec<String> {
        let columns = &self.columns;
        let late = columns
            .names
            .iter()
            .zip(&columns.late)
            .filter(|(_, line)| **line > 0);
        let nested = columns
            .names
            .iter()
            .zip(&columns.has_nested)
            .filter(|(_, is)| **is);
        late.map(|(name, line)| {
            format!("{name} first comes on line {line}; it is missing in the rows before.")
        })
        .chain(
            nested
                .map(|(name, _)| format!("{name} has nested values; they are kept as JSON text.")),
        )
        .collect()
    }
}

impl Columns {
    fn index_of(&mut self, name: &str, line: u64) -> usize {
        if let Some(index) = self.index.get(name) {
            return *index;
        }
        let index = self.names.len();
        self.names.push(name.to_owned());
        self.index.insert(name.to_owned(), index);
        self.late.push(if self.objects == 0 { 0 } else { line });
        self.has_nested.push(false);
        index
    }
}

/// One line, read into a row.
struct Object<'a> {
    columns: &'a mut Columns,
    row: &'a mut Row,
    line: u64,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object in braces")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut seen = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let name = key.trim();
            if name.is_empty() {
                map.next_value::<IgnoredAny>()?;
                return Err(M::Error::custom("a key has no name"));
            }
            let index = self.columns.index_of(name, self.line);
            if seen.contains(&index) {
                return Err(M::Error::custom(format!("the key {name} comes twice")));
            }
            seen.push(index);
            match map.next_value::<Value>()? {
                Value::Null => {}
                Value::String(text) => self.row.set(index, text.as_bytes()),
                Value::Bool(value) => self.row.set(index, if value { b"true" } else { b"false" }),
                Value::Number(number) => self.row.set(index, number.to_string().as_bytes()),
                nested => {
                    self.columns.has_nested[index] = true;
                    self.row.set(index, nested.to_string().as_bytes());
                }
            }
        }
        Ok(())
    }
}
