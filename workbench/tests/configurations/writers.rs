//! A random value as text: YAML, TOML or JSON, in the style asked for. A comment names the path of its entry, so that it
//! is known again wherever it goes.

use workbench::configurations::merge::Format;

use super::documents::{Style, Value};

pub struct Writer<'s> {
    pub out: String,
    format: Format,
    style: &'s Style,
}

/// A hash of a path for the choices of a style.
fn bits(seed: u64, path: &str) -> u64 {
    path.bytes()
        .fold(seed ^ 0x9e37_79b9_7f4a_7c15, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
        >> 13
}

impl<'s> Writer<'s> {
    pub fn new(format: Format, style: &'s Style) -> Self {
        Self {
            out: String::new(),
            format,
            style,
        }
    }

    pub fn file(&mut self, value: &Value) {
        match (self.format, value) {
            (Format::Yaml, Value::Mapping(entries)) if entries.is_empty() => {
                self.out.push_str("{}\n")
            }
            (Format::Yaml, _) => self.yaml(value, 0, ""),
            (Format::Toml, Value::Mapping(entries)) => self.table(entries, "", ""),
            _ => {
                self.brackets(value, 0, "");
                self.out.push('\n');
            }
        }
    }

    fn comment(&self, path: &str) -> Option<String> {
        let mark = if self.format == Format::Json {
            "//"
        } else {
            "#"
        };
        let is_there = self.style.has_comments && bits(self.style.comments, path).is_multiple_of(3);
        is_there.then(|| format!("{mark} about {path};"))
    }

    fn is_before(&self, path: &str) -> bool {
        bits(self.style.comments, path).is_multiple_of(2)
    }

    fn is_in_brackets(&self, value: &Value, path: &str) -> bool {
        match value {
            Value::Mapping(entries) if entries.is_empty() => true,
            Value::List(items) if items.is_empty() => true,
            _ => bits(self.style.brackets, path).is_multiple_of(4),
        }
    }

    fn scalar(&self, value: &Value, path: &str) -> String {
        match value {
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Text(text) => {
                let choice = bits(self.style.quotes, path) % 3;
                if text.contains('\n') {
                    return format!("\"{}\"", text.replace('\n', "\\n"));
                }
                let is_safe = !matches!(text.as_str(), "28" | "yes");
                match (self.format, choice) {
                    (Format::Yaml, 0) if is_safe => text.clone(),
                    (Format::Yaml | Format::Toml, 1) => format!("'{text}'"),
                    _ => format!("\"{text}\""),
                }
            }
            _ => String::new(),
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        let indent = " ".repeat(depth * self.style.indent);
        self.out.push_str(&format!("{indent}{text}"));
    }

    /// Ends an entry's line, with its comment if that stands behind.
    fn end(&mut self, path: &str) {
        if let Some(comment) = self.comment(path).filter(|_| !self.is_before(path)) {
            self.out.push_str(&format!(" {comment}"));
        }
        self.out.push('\n');
    }

    fn before(&mut self, depth: usize, path: &str) {
        if let Some(comment) = self.comment(path).filter(|_| self.is_before(path)) {
            if bits(self.style.comments, path).is_multiple_of(5) {
                self.out.push('\n');
            }
            self.line(depth, &comment);
            self.out.push('\n');
        }
    }

    fn yaml(&mut self, value: &Value, depth: usize, path: &str) {
        let entries: Vec<(String, &Value)> = match value {
            Value::Mapping(entries) => entries.iter().map(|(k, v)| (format!("{k}:"), v)).collect(),
            Value::List(items) => items.iter().map(|v| ("-".to_owned(), v)).collect(),
            _ => return,
        };
        for (at, (key, value)) in entries.into_iter().enumerate() {
            let path = format!("{path}/{}{at}", key.trim_matches(['"', ':', '-', '=', ' ']));
            self.before(depth, &path);
            self.line(depth, &key);
            self.yaml_value(value, depth, &path);
        }
    }

    fn yaml_value(&mut self, value: &Value, depth: usize, path: &str) {
        match value {
            Value::Mapping(_) | Value::List(_) if self.is_in_brackets(value, path) => {
                self.out.push(' ');
                self.brackets(value, depth, path);
                self.end(path);
            }
            Value::Mapping(_) | Value::List(_) => {
                self.end(path);
                self.yaml(value, depth + 1, path);
            }
            Value::Text(text)
                if text.ends_with('\n') && !bits(self.style.quotes, path).is_multiple_of(4) =>
            {
                let indent = " ".repeat((depth + 1) * self.style.indent);
                self.out.push_str(" |");
                self.end(path);
                for line in text.lines() {
                    self.out.push_str(&if line.is_empty() {
                        "\n".to_owned()
                    } else {
                        format!("{indent}{line}\n")
                    });
                }
            }
            _ => {
                let scalar = self.scalar(value, path);
                self.out.push_str(&format!(" {scalar}"));
                self.end(path);
            }
        }
    }

    /// Between brackets, on one line or several. Commas stand in front of comments.
    fn brackets(&mut self, value: &Value, depth: usize, path: &str) {
        let (open, close, entries): (_, _, Vec<(String, &Value)>) = match value {
            Value::Mapping(entries) => {
                let key = |key: &str| match self.format {
                    Format::Toml => format!("\"{key}\" = "),
                    _ => format!("\"{key}\": "),
                };
                ('{', '}', entries.iter().map(|(k, v)| (key(k), v)).collect())
            }
            Value::List(items) => ('[', ']', items.iter().map(|v| (String::new(), v)).collect()),
            _ => {
                let scalar = self.scalar(value, path);
                let is_plain = self.format == Format::Yaml && !scalar.starts_with(['"', '\'']);
                let is_text = matches!(value, Value::Text(_));
                self.out.push_str(&if is_plain && is_text {
                    format!("\"{scalar}\"")
                } else {
                    scalar
                });
                return;
            }
        };
        let can_break = self.format != Format::Toml || open == '[';
        let is_broken =
            can_break && !entries.is_empty() && !bits(self.style.brackets, path).is_multiple_of(3);
        self.out.push(open);
        let count = entries.len();
        for (at, (key, value)) in entries.into_iter().enumerate() {
            let path = format!("{path}/{}{at}", key.trim_matches(['"', ':', '-', '=', ' ']));
            if is_broken {
                self.out.push('\n');
                self.before(depth + 1, &path);
                self.line(depth + 1, &key);
            } else {
                self.out.push_str(if at == 0 { "" } else { " " });
                self.out.push_str(&key);
            }
            self.brackets(value, depth + usize::from(is_broken), &path);
            if at + 1 < count {
                self.out.push(',');
            }
            if is_broken
                && let Some(comment) = self.comment(&path).filter(|_| !self.is_before(&path))
            {
                self.out.push_str(&format!(" {comment}"));
            }
        }
        if is_broken {
            // YAML wants it further in than the key.
            self.out.push('\n');
            self.line(depth + usize::from(self.format == Format::Yaml), "");
        }
        self.out.push(close);
    }

    fn table(&mut self, entries: &[(String, Value)], header: &str, path: &str) {
        let is_table = |writer: &Self, key: &str, value: &Value| match value {
            Value::Mapping(_) => !writer.is_in_brackets(value, &format!("{path}/{key}")),
            Value::List(items) => {
                let is_mapping = |item: &Value| matches!(item, Value::Mapping(_));
                !items.is_empty()
                    && items.iter().all(is_mapping)
                    && !writer.is_in_brackets(value, &format!("{path}/{key}"))
            }
            _ => false,
        };
        let (tables, plain): (Vec<_>, Vec<_>) =
            entries.iter().partition(|(k, v)| is_table(self, k, v));
        for (key, value) in plain {
            let path = format!("{path}/{key}");
            self.before(0, &path);
            self.line(0, &format!("\"{key}\" = "));
            self.brackets(value, 0, &path);
            self.end(&path);
        }
        for (key, value) in tables {
            let path = format!("{path}/{key}");
            let header = if header.is_empty() {
                format!("\"{key}\"")
            } else {
                format!("{header}.\"{key}\"")
            };
            match value {
                Value::Mapping(entries) => {
                    self.before(0, &path);
                    self.out.push_str(&format!("[{header}]"));
                    self.end(&path);
                    self.table(entries, &header, &path);
                }
                Value::List(items) => {
                    for (at, item) in items.iter().enumerate() {
                        let path = format!("{path}{at}");
                        self.before(0, &path);
                        self.out.push_str(&format!("[[{header}]]"));
                        self.end(&path);
                        if let Value::Mapping(entries) = item {
                            self.table(entries, &header, &path);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}
