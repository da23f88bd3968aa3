//! Writes JSON, byte for byte as `serde_json` does, into a text in memory: most of a write's JSON is short
//! names, whole numbers and plain text, and goes in without a serializer in between.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::weight;

/// What is seen of a value on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// How many arrays and objects are in it, itself counted.
    pub(crate) brackets: u64,
    /// The memory that it takes outside of itself.
    pub(crate) beyond: usize,
}

/// Appends whatever else there is.
pub(crate) fn other(text: &mut Vec<u8>, value: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(text, value)
}

/// Appends text between quotes.
pub(crate) fn string(text: &mut Vec<u8>, string: &str) -> serde_json::Result<()> {
    let bytes = string.as_bytes();
    if !are_plain(bytes) {
        return other(text, &string);
    }
    text.reserve(bytes.len() + 2);
    text.push(b'"');
    text.extend_from_slice(bytes);
    text.push(b'"');
    Ok(())
}

/// Whether nothing in it has to be escaped. Most texts are names of a few bytes, so eight are looked at in one
/// go, as one number.
fn are_plain(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks();
    let are_words_plain = words.iter().all(|word| is_plain(u64::from_ne_bytes(*word)));
    are_words_plain && rest.iter().all(|byte| PLAIN[usize::from(*byte)])
}

static PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = byte >= 0x20 && byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    plain
};

/// The same of eight bytes. Subtracting borrows from the upper bit of a byte that is less, and of no other below the
/// first such; a byte whose own upper bit is set is never less.
fn is_plain(word: u64) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const UPPER: u64 = EACH << 7;
    let less = |word: u64, than: u8| word.wrapping_sub(EACH * u64::from(than)) & !word;
    let is = |byte: u8| less(word ^ (EACH * u64::from(byte)), 1);
    (less(word, b' ') | is(b'"') | is(b'\\')) & UPPER == 0
}

/// Appends a number from 0 on.
pub(crate) fn unsigned(text: &mut Vec<u8>, number: u64) {
    text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a number of either sign.
pub(crate) fn signed(text: &mut Vec<u8>, number: i64) {
    text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a number that is not whole, or was written as if it were not.
fn real(text: &mut Vec<u8>, number: &Number) -> serde_json::Result<()> {
    // From here on there may be an exponent.
    const LARGE: f64 = 1e15;
    match number.as_f64() {
        Some(whole) if whole.fract() == 0.0 && whole.abs() < LARGE => {
            if whole.is_sign_negative() {
                text.push(b'-');
            }
            unsigned(text, whole.abs() as u64);
            text.extend_from_slice(b".0");
            Ok(())
        }
        _ => other(text, number),
    }
}

/// Appends any value, and adds what it is made of.
pub(crate) fn value(text: &mut Vec<u8>, value: &Value, tree: &mut Tree) -> serde_json::Result<()> {
    match value {
        Value::Null => text.extend_from_slice(b"null"),
        Value::Bool(true) => text.extend_from_slice(b"true"),
        Value::Bool(false) => text.extend_from_slice(b"false"),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => unsigned(text, number),
            (None, Some(number)) => signed(text, number),
            (None, None) => real(text, number)?,
        },
        Value::String(it) => {
            tree.beyond += it.capacity();
            string(text, it)?;
        }
        Value::Array(items) => return array(text, items, tree),
        Value::Object(fields) => return object(text, fields, tree),
    }
    Ok(())
}

fn array(text: &mut Vec<u8>, items: &Vec<Value>, tree: &mut Tree) -> serde_json::Result<()> {
    tree.brackets += 1;
    tree.beyond += weight::array(items);
    text.push(b'[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        value(text, item, tree)?;
    }
    text.push(b']');
    Ok(())
}

fn object(
    text: &mut Vec<u8>,
    fields: &Map<String, Value>,
    tree: &mut Tree,
) -> serde_json::Result<()> {
    tree.brackets += 1;
    tree.beyond += weight::object(fields);
    text.push(b'{');
    for (place, (name, field)) in fields.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        tree.beyond += name.capacity();
        string(text, name)?;
        text.push(b':');
        value(text, field, tree)?;
    }
    text.push(b'}');
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use proptest::{collection, prelude::*};
    use serde_json::json;

    use super::*;

    fn written(it: &Value) -> (String, u64) {
        let (mut text, mut tree) = (Vec::new(), Tree::default());
        value(&mut text, it, &mut tree).unwrap();
        (String::from_utf8(text).unwrap(), tree.brackets)
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[ -~]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            let fields = collection::btree_map(any::<String>(), inner.clone(), 0..6);
            prop_oneof![
                collection::vec(inner, 0..6).prop_map(Value::from),
                fields.prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_written_as_serde_json_writes_it(it in values()) {
            prop_assert_eq!(written(&it).0, it.to_string());
        }
    }

    #[test]
    fn the_ends_of_what_a_number_can_be_are_written_as_serde_json_writes_them() {
        for number in [
            json!(0),
            json!(9),
            json!(10),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(-1),
            json!(-0.0),
            json!(0.0),
            json!(40.0),
            json!(-40.0),
            json!(0.5),
            json!(999_999_999_999_999.0),
            json!(1e15),
            json!(1e16),
            json!(-1e21),
            json!(1e300),
            json!(5e-324),
        ] {
            assert_eq!(written(&number).0, number.to_string());
        }
        let mut text = Vec::new();
        signed(&mut text, i64::MIN);
        assert_eq!(text, i64::MIN.to_string().as_bytes());
    }

    #[test]
    fn every_byte_of_a_text_is_escaped_as_serde_json_escapes_it() {
        for byte in 0..=char::from(255) as u8 {
            let it = json!({ format!("{}", char::from(byte)): format!("a{}b", char::from(byte)) });
            assert_eq!(written(&it).0, it.to_string());
            // In every place of eight, beside its neighbours in value.
            for place in 0..8 {
                let mut long = vec!['!'; 19];
                long[place] = char::from(byte);
                long[place + 8] = char::from(byte.wrapping_add(1));
                let it = json!(String::from_iter(long));
                assert_eq!(written(&it).0, it.to_string());
            }
        }
    }

    #[test]
    fn what_opens_is_counted_and_not_what_only_looks_like_it() {
        assert_eq!(written(&json!([{"a": [], "[{": "[["}, {}])).1, 4);
        assert_eq!(written(&json!("[")).1, 0);
    }
}
