//! Options that take one word out of a few, and the types of the workbench that the words stand for.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Takes one of these words, as the API writes them too.
pub(super) fn among<T>(words: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let read = |word: String| serde_json::from_value::<T>(Value::String(word));
    PossibleValuesParser::new(words).try_map(read)
}
