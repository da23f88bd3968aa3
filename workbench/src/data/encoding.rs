//! Text in the encodings people's files have, as a stream of UTF-8. Nothing is held but one buffer.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use encoding_rs::{CoderResult, Decoder};

/// Bytes decoded at a time.
const RAW_BYTES: usize = 64 << 10;

/// How a file's text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    /// UTF-8 behind a byte order mark, which is no part of the first column's name.
    Utf8Mark,
    Utf16Le,
    Utf16Be,
    /// Latin-1, in the form that browsers and spreadsheets mean by it.
    Windows1252,
}

impl Encoding {
    /// The encoding that a byte order mark names.
    pub(super) fn from_mark(head: &[u8]) -> Option<Self> {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => Some(Self::Utf8Mark),
            [0xFF, 0xFE, ..] => Some(Self::Utf16Le),
            [0xFE, 0xFF, ..] => Some(Self::Utf16Be),
            _ => None,
        }
    }

    /// What the reader of the table should know.
    pub(super) fn note(self) -> Option<&'static str> {
        match self {
            Self::Utf8 | Self::Utf8Mark => None,
            Self::Utf16Le | Self::Utf16Be => Some("Read as UTF-16."),
            Self::Windows1252 => Some("The text is not UTF-8; read as Latin-1 (Windows-1252)."),
        }
    }

    /// The text as UTF-8, without a byte order mark.
    pub(super) fn decode(
        self,
        mut input: Box<dyn Read + Send>,
    ) -> io::Result<Box<dyn Read + Send>> {
        let encoding = match self {
            Self::Utf8 => return Ok(input),
            Self::Utf8Mark => {
                input.read_exact(&mut [0; 3])?;
                return Ok(input);
            }
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        Ok(Box::new(Decoded {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; RAW_BYTES].into_boxed_slice(),
            at: 0,
            end: 0,
            is_at_end: false,
            is_done: false,
            rest: VecDeque::new(),
        }))
    }
}

/// Below this the decoder may find no room for a character, and would make no progress.
const LEAST_OUT: usize = 16;

struct Decoded {
    input: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Box<[u8]>,
    at: usize,
    end: usize,
    is_at_end: bool,
    is_done: bool,
    /// Decoded for a reader whose buffer was too small to be decoded into.
    rest: VecDeque<u8>,
}

impl Read for Decoded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() && out.len() >= LEAST_OUT {
            return self.decode_into(out);
        }
        if self.rest.is_empty() {
            let mut decoded = [0; LEAST_OUT];
            let length = self.decode_into(&mut decoded)?;
            self.rest.extend(&decoded[..length]);
        }
        self.rest.read(out)
    }
}

impl Decoded {
    fn decode_into(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.is_done {
            if self.at == self.end && !self.is_at_end {
                self.at = 0;
                self.end = self.input.read(&mut self.raw)?;
                self.is_at_end = self.end == 0;
            }
            let (result, read, written, is_broken) =
                self.decoder
                    .decode_to_utf8(&self.raw[self.at..self.end], out, self.is_at_end);
            self.at += read;
            if is_broken {
                let problem = "the text is broken UTF-16: a character is cut in half. Export the file again as UTF-8.";
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
            self.is_done = self.is_at_end && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

    use std::io::{Cursor, Read};

    use super::Encoding;

    fn text_of(encoding: Encoding, bytes: Vec<u8>) -> std::io::Result<String> {
        let mut text = String::new();
        encoding
            .decode(Box::new(Cursor::new(bytes)))?
            .read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn marks_are_dropped_and_characters_kept_across_buffers() {
        let text = "naïve,größe,😀\n".repeat(20_000);
        let le: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let be: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(Encoding::from_mark(&le), Some(Encoding::Utf16Le));
        assert_eq!(text_of(Encoding::Utf16Le, le).unwrap(), text);
        assert_eq!(Encoding::from_mark(&be), Some(Encoding::Utf16Be));
        assert_eq!(text_of(Encoding::Utf16Be, be).unwrap(), text);
        let marked = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
        assert_eq!(text_of(Encoding::Utf8Mark, marked).unwrap(), text);
        assert_eq!(
            text_of(Encoding::Windows1252, b"gr\xF6\xDFe \x80".to_vec()).unwrap(),
            "größe €"
        );
    }

    #[test]
    fn half_a_character_is_said() {
        assert!(text_of(Encoding::Utf16Le, vec![0xFF, 0xFE, b'a', 0, 0x3D]).is_err());
    }
}
