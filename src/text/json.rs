//! Writes JSON, byte for byte as `serde_json` does, into a text in memory: most of a write's JSON is short
//! names, whole numbers and plain text, and goes in without a serializer in between.

use serde::Serialize;
use serde_json::{Map, Number, Value};

/// Digits of the longest whole number.
const LONGEST: usize = 20;

const TEN: [u8; 10] = *b"0123456789";

/// Appends whatever else there is.
pub(crate) fn other(text: &mut Vec<u8>, value: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(text, value)
}

/// Appends text between quotes.
pub(crate) fn string(text: &mut Vec<u8>, string: &str) -> serde_json::Result<()> {
    let bytes = string.as_bytes();
    // Without a way out of the loop the processor looks at many bytes at once.
    let is_plain = |byte: &u8| (*byte >= b' ') & (*byte != b'"') & (*byte != b'\\');
    let are_plain = bytes.iter().fold(true, |all, byte| all & is_plain(byte));
    if !are_plain {
        return other(text, &string);
    }
    text.reserve(bytes.len() + 2);
    text.push(b'"');
    text.extend_from_slice(bytes);
    text.push(b'"');
    Ok(())
}

/// Appends a number from 0 on.
pub(crate) fn unsigned(text: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; LONGEST];
    let mut length = 0;
    for place in digits.iter_mut().rev() {
        *place = TEN[(number % 10) as usize];
        number /= 10;
        length += 1;
        if number == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[LONGEST - length..]);
}

/// Appends a number of either sign.
pub(crate) fn signed(text: &mut Vec<u8>, number: i64) {
    if number < 0 {
        text.push(b'-');
    }
    unsigned(text, number.unsigned_abs());
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

/// Appends any value, and says how many arrays and objects are in it, itself counted.
pub(crate) fn value(text: &mut Vec<u8>, value: &Value) -> serde_json::Result<u64> {
    match value {
        Value::Null => text.extend_from_slice(b"null"),
        Value::Bool(true) => text.extend_from_slice(b"true"),
        Value::Bool(false) => text.extend_from_slice(b"false"),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => unsigned(text, number),
            (None, Some(number)) => signed(text, number),
            (None, None) => real(text, number)?,
        },
        Value::String(it) => string(text, it)?,
        Value::Array(items) => return array(text, items),
        Value::Object(fields) => return object(text, fields),
    }
    Ok(0)
}

fn array(text: &mut Vec<u8>, items: &[Value]) -> serde_json::Result<u64> {
    let mut brackets = 1;
    text.push(b'[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        brackets += value(text, item)?;
    }
    text.push(b']');
    Ok(brackets)
}

fn object(text: &mut Vec<u8>, fields: &Map<String, Value>) -> serde_json::Result<u64> {
    let mut brackets = 1;
    text.push(b'{');
    for (place, (name, field)) in fields.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        string(text, name)?;
        text.push(b':');
        brackets += value(text, field)?;
    }
    text.push(b'}');
    Ok(brackets)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use proptest::{collection, prelude::*};
    use serde_json::json;

    use super::*;

    fn written(it: &Value) -> (String, u64) {
        let mut text = Vec::new();
        let brackets = value(&mut text, it).unwrap();
        (String::from_utf8(text).unwrap(), brackets)
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
        }
    }

    #[test]
    fn what_opens_is_counted_and_not_what_only_looks_like_it() {
        assert_eq!(written(&json!([{"a": [], "[{": "[["}, {}])).1, 4);
        assert_eq!(written(&json!("[")).1, 0);
    }
}
