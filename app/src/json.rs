//! The one way in from JSON. Every type's reader is compiled once for each thing it can be read from: text, bytes, a
//! value. In the browser, where code has to travel, everything is read from a [`Value`], by a reader made for that.

#[cfg(any(test, not(feature = "ssr")))]
mod node;

use codee::{Decoder, Encoder};
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Error;
#[cfg(not(feature = "ssr"))]
use serde_json::Value;

/// Reads a text.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    #[cfg(feature = "ssr")]
    return serde_json::from_str(text);
    #[cfg(not(feature = "ssr"))]
    T::deserialize(node::Node(&serde_json::from_str::<Value>(text)?))
}

fn read_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    #[cfg(feature = "ssr")]
    return serde_json::from_slice(bytes);
    #[cfg(not(feature = "ssr"))]
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) => Err(serde::de::Error::custom(error)),
    }
}

/// How server functions send and receive, errors too.
pub struct Plain;

/// A server function's arguments and answer as JSON.
pub(crate) type Json = Post<Plain>;

impl ContentType for Plain {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Plain {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Plain {
    type Error = Error;

    fn encode(output: &T) -> Result<Bytes, Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Plain {
    type Error = Error;

    fn decode(bytes: Bytes) -> Result<T, Error> {
        read_bytes(&bytes)
    }
}

/// How resources travel inside the page.
impl<T: Serialize> Encoder<T> for Plain {
    type Error = Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Plain {
    type Error = Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Error> {
        read(text)
    }
}
