//! The parser's events with places in bytes, one ahead of the reader.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use crate::configurations::merge::error::FaultAt;

/// What an event begins or ends.
pub(super) enum What<'t> {
    Document {
        is_explicit: bool,
    },
    DocumentEnd,
    StreamEnd,
    Alias(usize),
    Scalar {
        text: Cow<'t, str>,
        style: ScalarStyle,
    },
    Sequence,
    Mapping,
    End,
}

pub(super) struct At<'t> {
    pub what: What<'t>,
    pub start: usize,
    pub end: usize,
    /// 0: none.
    pub anchor: usize,
    pub tag: Option<String>,
}

impl At<'_> {
    pub fn has_properties(&self) -> bool {
        self.anchor > 0 || self.tag.is_some()
    }
}

pub(super) struct Events<'p> {
    parser: Parser<'p, StrInput<'p>>,
    /// Byte of each character; empty where every character is one byte.
    bytes: Vec<usize>,
    end: usize,
}

impl<'p> Events<'p> {
    /// `given` is what the parser reads, with the characters of `text` at the same places.
    pub fn new(text: &str, given: &'p str) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(byte, _)| byte).collect()
        };
        Self {
            end: text.len(),
            parser: Parser::new_from_str(given),
            bytes,
        }
    }

    /// The next event; `text` is what places are in.
    pub fn next(&mut self, text: &str) -> Result<At<'p>, FaultAt> {
        loop {
            let (event, span) = match self.parser.next_event() {
                Some(Ok(event)) => event,
                Some(Err(error)) => {
                    let at = self.byte(error.marker());
                    return Err(FaultAt::syntax(at, error.info()));
                }
                None => return Err(FaultAt::syntax(self.end, "unexpected end")),
            };
            let (what, anchor, tag) = match event {
                Event::Nothing | Event::StreamStart => continue,
                Event::StreamEnd => (What::StreamEnd, 0, None),
                Event::DocumentStart(is_explicit) => (What::Document { is_explicit }, 0, None),
                Event::DocumentEnd => (What::DocumentEnd, 0, None),
                Event::Alias(id) => (What::Alias(id), 0, None),
                Event::Scalar(text, style, anchor, tag) => {
                    (What::Scalar { text, style }, anchor, tag)
                }
                Event::SequenceStart(anchor, tag) => (What::Sequence, anchor, tag),
                Event::MappingStart(anchor, tag) => (What::Mapping, anchor, tag),
                Event::SequenceEnd | Event::MappingEnd => (What::End, 0, None),
            };
            let start = self.byte(&span.start);
            return Ok(At {
                what,
                start,
                // The parser goes on over space and comments behind a closing quote.
                end: quoted_end(text, start).unwrap_or_else(|| self.byte(&span.end)),
                anchor,
                tag: tag.map(|tag| format!("{}{}", tag.handle, tag.suffix)),
            });
        }
    }

    fn byte(&self, marker: &Marker) -> usize {
        let index = marker.index();
        if self.bytes.is_empty() {
            index.min(self.end)
        } else {
            self.bytes.get(index).copied().unwrap_or(self.end)
        }
    }
}

/// Behind the closing quote, if a quote opens at `start`.
pub(super) fn quoted_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes
        .get(start)
        .filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote => {
                // Within single quotes two of them stand for one.
                let is_doubled = quote == b'\'' && bytes.get(at + 1) == Some(&quote);
                if !is_doubled {
                    return Some(at + 1);
                }
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}
