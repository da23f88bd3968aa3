//! Requests as bytes, for one who is known to the server.

use std::{io::Write as _, net::SocketAddr};

/// Who asks, and whom: what each request has in its head.
#[derive(Debug, Clone)]
pub struct Access {
    head: String,
}

impl Access {
    /// Somebody whom the server does not know.
    pub fn nobody(at: SocketAddr) -> Self {
        Self {
            head: format!("host: {at}\r\n"),
        }
    }

    /// A program.
    pub fn token(at: SocketAddr, token: &str) -> Self {
        Self {
            head: format!("host: {at}\r\nauthorization: Bearer {token}\r\n"),
        }
    }

    /// A browser with a page of this server.
    pub fn cookie(at: SocketAddr, cookie: &str) -> Self {
        Self {
            head: format!("host: {at}\r\nsec-fetch-site: same-origin\r\ncookie: {cookie}\r\n"),
        }
    }

    /// The same for another server on the same states.
    pub fn at(&self, at: SocketAddr) -> Self {
        let (_, rest) = self.head.split_once("\r\n").unwrap_or_default();
        Self {
            head: format!("host: {at}\r\n{rest}"),
        }
    }

    /// What it says of who asks, line by line.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(name, _)| *name != "host")
    }

    pub fn get(&self, path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head).into_bytes()
    }

    /// A body that may be changed in place of the last request. `more` are further lines of the head.
    pub fn send(&self, out: &mut Vec<u8>, line: &str, more: &str, body: &[u8]) {
        out.clear();
        let (head, length) = (&self.head, body.len());
        // Memory takes everything.
        let _ = write!(
            out,
            "{line} HTTP/1.1\r\n{head}{more}content-length: {length}\r\n\r\n"
        );
        out.extend_from_slice(body);
    }

    /// JSON, made once.
    pub fn json(&self, line: &str, body: &str) -> Vec<u8> {
        let mut out = Vec::new();
        self.send(&mut out, line, JSON, body.as_bytes());
        out
    }
}

/// What a request with JSON says of it.
pub const JSON: &str = "content-type: application/json\r\naccept: application/json\r\n";

/// The same for one that writes over whatever is there.
pub const JSON_OVER_ANY: &str = "content-type: application/json\r\nif-match: *\r\n";

/// A command as Redis reads it.
pub fn redis(out: &mut Vec<u8>, words: &[&[u8]]) {
    out.clear();
    let _ = write!(out, "*{}\r\n", words.len());
    for word in words {
        let _ = write!(out, "${}\r\n", word.len());
        out.extend_from_slice(word);
        out.extend_from_slice(b"\r\n");
    }
}

/// For an address' question.
pub fn encoded(text: &str) -> String {
    let each = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let access = Access::token(SocketAddr::from(([127, 0, 0, 1], 80)), "t");
        let bytes = String::from_utf8_lossy(&access.json("PUT /a", "{}")).into_owned();
        let expected = "PUT /a HTTP/1.1\r\nhost: 127.0.0.1:80\r\nauthorization: Bearer t\r\n\
            content-type: application/json\r\naccept: application/json\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(bytes, expected);
        let other = access.at(SocketAddr::from(([127, 0, 0, 1], 81)));
        let bytes = String::from_utf8_lossy(&other.get("/")).into_owned();
        assert!(
            bytes.contains("host: 127.0.0.1:81\r\nauthorization: Bearer t\r\n\r\n"),
            "{bytes}"
        );
    }

    #[test]
    fn redis_counts_words_and_bytes() {
        let mut out = Vec::new();
        redis(&mut out, &[b"SET", b"k", "ä".as_bytes()]);
        assert_eq!(out, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nä\r\n".as_bytes());
    }

    #[test]
    fn a_filter_fits_into_an_address() {
        assert_eq!(encoded(r#"data.n = "g1""#), "data.n%20%3D%20%22g1%22");
    }
}
