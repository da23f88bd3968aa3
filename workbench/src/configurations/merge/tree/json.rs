//! JSON (RFC 8259), and with it the comments and trailing commas that editors' own files have.

use super::{Entry, Kind, Node, NodeId, Scalar, Span, Style, Tree, flow, trivia};
use crate::configurations::merge::{Format, error::FaultAt};

const JSON: Format = Format::Json;

pub(super) fn parse(text: &str) -> Result<Tree<'_>, FaultAt> {
    flow::check_length(text)?;
    let mut reader = Reader {
        text,
        nodes: Vec::new(),
    };
    let start = trivia::skip(JSON, text, 0);
    let (value, end) = reader.value(start, 0)?;
    let rest = trivia::skip(JSON, text, end);
    if rest < text.len() {
        return Err(FaultAt::syntax(rest, "nothing may follow the value"));
    }
    let entry = Entry {
        lead: Span::new(0, start),
        trail: Span::new(end, text.len()),
        ..Entry::item(Span::new(start, end), value)
    };
    let nodes = &mut reader.nodes;
    let whole = Span::new(0, text.len());
    let mut root = flow::container(nodes, Kind::Sequence, Style::Lines, whole, vec![entry]);
    root.indent = Some(String::new());
    nodes.push(root);
    let root = nodes.len() - 1;
    Ok(Tree::new(text, reader.nodes, root))
}

struct Reader<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

impl Reader<'_> {
    fn value(&mut self, at: usize, depth: usize) -> Result<(NodeId, usize), FaultAt> {
        flow::check_depth(depth, at)?;
        let (node, end) = match self.text.as_bytes().get(at) {
            Some(b'{') => self.container(at, depth, Kind::Mapping)?,
            Some(b'[') => self.container(at, depth, Kind::Sequence)?,
            Some(b'"') => {
                let (text, end) = self.string(at)?;
                (flow::scalar(Span::new(at, end), Scalar::Text(text)), end)
            }
            Some(_) => self.word(at)?,
            None => return Err(FaultAt::syntax(at, "a value is missing")),
        };
        self.nodes.push(node);
        Ok((self.nodes.len() - 1, end))
    }

    fn container(
        &mut self,
        open: usize,
        depth: usize,
        kind: Kind,
    ) -> Result<(Node, usize), FaultAt> {
        let close = if kind == Kind::Mapping { b'}' } else { b']' };
        let mut entries = Vec::new();
        let mut at = open + 1;
        loop {
            let start = trivia::skip(JSON, self.text, at);
            if self.text.as_bytes().get(start) == Some(&close) {
                let span = Span::new(open, start + 1);
                flow::check_keys(if kind == Kind::Mapping { &entries } else { &[] })?;
                let tail = Span::new(at, start);
                let node = flow::brackets(&self.nodes, self.text, kind, span, entries, tail);
                return Ok((node, start + 1));
            }
            if entries.last().is_some_and(|last: &Entry| !last.has_comma) {
                let message = format!("expected ',' or '{}'", char::from(close));
                return Err(FaultAt::syntax(start, message));
            }
            let (key, prefix_end) = match kind {
                Kind::Mapping => self.key(start)?,
                Kind::Sequence | Kind::Scalar => (String::new(), start),
            };
            let value_start = trivia::skip(JSON, self.text, prefix_end);
            let (value, end) = self.value(value_start, depth + 1)?;
            let (post, has_comma, trail) = flow::after_item(JSON, self.text, end);
            entries.push(Entry {
                key,
                lead: Span::new(at, start),
                prefix_end,
                value_start,
                post,
                has_comma,
                trail,
                ..Entry::item(Span::new(start, end), value)
            });
            at = trail.end;
        }
    }

    fn key(&self, start: usize) -> Result<(String, usize), FaultAt> {
        if !self.text[start..].starts_with('"') {
            return Err(FaultAt::syntax(start, "expected a key in double quotes"));
        }
        let (key, end) = self.string(start)?;
        let colon = trivia::skip(JSON, self.text, end);
        if !self.text[colon..].starts_with(':') {
            return Err(FaultAt::syntax(colon, "expected ':' behind the key"));
        }
        Ok((key, colon + 1))
    }

    fn string(&self, start: usize) -> Result<(String, usize), FaultAt> {
        let mut is_escaped = false;
        for (offset, byte) in self.text.bytes().enumerate().skip(start + 1) {
            match byte {
                b'"' if !is_escaped => {
                    let end = offset + 1;
                    let raw = &self.text[start..end];
                    let text = serde_json::from_str(raw).map_err(|error| {
                        FaultAt::syntax(start, format!("this text is not valid: {error}"))
                    })?;
                    return Ok((text, end));
                }
                b'\n' => break,
                b'\\' => is_escaped = !is_escaped,
                _ => is_escaped = false,
            }
        }
        Err(FaultAt::syntax(start, "this text has no closing quote"))
    }

    fn word(&self, start: usize) -> Result<(Node, usize), FaultAt> {
        let rest = &self.text[start..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let word = rest.split(|c| !is_part(c)).next().unwrap_or_default();
        let span = Span::new(start, start + word.len());
        let scalar = match word {
            "null" => Scalar::Null,
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            _ => number(word).ok_or_else(|| {
                FaultAt::syntax(
                    start,
                    "expected a value: text in double quotes, a number, true, false or null",
                )
            })?,
        };
        Ok((flow::scalar(span, scalar), span.end))
    }
}

/// A JSON number. Integers are exact however long; the rest is read as programs do, in 64 bits.
fn number(word: &str) -> Option<Scalar> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let has_leading_zero = digits.len() > 1
        && digits.starts_with('0')
        && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || has_leading_zero {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Scalar::integer(word.starts_with('-'), digits, 10));
    }
    serde_json::from_str::<serde_json::Number>(word)
        .ok()
        .and_then(|_| word.parse().ok())
        .map(Scalar::float)
}
