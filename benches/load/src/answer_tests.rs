//! Answers as servers send them, in pieces of every size.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{Garbled, Reading, Wire};

/// Status and body, read byte by byte and at once alike; and how many bytes it took.
fn read(wire: Wire, bytes: &[u8]) -> (u16, String) {
    let whole = Reading::default().whole(wire, bytes).unwrap().unwrap();
    let mut reading = Reading::default();
    for len in 0..bytes.len() {
        assert_eq!(reading.whole(wire, &bytes[..len]), Ok(None), "after {len}");
    }
    assert_eq!(reading.whole(wire, bytes), Ok(Some(whole.clone())));
    let body = String::from_utf8_lossy(&bytes[whole.body]).into_owned();
    (whole.status, body)
}

#[test]
fn an_answer_with_a_length_ends_with_its_body() {
    let bytes = b"HTTP/1.1 200 OK\r\netag: \"7\"\r\nContent-Length: 5\r\n\r\n{\"a\"}";
    assert_eq!(read(Wire::Http, bytes), (200, "{\"a\"}".into()));
    let bytes = b"HTTP/1.1 412 Precondition Failed\r\ncontent-length:2\r\nx: y\r\n\r\n\r\n";
    assert_eq!(read(Wire::Http, bytes), (412, "\r\n".into()));
}

#[test]
fn an_answer_in_chunks_ends_with_the_empty_one() {
    let bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nwiki\r\nA;x=y\r\n\r\n0\r\n\r\n123\r\n0\r\n\r\n";
    let (status, body) = read(Wire::Http, bytes);
    assert_eq!(status, 200);
    assert!(body.starts_with("4\r\nwiki") && body.ends_with("0\r\n\r\n"));
}

#[test]
fn an_answer_without_a_body_ends_with_its_head() {
    for head in [
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\ncontent-length: 70\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n",
    ] {
        assert_eq!(read(Wire::Http, head.as_bytes()).1, "", "{head}");
    }
}

#[test]
fn redis_answers_with_a_word_a_number_a_text_nothing_or_an_error() {
    for (bytes, status, body) in [
        ("+OK\r\n", 200, "OK"),
        (":12\r\n", 200, "12"),
        ("$4\r\na\r\nb\r\n", 200, "a\r\nb"),
        ("$0\r\n\r\n", 200, ""),
        ("$-1\r\n", 404, ""),
        ("-ERR no\r\n", 500, "ERR no"),
    ] {
        assert_eq!(read(Wire::Redis, bytes.as_bytes()), (status, body.into()));
    }
}

#[test]
fn what_is_no_answer_is_said_to_be_none() {
    for bytes in [
        "HTTP/1.1 abc\r\n\r\n",
        "SSH-2.0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let read = Reading::default().whole(Wire::Http, bytes.as_bytes());
        assert_eq!(read, Err(Garbled), "{bytes}");
    }
    for bytes in ["?\r\n", "$x\r\n"] {
        let read = Reading::default().whole(Wire::Redis, bytes.as_bytes());
        assert_eq!(read, Err(Garbled), "{bytes}");
    }
}
