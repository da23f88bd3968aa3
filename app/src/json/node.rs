//! A read JSON value as a source for types, made for code that has to travel: a struct is read from an object only.
//!
//! `serde_json` also reads a struct from an array, in the order of its fields, and says for each type what it expected
//! instead. Nothing is sent that way here, and the reader of each type is a third smaller without. What a type refuses
//! is said in general: the browser tells a person that an answer cannot be read, and no more.

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
        value::BorrowedStrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Value, map};

/// A value, to be read from.
#[derive(Clone, Copy)]
pub(super) struct Node<'de>(pub(super) &'de Value);

#[cold]
fn other() -> Error {
    Error::custom("a value of another type was expected")
}

/// For types that are all read alike.
macro_rules! read {
    ($($name:ident => $get:ident, $visit:ident;)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.$get() {
                Some(value) => visitor.$visit(value),
                None => Err(other()),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Error;

    read! {
        deserialize_bool => as_bool, visit_bool;
        deserialize_u8 => as_u64, visit_u64;
        deserialize_u16 => as_u64, visit_u64;
        deserialize_u32 => as_u64, visit_u64;
        deserialize_u64 => as_u64, visit_u64;
        deserialize_i8 => as_i64, visit_i64;
        deserialize_i16 => as_i64, visit_i64;
        deserialize_i32 => as_i64, visit_i64;
        deserialize_i64 => as_i64, visit_i64;
        deserialize_f32 => as_f64, visit_f64;
        deserialize_f64 => as_f64, visit_f64;
        deserialize_char => as_str, visit_borrowed_str;
        deserialize_str => as_str, visit_borrowed_str;
        deserialize_string => as_str, visit_borrowed_str;
        deserialize_identifier => as_str, visit_borrowed_str;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(is) => visitor.visit_bool(*is),
            Value::Number(number) => number.deserialize_any(visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = self.0.as_array().ok_or_else(other)?;
        visitor.visit_seq(Items(items.iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let entries = self.0.as_object().ok_or_else(other)?;
        visitor.visit_map(Entries {
            rest: entries.iter(),
            value: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant::of(self.0).ok_or_else(other)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf unit unit_struct }
}

/// The rest of an array.
struct Items<'de>(std::slice::Iter<'de, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let item = self.0.next();
        item.map(|item| seed.deserialize(Node(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The rest of an object, and the value of the key that was just read.
struct Entries<'de> {
    rest: map::Iter<'de>,
    value: Option<&'de Value>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(Key(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let value = self.value.take().ok_or_else(other)?;
        seed.deserialize(Node(value))
    }
}

/// A key: a name, or a number that was written as one.
struct Key<'de>(&'de str);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.0.parse().map_err(Error::custom)?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.0.parse().map_err(Error::custom)?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// One of an enum's: its name, and what is behind it.
struct Variant<'de> {
    name: &'de str,
    content: Option<&'de Value>,
}

impl<'de> Variant<'de> {
    fn of(value: &'de Value) -> Option<Self> {
        if let Value::String(name) = value {
            let content = None;
            return Some(Self { name, content });
        }
        let object = value.as_object().filter(|object| object.len() == 1)?;
        let (name, content) = object.iter().next()?;
        Some(Self {
            name,
            content: Some(content),
        })
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name = BorrowedStrDeserializer::<Error>::new(self.name);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(other()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Node(self.content.ok_or_else(other)?))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Error> {
        Node(self.content.ok_or_else(other)?).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        Node(self.content.ok_or_else(other)?).deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize, de::DeserializeOwned};
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        count: u32,
        below: i64,
        share: f64,
        whole: f32,
        letter: char,
        name: String,
        is_on: bool,
        none: Option<u8>,
        some: Option<Box<All>>,
        pairs: Vec<(String, f64)>,
        by_number: BTreeMap<u32, Wrapped>,
        by_kind: BTreeMap<Kind, i32>,
        kinds: Vec<Kind>,
        tagged: Vec<Tagged>,
        apart: Vec<Apart>,
        any: Value,
        #[serde(default)]
        left_out: u8,
        #[serde(flatten)]
        flat: Flat,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Wrapped(u64);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Flat {
        left: i32,
        right: Vec<i32>,
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Unit,
        Newtype(u8),
        Tuple(u8, String),
        Struct { x: i8, y: Option<i16> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Tagged {
        One { n: u64 },
        Two { list: Vec<f64> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind", content = "value")]
    enum Apart {
        Nothing,
        Number(f64),
        Fields { a: String },
    }

    fn all(some: Option<Box<All>>) -> All {
        All {
            count: u32::MAX,
            below: i64::MIN,
            share: 0.1,
            whole: 2.0,
            letter: 'ß',
            name: "é \n \"quoted\"".into(),
            is_on: true,
            none: None,
            some,
            pairs: vec![("a".into(), 1.0), ("b".into(), -0.5)],
            by_number: BTreeMap::from([(7, Wrapped(u64::MAX))]),
            by_kind: BTreeMap::from([(Kind::Unit, -3)]),
            kinds: vec![
                Kind::Unit,
                Kind::Newtype(9),
                Kind::Tuple(1, "t".into()),
                Kind::Struct { x: -1, y: None },
            ],
            tagged: vec![Tagged::One { n: 1 }, Tagged::Two { list: vec![1.5] }],
            apart: vec![
                Apart::Nothing,
                Apart::Number(1.0),
                Apart::Fields { a: "a".into() },
            ],
            any: json!({"deep": [null, 1, {"er": "text"}]}),
            left_out: 0,
            flat: Flat {
                left: -1,
                right: vec![1, 2],
            },
        }
    }

    fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
        T::deserialize(Node(value))
    }

    #[test]
    fn whatever_is_written_is_read_again() {
        let written = all(Some(Box::new(all(None))));
        assert_eq!(read::<All>(&json!(written)).unwrap(), written);
    }

    #[test]
    fn what_is_of_another_type_or_missing_is_refused() {
        let good = json!(all(None));
        for (field, wrong) in [
            ("count", json!(-1)),
            ("count", json!(4_294_967_296_u64)),
            ("share", json!("0.1")),
            ("letter", json!("two")),
            ("is_on", json!(1)),
            ("pairs", json!([["a"]])),
            ("by_number", json!({"seven": 1})),
            ("kinds", json!(["unknown"])),
            ("kinds", json!([{"unit": 1, "newtype": 2}])),
            ("tagged", json!([{"type": "Three"}])),
            ("some", json!([1, 2, 3])),
        ] {
            let mut bad = good.clone();
            bad[field] = wrong;
            assert!(read::<All>(&bad).is_err(), "{field}");
        }
        let mut short = good;
        short.as_object_mut().unwrap().remove("name");
        assert!(read::<All>(&short).is_err());
    }
}
