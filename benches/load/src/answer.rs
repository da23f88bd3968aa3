//! Where an answer ends and what it says first: HTTP/1.1 with a length, in chunks or without a body, and Redis'
//! protocol (RESP 2). Nothing else of it is read.

use std::ops::Range;

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Http,
    Redis,
}

/// One whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As in HTTP; of Redis 200, 404 for nothing, 500 for an error.
    pub status: u16,
    /// Where its body is; of one in chunks with their sizes in between.
    pub body: Range<usize>,
}

impl Answer {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// These bytes are no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Garbled;

/// How far the present answer has come. Nothing is looked at twice, however small the pieces are.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    head: Option<Head>,
    /// Looked at up to here.
    at: usize,
}

#[derive(Debug, Clone)]
struct Head {
    status: u16,
    len: usize,
    body: Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Length(usize),
    Chunks,
}

impl Reading {
    /// The answer, once it is there whole.
    pub fn whole(&mut self, wire: Wire, bytes: &[u8]) -> Result<Option<Answer>, Garbled> {
        match wire {
            Wire::Http => self.http(bytes),
            Wire::Redis => redis(bytes),
        }
    }

    fn http(&mut self, bytes: &[u8]) -> Result<Option<Answer>, Garbled> {
        let head = match &self.head {
            Some(head) => head,
            None => {
                let from = self.at.saturating_sub(3);
                let Some(end) = found(bytes, from, b"\r\n\r\n") else {
                    self.at = bytes.len();
                    return Ok(None);
                };
                self.at = end;
                self.head.insert(head(bytes.get(..end).ok_or(Garbled)?)?)
            }
        };
        let (status, begin) = (head.status, head.len);
        let end = match head.body {
            Body::Length(length) => begin + length,
            Body::Chunks => match chunks(bytes, &mut self.at)? {
                Some(end) => end,
                None => return Ok(None),
            },
        };
        let body = begin..end;
        Ok((bytes.len() >= end).then_some(Answer { status, body }))
    }
}

fn head(bytes: &[u8]) -> Result<Head, Garbled> {
    let status = bytes.strip_prefix(b"HTTP/1.1 ").and_then(|it| it.get(..3));
    let status = status.and_then(number).ok_or(Garbled)?;
    let status = u16::try_from(status).map_err(|_| Garbled)?;
    let mut body = Body::Length(0);
    for line in bytes.split(|byte| *byte == b'\n').skip(1) {
        if let Some(length) = value(line, b"content-length:") {
            body = Body::Length(number(length).ok_or(Garbled)?);
        } else if value(line, b"transfer-encoding:").is_some() {
            body = Body::Chunks;
        }
    }
    if matches!(status, 100..200 | 204 | 304) {
        body = Body::Length(0);
    }
    Ok(Head {
        status,
        len: bytes.len(),
        body,
    })
}

/// The end of a body in chunks; `at` is where the next of them begins.
fn chunks(bytes: &[u8], at: &mut usize) -> Result<Option<usize>, Garbled> {
    loop {
        let Some(line) = found(bytes, *at, b"\r\n") else {
            return Ok(None);
        };
        let size = bytes.get(*at..line - 2).ok_or(Garbled)?;
        let size = size.split(|byte| *byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(size).map_err(|_| Garbled)?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(|_| Garbled)?;
        let end = line + size + 2;
        if size == 0 {
            return Ok((bytes.len() >= end).then_some(end));
        }
        if bytes.len() < end {
            return Ok(None);
        }
        *at = end;
    }
}

fn redis(bytes: &[u8]) -> Result<Option<Answer>, Garbled> {
    let Some(line) = found(bytes, 0, b"\r\n") else {
        return Ok(None);
    };
    let (kind, rest) = bytes.split_first().ok_or(Garbled)?;
    let told = line
        .checked_sub(3)
        .and_then(|end| rest.get(..end))
        .ok_or(Garbled)?;
    let (status, body) = match (kind, told) {
        (b'+' | b':', _) => (200, 1..line - 2),
        (b'-', _) => (500, 1..line - 2),
        (b'$', b"-1") => (404, line..line),
        (b'$', _) => {
            let length = number(told).ok_or(Garbled)?;
            if bytes.len() < line + length + 2 {
                return Ok(None);
            }
            (200, line..line + length)
        }
        _ => return Err(Garbled),
    };
    Ok(Some(Answer { status, body }))
}

/// Behind the first of these bytes that begins at `from` or later.
fn found(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let at = rest.windows(wanted.len()).position(|it| it == wanted)?;
    Some(from + at + wanted.len())
}

/// What a line says, if it is this header. Names are compared as any server may write them.
fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (own, value) = line.split_at_checked(name.len())?;
    own.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
